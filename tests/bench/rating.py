"""Rating a leg and finding how long money lasts, against the same by fractions and by stepping."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from math import ceil

from switchboard.numbering import PhoneNumber
from switchboard.rating.price import LegPrice
from switchboard.rating.quote import Quote
from switchboard.rating.row import Charges, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms

PREFIXES = 36_000
LEGS = 200_000
ROUNDS = 5
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
FIVE_EUROS = 5_000_000


def rating_rows() -> Iterator[str]:
    sheet = sheet_of(PREFIXES)
    numbers = numbers_of(PREFIXES)

    ours = _a_second(lambda n: sheet.price(numbers[n % 360], NOON).cost_micros(n % 600))
    price = sheet.price(numbers[0], NOON)
    warm = _a_second(lambda n: price.cost_micros(n % 600))
    fractions = _a_second(lambda n: _by_fractions(price, n % 600), LEGS // 10)
    yield f"rate a leg, {PREFIXES} prefixes, lookup and price: {ours:,.0f} a second"
    ratio = warm / fractions
    yield f"price a leg: {warm:,.0f} a second, by fractions {fractions:,.0f}: x{ratio:.1f}"

    quote = sheet.quote(numbers[0], numbers[1], NOON)
    talk = _a_second(lambda n: quote.talk_s(FIVE_EUROS + n), 5_000)
    stepping = _a_second(lambda n: _by_stepping(quote, FIVE_EUROS + n), 50)
    ratio = talk / stepping
    yield f"talk time of both legs: {talk:,.0f} a second, by stepping {stepping:,.0f}: x{ratio:.0f}"


def sheet_of(prefixes: int, version: str = "v1") -> RateSheet:
    charges = Charges(initial_s=30, increment_s=6)
    rows = [RateRow(f"44{n:06d}", 12_345_000_000, f"Place {n}", charges) for n in range(prefixes)]
    return RateSheet.of(f"bench-{prefixes}", version, SheetTerms("EUR"), rows)


def numbers_of(prefixes: int) -> list[PhoneNumber]:
    return [PhoneNumber(f"+44{n:06d}1234") for n in range(0, prefixes, prefixes // 360)]


def _a_second(work: Callable[[int], object], times: int = LEGS // ROUNDS) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for n in range(times):
            work(n)
        best = max(best, times / (time.perf_counter() - started))
    return best


def _by_fractions(price: LegPrice, seconds: int) -> int:
    exact = price.per_minute * price.billed_s(seconds) / 60
    return ceil(exact * 10**price.digits) * 10 ** (6 - price.digits)


def _by_stepping(quote: Quote, micros: int) -> int:
    seconds = 0
    while quote.cost_micros(seconds + 1, seconds + 1) <= micros:
        seconds += 1
    return seconds
