"""The price of one leg: whole increments, exact, rounded up once."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.rating.rate import LegPrice, Rate

SECONDS = st.integers(0, 90_000)
PICOS = st.integers(0, 10**14)
BLOCKS = st.integers(1, 3_600)
RATES = st.builds(
    Rate,
    st.just("44"),
    st.just("United Kingdom"),
    per_minute_picos=PICOS,
    connection_fee_picos=PICOS,
    initial_s=BLOCKS,
    increment_s=BLOCKS,
)
PRICES = st.builds(LegPrice, RATES, st.integers(0, 1000), st.integers(0, 6))


def price(rate: str, initial_s: int, increment_s: int, *, fee: str = "0", **terms) -> LegPrice:
    picos = int(Decimal(rate) * 10**12)
    fee_picos = int(Decimal(fee) * 10**12)
    return LegPrice(Rate("44", "UK", picos, fee_picos, initial_s, increment_s), **terms)


@given(RATES, SECONDS)
def test_whole_increments_are_billed_of_what_lies_beyond_the_initial_block(rate, seconds):
    billed = rate.billed_s(seconds)

    if seconds == 0:
        assert billed == 0
    elif seconds <= rate.initial_s:
        assert billed == rate.initial_s
    else:
        assert (billed - rate.initial_s) % rate.increment_s == 0
        assert 0 <= billed - seconds < rate.increment_s


@given(RATES, SECONDS)
def test_what_is_billed_is_billed_for_itself(rate, seconds):
    billed = rate.billed_s(seconds)

    assert rate.billed_s(billed) == billed


@pytest.mark.parametrize(
    ("initial_s", "increment_s", "seconds", "billed_s"),
    [
        (1, 1, 0, 0),
        (1, 1, 1, 1),
        (60, 60, 1, 60),
        (60, 60, 61, 120),
        (60, 1, 61, 61),
        (1, 60, 2, 61),
        (30, 6, 30, 30),
        (30, 6, 31, 36),
        (20, 6, 25, 26),
        (20, 6, 26, 26),
        (20, 6, 27, 32),
    ],
)
def test_billed_seconds_are_those_of_the_golden_table(initial_s, increment_s, seconds, billed_s):
    rate = Rate("44", "UK", 0, 0, initial_s, increment_s)

    assert rate.billed_s(seconds) == billed_s


@pytest.mark.parametrize(
    ("one", "seconds", "micros"),
    [
        (price("0.006", 30, 6), 32, 3_600),
        (price("0.006", 30, 6), 57, 6_000),
        (price("0.006", 30, 6), 75, 7_800),
        (price("0.0137", 6, 6, digits=5), 205, 47_950),
        (price("0.7", 60, 60), 1, 700_000),
        (price("0.7", 1, 1), 60, 700_000),
        (price("0.03", 30, 6, fee="0.01"), 1, 25_000),
        (price("0.03", 30, 6, fee="0.01"), 0, 0),
        (price("0.02", 1, 1), 1, 400),
        (price("0.02", 1, 1, digits=2), 1, 10_000),
        (price("0.02", 1, 1, percent=50), 1, 200),
        (price("0.02", 1, 1, percent=0), 86_400, 0),
        (price("0.000000000001", 1, 1, digits=6), 1, 1),
    ],
)
def test_a_leg_costs_what_the_golden_table_says(one, seconds, micros):
    assert one.cost_micros(seconds) == micros


@given(PRICES, SECONDS)
def test_a_price_is_rounded_up_once_at_its_end(one, seconds):
    rate, billed = one.rate, one.rate.billed_s(seconds)
    exact = Fraction(rate.connection_fee_picos) + Fraction(rate.per_minute_picos * billed, 60)
    exact_micros = exact * Fraction(one.percent, 100) / 10**6 if seconds else Fraction(0)
    step = 10 ** (6 - one.digits)

    cost = one.cost_micros(seconds)

    assert cost % step == 0
    assert 0 <= cost - exact_micros < step


@given(PRICES, SECONDS, SECONDS)
def test_a_price_never_falls_as_time_grows(one, seconds, more):
    assert one.cost_micros(seconds) <= one.cost_micros(seconds + more)


@given(PRICES)
def test_no_second_costs_nothing_and_carries_no_connection_fee(one):
    assert one.cost_micros(0) == 0


@pytest.mark.parametrize("prefix", ["", "+44", "4a", "\u0664\u0664", " 44"])
def test_a_prefix_is_made_of_digits(prefix):
    with pytest.raises(Malformed, match="digits"):
        Rate(prefix, "nowhere", 1)


@pytest.mark.parametrize(
    "wrong",
    [{"per_minute_picos": -1}, {"connection_fee_picos": -1}, {"initial_s": 0}, {"increment_s": 0}],
)
def test_a_rate_gives_nothing_away(wrong):
    with pytest.raises(Malformed):
        Rate(**{"prefix": "44", "destination": "UK", "per_minute_picos": 1, **wrong})
