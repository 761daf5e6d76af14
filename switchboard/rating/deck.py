"""Rate decks: the rows of a CSV file as rates, with every bad row named."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from switchboard.errors import Malformed
from switchboard.money import parse_units
from switchboard.rating.rate import RATE_DECIMALS, Rate

REQUIRED = ("prefix", "rate")
COLUMNS = (*REQUIRED, "destination", "connection_fee", "initial", "increment", "blocked")
_SECONDS = re.compile(r"\d{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken: its line in the file, counted from 1, and why."""

    line: int
    reason: str


class BadDeck(Malformed):
    """A deck with rows that cannot be read; nothing of it is imported."""

    code = "bad_deck"

    def __init__(self, rows: list[BadRow]) -> None:
        first = rows[0]
        super().__init__(f"{len(rows)} bad row(s); line {first.line}: {first.reason}")
        self.rows = rows


def read_deck(text: str) -> list[Rate]:
    """The rates of a CSV text with the canonical columns (design §8), in its order.

    Only `prefix` and `rate` are required; an empty cell takes the default. BadDeck names every
    row that cannot be read, and every prefix that stands twice.
    """
    bad: list[BadRow] = []
    rows = _rows(text.removeprefix("\ufeff"), bad)
    first_row = next(rows, (1, []))
    if bad:
        raise BadDeck(bad)
    header = _header(*first_row)
    rates: list[Rate] = []
    lines_by_prefix: dict[str, int] = {}
    for line, cells in rows:
        try:
            rate = _rate(header, cells)
        except Malformed as refusal:
            bad.append(BadRow(line, refusal.message))
            continue
        first = lines_by_prefix.setdefault(rate.prefix, line)
        if first != line:
            bad.append(BadRow(line, f"prefix {rate.prefix} stands already in line {first}"))
        rates.append(rate)
    if bad:
        raise BadDeck(bad)
    if not rates:
        raise Malformed("the file has no rates")
    return rates


def _rows(text: str, bad: list[BadRow]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line that it begins in. What is no CSV goes
    into `bad`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad.append(BadRow(line, str(error)))
            continue
        if cells:
            yield line, [cell.strip() for cell in cells]


def _header(line: int, names: list[str]) -> list[str]:
    for name in REQUIRED:
        if name not in names:
            raise Malformed(f"line {line}: the column “{name}” is missing")
    for name in names:
        if name not in COLUMNS:
            raise Malformed(
                f"line {line}: the column “{name}” is not known; known: {', '.join(COLUMNS)}"
            )
        if names.count(name) > 1:
            raise Malformed(f"line {line}: the column “{name}” stands there twice")
    return names


def _rate(header: list[str], cells: list[str]) -> Rate:
    if len(cells) != len(header):
        raise Malformed(f"{len(cells)} cells, where the header has {len(header)}")
    row = dict(zip(header, cells, strict=True))
    return Rate(
        prefix=row["prefix"].removeprefix("+"),
        destination=row.get("destination") or row["prefix"],
        per_minute_picos=_amount(row, "rate"),
        connection_fee_picos=_amount(row, "connection_fee"),
        initial_s=_seconds(row, "initial"),
        increment_s=_seconds(row, "increment"),
        blocked=_yes(row, "blocked"),
    )


def _amount(row: Mapping[str, str], column: str) -> int:
    cell = row.get(column) or ("0" if column not in REQUIRED else "")
    try:
        return parse_units(cell, decimals=RATE_DECIMALS)
    except Malformed as refusal:
        raise Malformed(f"{column}: {refusal.message}") from None


def _seconds(row: Mapping[str, str], column: str) -> int:
    cell = row.get(column) or "1"
    if not (_SECONDS.fullmatch(cell) and 1 <= int(cell) <= 86_400):
        raise Malformed(f"{column}: “{cell[:20]}” is not a number of seconds from 1 to 86400")
    return int(cell)


def _yes(row: Mapping[str, str], column: str) -> bool:
    cell = (row.get(column) or "no").lower()
    if cell not in {"yes", "no", "true", "false", "1", "0"}:
        raise Malformed(f"{column}: “{cell[:20]}” is neither yes nor no")
    return cell in {"yes", "true", "1"}
