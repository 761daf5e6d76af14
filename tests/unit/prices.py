"""Prices of legs to test with, plain and rich, and what one costs when it is reckoned by hand."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import strategies as st

from switchboard.rating.meter import Step
from switchboard.rating.price import LegPrice
from switchboard.rating.rounding import Rounding

PICOS = 12
AMOUNTS = st.integers(0, 10**13)
BLOCKS = st.integers(1, 3_600)
SECONDS = st.integers(0, 90_000)


@st.composite
def _steps(draw) -> tuple[Step, ...]:
    starts = draw(st.sets(st.integers(1, 7_200), max_size=3))
    return tuple(Step(at, draw(BLOCKS), draw(AMOUNTS)) for at in (0, *sorted(starts)))


@st.composite
def rich_prices(draw) -> LegPrice:
    minimum = draw(st.one_of(st.just(0), AMOUNTS))
    return LegPrice(
        "44",
        "United Kingdom",
        PICOS,
        draw(_steps()),
        initial_s=draw(BLOCKS),
        percent=draw(st.integers(0, 1000)),
        digits=draw(st.integers(0, 6)),
        rounding=draw(st.sampled_from(Rounding)),
        connection_fee=draw(AMOUNTS),
        disconnect_fee=draw(AMOUNTS),
        free_s=draw(st.one_of(st.just(0), BLOCKS)),
        grace_s=draw(st.one_of(st.just(0), BLOCKS)),
        minimum=minimum,
        maximum=draw(st.one_of(st.none(), AMOUNTS.map(lambda more: minimum + more))),
        surcharge=draw(AMOUNTS),
        surcharge_after_s=draw(BLOCKS),
        post_call_percent_millionths=draw(st.one_of(st.just(0), st.integers(0, 10**8))),
    )


@st.composite
def plain_prices(draw) -> LegPrice:
    steps = (Step(0, draw(BLOCKS), draw(AMOUNTS)),)
    return LegPrice("44", "UK", PICOS, steps, draw(BLOCKS), connection_fee=draw(AMOUNTS))


PRICES = st.one_of(plain_prices(), rich_prices())


def price(*steps: str, initial_s: int | None = None, **terms) -> LegPrice:
    """A price of steps like `0: 0.4/60`, from second 0 on 0.40 a minute in whole minutes; amounts
    are decimal strings."""
    read = []
    for step in steps:
        start, rest = step.split(":")
        rate, increment = rest.split("/")
        read.append(Step(int(start), int(increment), picos(rate)))
    amounts = {name: picos(value) for name, value in terms.items() if isinstance(value, str)}
    first = read[0].increment_s if initial_s is None else initial_s
    return LegPrice("44", "UK", PICOS, tuple(read), first, **{**terms, **amounts})


def picos(text: str) -> int:
    return int(Decimal(text) * 10**PICOS)


def micros(text: str) -> int:
    return int(Decimal(text) * 10**6)


def blocks_by_hand(one: LegPrice, charged_s: int):
    """Each block that a leg runs into: its length and its rate, one after the other."""
    position = 0
    while position < charged_s:
        step = [step for step in one.steps if step.from_s <= position][-1]
        length = step.increment_s if position else one.initial_s
        yield length, step.rate
        position += length


def cost_by_hand(one: LegPrice, seconds: int) -> int:
    charged_s = seconds - one.free_s
    if charged_s <= 0 or seconds < one.grace_s:
        return 0
    cost = Fraction(one.connection_fee + one.disconnect_fee)
    cost += sum(Fraction(rate * length, 60) for length, rate in blocks_by_hand(one, charged_s))
    if charged_s > one.surcharge_after_s:
        cost += one.surcharge
    cost += cost * one.post_call_percent_millionths / 10**8
    cost = max(cost, Fraction(one.minimum))
    if one.maximum is not None:
        cost = min(cost, Fraction(one.maximum))
    exact = cost * one.percent / 100 / 10**one.decimals
    return rounded_by_hand(exact * 10**one.digits, one.rounding) * 10 ** (6 - one.digits)


def rounded_by_hand(exact: Fraction, how: Rounding) -> int:
    size, sign = abs(exact), -1 if exact < 0 else 1
    below = floor(size)
    up = {
        Rounding.UP: size > below,
        Rounding.DOWN: False,
        Rounding.HALF_UP: size - below >= Fraction(1, 2),
        Rounding.HALF_EVEN: round(size) > below,
    }[how]
    return sign * (below + up)
