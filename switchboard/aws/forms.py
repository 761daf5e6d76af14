"""How values are kept: as JSON text without defaults, instants as whole microseconds."""

import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cattrs import Converter

from switchboard.numbering import PhoneNumber

Value = TypeVar("Value")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


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
    return _CONVERTER.structure(json.loads(text), kind)


def _converter() -> Converter:
    # Dictionaries with unknown keys are read: an older program meets a newer record.
    converter = Converter(omit_if_default=True)
    converter.register_unstructure_hook(datetime, to_us)
    converter.register_structure_hook(datetime, lambda us, _: from_us(us))
    converter.register_unstructure_hook(PhoneNumber, str)
    converter.register_structure_hook(PhoneNumber, lambda e164, _: PhoneNumber(e164))
    return converter


_CONVERTER = _converter()
