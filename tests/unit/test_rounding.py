"""Rounding: four ways, each the same for a charge and its refund."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.rating.rounding import Rounding
from tests.unit.prices import rounded_by_hand

WAYS = st.sampled_from(Rounding)
NUMERATORS = st.integers(-(10**30), 10**30)
DENOMINATORS = st.one_of(st.integers(1, 12), st.integers(1, 10**20))


@given(WAYS, NUMERATORS, DENOMINATORS)
def test_a_refund_is_exactly_what_was_charged(how, numerator, denominator):
    assert how.of(-numerator, denominator) == -how.of(numerator, denominator)


@given(WAYS, st.one_of(NUMERATORS, st.integers(-50, 50)), DENOMINATORS)
def test_rounding_is_what_it_is_by_hand(how, numerator, denominator):
    by_hand = rounded_by_hand(Fraction(numerator, denominator), how)

    assert how.of(numerator, denominator) == by_hand


@given(WAYS, NUMERATORS, st.integers(0, 10**20), DENOMINATORS)
def test_more_is_never_rounded_to_less(how, numerator, more, denominator):
    assert how.of(numerator, denominator) <= how.of(numerator + more, denominator)


@pytest.mark.parametrize(
    ("how", "of_quarters"),
    [
        (Rounding.UP, {0: 0, 1: 1, 2: 1, 3: 1, 4: 1, 6: 2}),
        (Rounding.HALF_UP, {0: 0, 1: 0, 2: 1, 3: 1, 4: 1, 6: 2}),
        (Rounding.HALF_EVEN, {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 6: 2}),
        (Rounding.DOWN, {0: 0, 1: 0, 2: 0, 3: 0, 4: 1, 6: 1}),
    ],
)
def test_quarters_are_rounded_as_the_name_says(how, of_quarters):
    assert {quarters: how.of(quarters, 4) for quarters in of_quarters} == of_quarters
