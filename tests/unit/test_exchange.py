"""What currencies are worth: exact, and in one way only."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Conflict, Malformed, NoExchangeRate, NotFound
from switchboard.rating.exchange import Exchange

CURRENCIES = st.sampled_from(["EUR", "USD", "GBP"])
UNITS = st.integers(1, 10**16)
TABLE = Exchange("EUR", {"USD": 920_000_000_000, "GBP": 1_170_000_000_000})


@pytest.mark.parametrize(
    ("source", "target", "rate"),
    [
        ("USD", "EUR", Fraction(92, 100)),
        ("EUR", "USD", Fraction(100, 92)),
        ("GBP", "USD", Fraction(117, 92)),
        ("CHF", "CHF", Fraction(1)),
    ],
)
def test_a_rate_is_exact_in_either_direction_and_across(source, target, rate):
    assert TABLE.rate(source, target) == rate


@given(st.tuples(CURRENCIES, CURRENCIES, CURRENCIES), UNITS, UNITS)
def test_going_round_changes_nothing(round_trip, dollars, pounds):
    table = Exchange().with_rate("USD", "EUR", dollars).with_rate("GBP", "EUR", pounds)
    one, two, three = round_trip

    assert table.rate(one, two) * table.rate(two, three) * table.rate(three, one) == 1


def test_a_rate_that_nobody_set_is_refused_by_both_names():
    with pytest.raises(NoExchangeRate, match="between CHF and EUR"):
        TABLE.rate("CHF", "EUR")
    with pytest.raises(NoExchangeRate, match="between EUR and USD"):
        Exchange().rate("EUR", "USD")
    assert not TABLE.joins("CHF", "EUR")
    assert TABLE.joins("GBP", "USD")


def test_all_rates_are_into_one_currency():
    with pytest.raises(Conflict, match="all rates are into EUR"):
        TABLE.with_rate("CHF", "USD", 1)
    with pytest.raises(Conflict, match="all rates are into EUR"):
        TABLE.with_rate("EUR", "USD", 1)


@pytest.mark.parametrize(("target", "units"), [("USD", 5), ("EUR", 0), ("EUR", -1)])
def test_a_rate_is_more_than_nothing_and_between_two(target, units):
    with pytest.raises(Malformed):
        TABLE.with_rate("USD", target, units)


def test_a_rate_can_be_replaced_and_forgotten():
    assert TABLE.with_rate("USD", "EUR", 5).rates["USD"] == 5
    assert TABLE.without("USD").rates.keys() == {"GBP"}
    with pytest.raises(NotFound):
        TABLE.without("CHF")
