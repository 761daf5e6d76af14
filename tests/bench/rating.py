"""Rating a leg, against the same formula in exact fractions."""

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil

from switchboard.numbering import PhoneNumber
from switchboard.rating.rate import LegPrice, Rate
from switchboard.rating.sheet import RateSheet, SheetTerms

PREFIXES = 36_000
LEGS = 200_000
ROUNDS = 5


def rating_rows() -> Iterator[str]:
    sheet = _sheet()
    numbers = [PhoneNumber(f"+44{n:05d}12345") for n in range(0, PREFIXES, 100)]

    ours = _legs_a_second(
        lambda n: sheet.quote(numbers[n % 360], None).customer.cost_micros(n % 600)
    )
    price = sheet.quote(numbers[0], None).customer
    warm = _legs_a_second(lambda n: price.cost_micros(n % 600))
    fractions = _legs_a_second(lambda n: _by_fractions(price, n % 600))

    yield f"rate a leg, {PREFIXES} prefixes, lookup and price: {ours:,.0f} a second"
    ratio = warm / fractions
    yield f"price a leg: {warm:,.0f} a second, by fractions {fractions:,.0f}: x{ratio:.1f}"


def _sheet() -> RateSheet:
    rates = [Rate(f"44{n:05d}", f"Place {n}", 12_345_000_000, 0, 30, 6) for n in range(PREFIXES)]
    return RateSheet.of("bench", "v1", SheetTerms("EUR"), rates)


def _legs_a_second(rate: Callable[[int], object]) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for n in range(LEGS // ROUNDS):
            rate(n)
        best = max(best, LEGS / ROUNDS / (time.perf_counter() - started))
    return best


def _by_fractions(price: LegPrice, seconds: int) -> int:
    exact = Fraction(price.rate.per_minute_picos * price.rate.billed_s(seconds), 60 * 10**12)
    return ceil(exact * 10**price.digits) * 10 ** (6 - price.digits)
