"""How values are kept: as JSON text without defaults, instants and spans as whole microseconds."""

import json
import zlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from fractions import Fraction
from functools import partial
from types import NoneType, UnionType
from typing import Any, TypeVar, get_type_hints

from cattrs import BaseValidationError, Converter
from cattrs.strategies import configure_tagged_union

from switchboard.calls.manners import Manners
from switchboard.ledger.cover import Cover, Take
from switchboard.numbering import PhoneNumber
from switchboard.rating.destinations import Destination
from switchboard.rating.editing import Edit
from switchboard.rating.price import LegPrice
from switchboard.rating.quote import Quote
from switchboard.rating.row import Charges, RateRow, Window
from switchboard.staff.rights import Right

Value = TypeVar("Value")
# What reading a broken record raises.
BROKEN = (BaseValidationError, ValueError, LookupError, TypeError, AttributeError)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Kept as lists of their fields, without the defaults at the end: a sheet has 250,000 rows, and a
# callback with its quote has to stay under 1 KB, as has a balance with its holds. New fields of
# these go to their end.
_AS_LISTS = (RateRow, Charges, Window, LegPrice, Quote, Take, Cover, Manners, Destination)


def to_us(instant: datetime) -> int:
    """Whole microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The instant, aware, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def to_text(value: object) -> str:
    """A value as compact JSON; what equals its default is left out."""
    return json.dumps(_CONVERTER.unstructure(value), separators=(",", ":"), ensure_ascii=False)


def pack(value: object) -> bytes:
    """A value as compressed text, for what would not fit a write unit otherwise."""
    return zlib.compress(to_text(value).encode())


def unpack(packed: bytes, kind: type[Value]) -> Value:
    """The value that `pack` wrote."""
    return from_text(zlib.decompress(packed).decode(), kind)


def from_text(text: str, kind: type[Value]) -> Value:
    """The value that `to_text` wrote."""
    return from_json(json.loads(text), kind)


def from_json(loaded: object, kind: type[Value]) -> Value:
    """The value that `to_text` wrote, from a part of its JSON."""
    return _CONVERTER.structure(loaded, kind)


def _converter() -> Converter:
    # Dictionaries with unknown keys are read: an older program meets a newer record.
    converter = Converter(
        omit_if_default=True,
        detailed_validation=False,
        unstruct_collection_overrides={AbstractSet: sorted},
    )
    converter.register_unstructure_hook(datetime, to_us)
    converter.register_structure_hook(datetime, lambda us, _: from_us(us))
    converter.register_unstructure_hook(timedelta, lambda span: span // _MICROSECOND)
    converter.register_structure_hook(timedelta, lambda us, _: us * _MICROSECOND)
    for kind in (date, time):
        converter.register_unstructure_hook(kind, kind.isoformat)
        converter.register_structure_hook(kind, lambda iso, kind: kind.fromisoformat(iso))
    converter.register_unstructure_hook(Fraction, str)
    converter.register_structure_hook(Fraction, lambda ratio, _: Fraction(ratio))
    converter.register_unstructure_hook(PhoneNumber, str)
    converter.register_structure_hook(PhoneNumber, lambda e164, _: PhoneNumber(e164))
    converter.register_unstructure_hook(Right, str)
    converter.register_structure_hook(Right, lambda text, _: Right.parse(text))
    converter.register_structure_hook_factory(_is_enum, _enum_reader)
    converter.register_structure_hook_factory(_is_optional, partial(_optional_reader, converter))
    converter.register_unstructure_hook_factory(_AS_LISTS.__contains__, partial(_writer, converter))
    converter.register_structure_hook_factory(_AS_LISTS.__contains__, partial(_reader, converter))
    configure_tagged_union(Edit, converter)
    return converter


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _enum_reader(kind: type[Enum]) -> Callable[[Any, Any], Enum]:
    """As the converter's own, which asks the class: four times as long."""
    members = {member.value: member for member in kind}
    return lambda value, _: members[value]


def _is_optional(kind: Any) -> bool:
    return isinstance(kind, UnionType) and len(kind.__args__) == 2 and NoneType in kind.__args__


def _optional_reader(converter: Converter, kind: UnionType) -> Callable[[Any, Any], Any]:
    """As the converter's own, which looks again at each value for what its type asks for."""
    [wanted] = (one for one in kind.__args__ if one is not NoneType)
    hook = converter.get_structure_hook(wanted)
    return lambda value, _: None if value is None else hook(value, wanted)


def _writer(converter: Converter, kind: type[Any]) -> Callable[[Any], list[Any]]:
    types = get_type_hints(kind)
    columns = [
        (field.name, field.default, converter.get_unstructure_hook(types[field.name]))
        for field in fields(kind)
        if field.init
    ]

    def write(value: Any) -> list[Any]:
        values = [(getattr(value, name), default, hook) for name, default, hook in columns]
        while values and values[-1][0] == values[-1][1]:
            values.pop()
        return [hook(one) for one, _, hook in values]

    return write


def _reader(converter: Converter, kind: type[Any]) -> Callable[[list[Any], Any], Any]:
    types = get_type_hints(kind)
    hooks = [
        (types[field.name], converter.get_structure_hook(types[field.name]))
        for field in fields(kind)
        if field.init
    ]

    def read(values: list[Any], _: Any) -> Any:
        # A list of more than we know of was written by a newer program.
        known = zip(values, hooks, strict=False)
        return kind(*(hook(one, wanted) for one, (wanted, hook) in known))

    return read


_CONVERTER = _converter()
