"""What calls cost, for customers who look before they call: by number, by prefix, by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.billing.account import Account
from switchboard.errors import NotANumber
from switchboard.numbering import parse_number
from switchboard.ports import Ports
from switchboard.rating.destinations import Destination
from switchboard.rating.price import LegPrice
from switchboard.rating.sheet import RateSheet

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Rate:
    """What a leg to a destination costs at the moment; no price where it may not be called."""

    name: str
    prefix: str
    others: int
    price: LegPrice | None


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
