"""How the columns of one deck are written: each is looked at as a whole before a cell is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from switchboard.rating.columns import CHARGE_COLUMNS
from switchboard.rating.deck.codes import CodeColumn
from switchboard.rating.deck.names import COUNTRY_CODE
from switchboard.tables.amounts import DecimalMark, decimal_mark
from switchboard.tables.cells import Cell, text_of
from switchboard.tables.dates import DateOrder, date_order
from switchboard.tables.header import Header

AMOUNTS = ("rate", *(name for name, (_, decimals) in CHARGE_COLUMNS.items() if decimals))
DATES = ("effective_from", "effective_until")
Kept = Sequence[tuple[int, Mapping[str, Cell]]]


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file's columns tell about their cells. `remarks` are for who imports it."""

    decimals: Mapping[str, DecimalMark]
    dates: Mapping[str, DateOrder | None]
    codes: CodeColumn
    has_country: bool
    remarks: tuple[str, ...]

    @classmethod
    def of(
        cls, header: Header, kept: Kept, *, decimal: DecimalMark | None, dates: DateOrder | None
    ) -> Self:
        """From all rows. Malformed where a column contradicts itself."""
        names = header.names
        has_country = COUNTRY_CODE in names and any(
            any(map(str.isdigit, text_of(cells[COUNTRY_CODE]))) for _, cells in kept
        )
        pairs = ((cells[COUNTRY_CODE] if has_country else "", cells["prefix"]) for _, cells in kept)
        return cls(
            decimals={
                name: decimal or decimal_mark(f"the column “{names[name]}”", _column(kept, name))
                for name in AMOUNTS
                if name in names
            },
            dates={
                name: dates or date_order(f"the column “{names[name]}”", _column(kept, name))
                for name in DATES
                if name in names
            },
            codes=CodeColumn.of(pairs, has_country=has_country),
            has_country=has_country,
            remarks=tuple(_remarks(names, kept, has_country=has_country)),
        )

    def country(self, cells: Mapping[str, Cell]) -> Cell:
        """The country code of a row that has one in a column of its own."""
        return cells[COUNTRY_CODE] if self.has_country else ""


def _column(kept: Kept, name: str) -> Iterator[tuple[int, Cell]]:
    return ((line, cells[name]) for line, cells in kept)


def _remarks(names: Mapping[str, str], kept: Kept, *, has_country: bool) -> Iterator[str]:
    codes = [cells["prefix"] for _, cells in kept]
    numbers = sum(isinstance(code, Decimal) for code in codes)
    zeros = any(isinstance(code, str) and code.strip().startswith("0") for code in codes)
    if numbers and (has_country or zeros):
        yield (
            f"“{names['prefix']}” has {numbers} codes that a spreadsheet keeps as numbers: zeros"
            " they began with are lost"
        )
    if COUNTRY_CODE in names and not has_country:
        yield f"“{names[COUNTRY_CODE]}” has no digits: it was not taken for a country code"
