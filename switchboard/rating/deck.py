"""Rate decks: the rows of a CSV file as rates, with every bad row named."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from switchboard.errors import Malformed
from switchboard.money import parse_units
from switchboard.rating.rate import RATE_DECIMALS, Rate

REQUIRED = ("prefix", "rate")
COLUMNS = (*REQUIRED, "destination", "connection_fee", "initial", "increment", "blocked")


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
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    _check_header(reader.fieldnames or [])
    rates: list[Rate] = []
    bad: list[BadRow] = []
    lines_by_prefix: dict[str, int] = {}
    for line, row in _rows(reader):
        try:
            rate = _rate(row)
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


def _rows(reader: "csv.DictReader[str]") -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        for row in reader:
            if None in row or None in row.values():
                raise BadDeck([BadRow(reader.line_num, "not as many cells as the header has")])
            yield reader.line_num, {name.strip(): cell.strip() for name, cell in row.items()}
    except csv.Error as error:
        raise BadDeck([BadRow(reader.line_num, str(error))]) from None


def _check_header(names: Sequence[str]) -> None:
    shown = [name.strip() for name in names]
    for name in REQUIRED:
        if name not in shown:
            raise Malformed(f"line 1: the column “{name}” is missing")
    for name in shown:
        if name not in COLUMNS:
            raise Malformed(
                f"line 1: the column “{name}” is not known; known: {', '.join(COLUMNS)}"
            )


def _rate(row: Mapping[str, str]) -> Rate:
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
    if not (cell.isascii() and cell.isdigit() and 1 <= int(cell[:6]) <= 86_400):
        raise Malformed(f"{column}: “{cell[:20]}” is not a number of seconds from 1 to 86400")
    return int(cell)


def _yes(row: Mapping[str, str], column: str) -> bool:
    cell = (row.get(column) or "no").lower()
    if cell not in {"yes", "no", "true", "false", "1", "0"}:
        raise Malformed(f"{column}: “{cell[:20]}” is neither yes nor no")
    return cell in {"yes", "true", "1"}
