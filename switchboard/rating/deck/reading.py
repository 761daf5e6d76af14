"""A rate deck: the rows of a file as rows of a rate sheet, with every row that is not one named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from switchboard.errors import Malformed
from switchboard.rating.deck.codes import codes_of
from switchboard.rating.deck.columns import Columns
from switchboard.rating.deck.fields import FieldReader
from switchboard.rating.deck.names import RATES
from switchboard.rating.row import RateRow
from switchboard.tables.amounts import DecimalMark
from switchboard.tables.cells import BadRow, Cell, Row, Worksheet, text_of
from switchboard.tables.dates import DateOrder
from switchboard.tables.header import Header, find_table, other_tables, records

# Ranges can stand for many codes; no seller has so many.
MOST_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How a deck is read, where it is told and not found out: which column is which field, the
    decimal mark, the order of dates. An `exact` mapping has all columns that are read. A date is a
    midnight of `zone`; prices in another `currency` are refused."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalMark | None = None
    dates: DateOrder | None = None
    zone: tzinfo = UTC
    currency: str | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """How the decks of one seller are read, kept under a name: the columns of each field, and
    what their cells do not tell."""

    name: str
    mapping: Mapping[str, str]
    decimal: DecimalMark | None = None
    dates: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class Deck:
    """What a file says. `bad` rows are meant as rates and are none; what `left_out` names is no
    rate, or stands there twice. `names` are the file's names for our fields."""

    worksheet: str
    names: Mapping[str, str]
    ignored: tuple[str, ...]
    rows: tuple[RateRow, ...]
    bad: tuple[BadRow, ...]
    left_out: tuple[BadRow, ...]


def read_deck(worksheets: Iterable[Worksheet], how: Reading = Reading()) -> Deck:
    """The deck of the first worksheet with a header that names a prefix and a rate, and has the
    columns of the mapping; further ones are left out. Malformed where there is none, or where a
    column contradicts itself."""
    worksheets = iter(worksheets)
    worksheet, header, rows = find_table(worksheets, RATES, how.mapping, exact=how.exact)
    bad: list[BadRow] = []
    left_out: list[BadRow] = []
    kept = list(_kept(header, rows, bad, left_out))
    columns = Columns.of(header, kept, decimal=how.decimal, dates=how.dates)
    remarks = [*columns.remarks, *map(_unread, other_tables(worksheets, RATES, how.mapping))]
    left_out += [BadRow(header.last_line, remark) for remark in remarks]
    reader = FieldReader(columns, zone=how.zone, currency=how.currency)
    known: dict[tuple[object, ...], tuple[int, RateRow]] = {}
    for line, cells in kept:
        try:
            codes = codes_of(cells["prefix"], columns.codes, columns.country(cells))
            rate = reader.row(codes[0], cells)
        except Malformed as refusal:
            bad.append(BadRow(line, refusal.message))
            continue
        for code in codes:
            row = rate if code == rate.prefix else replace(rate, prefix=code)
            first = known.setdefault(_place(row), (line, row))
            if first[1] is not row:
                _twice(line, row, first, bad, left_out)
        if len(known) > MOST_ROWS:
            raise Malformed(f"line {line}: the file has more than {MOST_ROWS} rates")
    if not known and not bad:
        raise Malformed("the file has no rates")
    return Deck(
        worksheet=worksheet,
        names=header.names,
        ignored=header.ignored,
        rows=tuple(row for _, row in known.values()),
        bad=tuple(sorted(bad, key=lambda row: row.line)),
        left_out=tuple(sorted(left_out, key=lambda row: row.line)),
    )


def _unread(worksheet: str) -> str:
    return f"worksheet “{worksheet}” has rates too: a file is read for one of them at a time"


def _kept(
    header: Header, rows: Iterable[Row], bad: list[BadRow], left_out: list[BadRow]
) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    """The cells of each row that means a rate, by field."""
    for record in records(header, rows):
        line, cells = record.line, record.cells
        code, rate = text_of(cells.get("prefix", "")), text_of(cells.get("rate", ""))
        shown = next((text for text in map(text_of, cells.values()) if text), "")
        if shown and not rate and not any(map(str.isdigit, code)):
            left_out.append(BadRow(line, f"neither a prefix nor a rate: “{shown[:40]}”"))
        elif (code, rate) == (header.names["prefix"], header.names["rate"]):
            left_out.append(BadRow(line, "the header again"))
        elif record.fault:
            bad.append(BadRow(line, record.fault))
        else:
            yield line, cells


def _place(row: RateRow) -> tuple[object, ...]:
    """What a sheet has one row for."""
    return (
        row.prefix,
        row.effective_from,
        row.effective_until,
        row.window,
        row.weight,
        row.step_from_s,
    )


def _twice(
    line: int,
    row: RateRow,
    first: tuple[int, RateRow],
    bad: list[BadRow],
    left_out: list[BadRow],
) -> None:
    first_line, known = first
    if known == row:
        left_out.append(BadRow(line, f"prefix {row.prefix} as in line {first_line}"))
    else:
        bad.append(
            BadRow(line, f"prefix {row.prefix} stands in line {first_line} with other prices")
        )
