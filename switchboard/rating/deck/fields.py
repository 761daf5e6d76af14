"""The cells of one row as the row of a rate sheet."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

from switchboard.errors import Malformed
from switchboard.rating.columns import CHARGE_COLUMNS
from switchboard.rating.deck.columns import Columns
from switchboard.rating.deck.names import BILLING
from switchboard.rating.deck.periods import parse_window
from switchboard.rating.row import RATE_DECIMALS, Charges, RateRow, Window
from switchboard.tables.amounts import DecimalMark, units_of
from switchboard.tables.cells import Cell, plain, text_of
from switchboard.tables.dates import instant_of

# No call is longer.
LONGEST_S = 86_400
_SECONDS = re.compile(r"([0-9]{1,5})(?:\.0+)?\s*(?:s|sec|secs|seconds)?", re.IGNORECASE)
_BILLING = re.compile(r"([0-9]{1,5})\s*[/+\-:]\s*([0-9]{1,5})")
# People read it, and thousands of rows shall fit into an item of the store.
LONGEST_DESTINATION = 200
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_YES = frozenset("yes y true 1 x blocked".split())
_NO = frozenset(["no", "n", "false", "0", ""])

Value = TypeVar("Value")
Cells = Mapping[str, Cell]

_CHARGE_FIELDS = (*CHARGE_COLUMNS, BILLING)
_WINDOW_FIELDS = ("days", "hours")


class FieldReader:
    """Reads rows whose columns are known. What many rows have in common is read once."""

    def __init__(self, columns: Columns, *, zone: tzinfo, currency: str | None) -> None:
        self._columns = columns
        self._zone = zone
        self._currency = currency
        self._known: dict[tuple[object, ...], object] = {}

    def row(self, prefix: str, cells: Cells) -> RateRow:
        """The row of a prefix. Malformed names the field that cannot be read."""
        blocked = _yes(cells)
        return RateRow(
            prefix=prefix,
            rate_picos=self._rate(cells, blocked=blocked),
            destination=_destination(cells),
            charges=self._once("charges", cells, _CHARGE_FIELDS, self._charges),
            blocked=blocked,
            effective_from=self._instant(cells, "effective_from"),
            effective_until=self._instant(cells, "effective_until"),
            window=self._once("window", cells, _WINDOW_FIELDS, _window),
            weight=_whole(cells, "weight"),
            step_from_s=_seconds(cells, "step_from") or 0,
        )

    def _once(
        self, kind: str, cells: Cells, names: tuple[str, ...], read: Callable[[Cells], Value]
    ) -> Value:
        key = (kind, *(cells.get(name, "") for name in names))
        if key not in self._known:
            self._known[key] = read(cells)
        return self._known[key]  # type: ignore[return-value]  # kept by what read it

    def _rate(self, cells: Cells, *, blocked: bool) -> int:
        # Nobody pays for what cannot be called.
        return self._units(cells, "rate", RATE_DECIMALS, needed=not blocked) or 0

    def _charges(self, cells: Cells) -> Charges:
        charges = {
            field: self._units(cells, column, decimals) if decimals else _seconds(cells, column)
            for column, (field, decimals) in CHARGE_COLUMNS.items()
        }
        both = _billing(cells)
        if both is not None:
            charges |= {"initial_s": both[0], "increment_s": both[1]}
        return Charges(**charges)

    def _units(self, cells: Cells, name: str, decimals: int, *, needed: bool = False) -> int | None:
        cell = cells.get(name, "")
        if name.endswith("percent"):
            cell = _percentage(name, cell)
        if text_of(cell) == "" and not needed:
            return None
        if text_of(cell) == "":
            raise Malformed(f"there is no {name}")
        mark = self._columns.decimals.get(name, DecimalMark.POINT)
        try:
            return units_of(cell, mark, decimals=decimals, currency=self._currency)
        except Malformed as refusal:
            raise Malformed(f"{name}: {refusal.message}") from None

    def _instant(self, cells: Cells, name: str) -> datetime | None:
        if cells.get(name, "") == "":
            return None
        return self._once(name, cells, (name,), lambda _: self._read_instant(cells, name))

    def _read_instant(self, cells: Cells, name: str) -> datetime:
        try:
            return instant_of(cells[name], self._columns.dates[name], self._zone)
        except Malformed as refusal:
            raise Malformed(f"{name}: {refusal.message}") from None


def _percentage(name: str, cell: Cell) -> Cell:
    """A percentage without its sign. Malformed where it may be a hundred times as much."""
    if isinstance(cell, str):
        return cell.strip().removesuffix("%").strip()
    if isinstance(cell, Decimal) and 0 < cell < 1:
        raise Malformed(
            f"{name}: a spreadsheet keeps {plain(cell * 100)}% as {plain(cell)}, which may also be"
            " meant as it stands: write it as text, with its %"
        )
    return cell


def _destination(cells: Cells) -> str:
    text = text_of(cells.get("destination", ""))
    if len(text) > LONGEST_DESTINATION:
        raise Malformed(f"destination: it has more than {LONGEST_DESTINATION} characters")
    return text


def _window(cells: Cells) -> Window:
    return parse_window(text_of(cells.get("days", "")), text_of(cells.get("hours", "")))


def _seconds(cells: Cells, name: str) -> int | None:
    text = text_of(cells.get(name, ""))
    if not text:
        return None
    found = _SECONDS.fullmatch(text)
    least = 1 if name in {"initial", "increment"} else 0
    if found is None or not least <= int(found[1]) <= LONGEST_S:
        raise Malformed(f"{name}: “{text[:20]}” is not a number of seconds from {least} to 86400")
    return int(found[1])


def _billing(cells: Cells) -> tuple[int, int] | None:
    """Initial and increment from one cell: 30/6, or one number that is both."""
    text = text_of(cells.get(BILLING, ""))
    if not text:
        return None
    found = _BILLING.fullmatch(text)
    first, second = found.groups() if found else (text, text)
    blocks = {"initial": first, "increment": second}
    initial, increment = _seconds(blocks, "initial"), _seconds(blocks, "increment")
    assert initial is not None
    assert increment is not None
    return initial, increment


def _whole(cells: Cells, name: str) -> int:
    text = text_of(cells.get(name, ""))
    if not text:
        return 0
    if not _WHOLE.fullmatch(text):
        raise Malformed(f"{name}: “{text[:20]}” is not a whole number")
    return int(text)


def _yes(cells: Cells) -> bool:
    text = text_of(cells.get("blocked", "")).lower()
    if text not in _YES | _NO:
        raise Malformed(f"blocked: “{text[:20]}” is neither yes nor no")
    return text in _YES
