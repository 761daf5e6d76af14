"""Rows of a rate sheet as the rows of a file, in the canonical columns."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from switchboard.rating.columns import CHARGE_COLUMNS
from switchboard.rating.deck.periods import format_days, format_hours
from switchboard.rating.row import RATE_DECIMALS, RateRow
from switchboard.tables.cells import Cell, scaled, text_of


def write_deck(rows: Iterable[RateRow]) -> Iterator[list[Cell]]:
    """The cells of each row under the canonical columns, so that a deck of them is these rows."""
    return (list(_cells(row)) for row in rows)


def _cells(row: RateRow) -> Iterator[Cell]:
    yield row.prefix
    yield row.destination
    yield scaled(row.rate_picos, RATE_DECIMALS)
    for column, (field, decimals) in CHARGE_COLUMNS.items():
        units = getattr(row.charges, field)
        number = "" if units is None else scaled(units, decimals)
        # As a number of a spreadsheet, half a percent could be fifty.
        yield f"{text_of(number)}%" if number and column.endswith("percent") else number
    yield "yes" if row.blocked else ""
    yield _instant(row.effective_from)
    yield _instant(row.effective_until)
    yield format_days(row.window)
    yield format_hours(row.window)
    yield scaled(row.weight, 0) if row.weight else ""
    yield scaled(row.step_from_s, 0) if row.step_from_s else ""


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
