"""Rates, found by number, by prefix or by name: what calls cost customers who look before they
call, and the rows of a sheet for who keeps it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.billing.account import Account
from switchboard.errors import Malformed, NotANumber
from switchboard.numbering import parse_number
from switchboard.ports import Page, Ports
from switchboard.rating.destinations import Destination
from switchboard.rating.editing import rows_of
from switchboard.rating.price import LegPrice
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Rate:
    """What a leg to a destination costs at the moment; no price where it may not be called."""

    name: str
    prefix: str
    others: int
    price: LegPrice | None


@dataclass(frozen=True, slots=True)
class FoundRate:
    """A row of a sheet; the first of a prefix that was found by its name says how many others of
    that name have the same rates."""

    row: RateRow
    others: int = 0


def find_rates(ports: Ports, account: Account, text: str) -> Sequence[Rate]:
    """The rates of the account's sheet that are meant by a number, by the beginning of one, or by
    words of a name; MOST_FOUND of them."""
    now = ports.clock.now()
    sheet = ports.sheets.current(account.profile.sheet_at(now))
    digits = _digits(text, account.profile.country)
    if digits:
        return _of_number(sheet, digits, now)
    words = text.casefold().split()
    found: list[Rate] = []
    for one in sheet.rows.destinations() if words else ():
        if all(word in one.name.casefold() for word in words):
            found += _rates(sheet, one, now)
        if len(found) == MOST_FOUND:
            break
    return found


def find_rows(
    sheet: RateSheet, text: str, *, limit: int, cursor: str | None = None
) -> Page[FoundRate]:
    """A part of the rows of a sheet: of the prefixes that a number begins with, or that begin as it
    does, of the names that have these words, or all. The rows of a prefix stay together, so that a
    part may have a few more than it should."""
    digits = "".join(one for one in text if one.isascii() and one.isdigit()).removeprefix("00")
    if text and (not digits or any(one.isalpha() for one in text)):
        return _rows_named(sheet, text.casefold().split(), limit, cursor)
    return _rows_under(sheet, digits, limit, cursor)


def _rows_under(sheet: RateSheet, digits: str, limit: int, cursor: str | None) -> Page[FoundRate]:
    if cursor is not None and not (cursor.isascii() and cursor.isdigit()):
        raise Malformed("this cursor is not one of ours")
    found: list[FoundRate] = []
    if cursor is None and digits:
        shorter = [one for one in sheet.rows.under(digits) if one.prefix != digits]
        found += [FoundRate(row) for tariff in shorter[::-1] for row in tariff.rows]
    for row in sheet.rows.since(cursor or digits):
        if not row.prefix.startswith(digits):
            break
        if len(found) >= limit and row.prefix != found[-1].row.prefix:
            return Page(found, row.prefix)
        found.append(FoundRate(row))
    return Page(found, None)


def _rows_named(
    sheet: RateSheet, words: Sequence[str], limit: int, cursor: str | None
) -> Page[FoundRate]:
    names = sheet.rows.destinations()
    start = _place(cursor)
    found: list[FoundRate] = []
    for at, one in enumerate(names[start:], start):
        if all(word in one.name.casefold() for word in words):
            if len(found) >= limit:
                return Page(found, str(at))
            first, *more = rows_of(sheet.rows, one.prefix)
            found += [FoundRate(first, one.others), *map(FoundRate, more)]
    return Page(found, None)


def _place(cursor: str | None) -> int:
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Malformed("this cursor is not one of ours")
    return int(cursor or 0)


def _digits(text: str, country: str) -> str:
    """The digits of the number, or of its beginning, that is meant; none where words are."""
    digits = "".join(one for one in text if one.isascii() and one.isdigit())
    if not digits or any(one.isalpha() for one in text):
        return ""
    try:
        return parse_number(text, country).digits
    except NotANumber:
        return digits.removeprefix("00")


def _of_number(sheet: RateSheet, digits: str, now: datetime) -> Sequence[Rate]:
    for tariff in sheet.rows.under(digits):
        period = tariff.period_at(now)
        if period is not None:
            price = None if period.blocked else period.price(100)
            return [Rate(period.destination, tariff.prefix, 0, price)]
    return []


def _rates(sheet: RateSheet, one: Destination, now: datetime) -> Iterator[Rate]:
    for rate in _of_number(sheet, one.prefix, now):
        yield Rate(one.name, one.prefix, one.others, rate.price)
