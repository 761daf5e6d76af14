"""Rows of a table as a file has them, before anybody knows what its cells mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal

from switchboard.errors import Malformed

# No amount is rounded where it is put into a cell.
_EXACT = Context(prec=80)

# Text as it was typed; a number or an instant (by whose clocks, no cell says) only where a
# spreadsheet keeps it as one. What is empty is "".
Cell = str | Decimal | datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row and the line that it begins in, counted from 1. `fault` says why it could not be
    read, where it could not; it has no cells then."""

    line: int
    cells: tuple[Cell, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One table of a file. Its rows can be read once, in their order."""

    name: str
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken: its line in the file, and why."""

    line: int
    reason: str


class BadRows(Malformed):
    """A file with rows that cannot be taken; nothing of it is imported."""

    code = "bad_rows"

    def __init__(self, rows: Sequence[BadRow]) -> None:
        first = rows[0]
        super().__init__(f"{len(rows)} bad row(s); line {first.line}: {first.reason}")
        self.rows = tuple(rows)


def text_of(cell: Cell) -> str:
    """What a person would see in the cell, without the space around it."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, Decimal):
        return plain(cell)
    return cell.isoformat(sep=" ")


def scaled(units: int, decimals: int) -> Decimal:
    """Whole units of so many decimals as the number that they are, exactly."""
    return _EXACT.scaleb(Decimal(units), -decimals)


def plain(number: Decimal) -> str:
    """A number without an exponent and without zeros behind its last decimal."""
    written = str(number)
    if "E" in written:
        written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
