"""The price of one leg: whole increments, exact, rounded once, and never falling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.rating.rounding import Rounding
from tests.unit.prices import (
    PRICES,
    SECONDS,
    blocks_by_hand,
    cost_by_hand,
    micros,
    plain_prices,
    price,
)


@given(PRICES, st.integers(0, 20_000))
def test_a_leg_costs_what_it_costs_reckoned_by_hand(one, seconds):
    assert one.cost_micros(seconds) == cost_by_hand(one, seconds)


@given(PRICES, SECONDS, SECONDS)
def test_a_price_never_falls_as_time_grows(one, seconds, more):
    assert one.cost_micros(seconds) <= one.cost_micros(seconds + more)


@given(PRICES)
def test_no_second_costs_nothing_and_carries_no_fee(one):
    assert (one.cost_micros(0), one.billed_s(0)) == (0, 0)


@given(PRICES, st.integers(0, 20_000))
def test_whole_blocks_are_billed(one, seconds):
    charged_s = 0 if seconds < one.grace_s else max(0, seconds - one.free_s)
    blocks = [length for length, _ in blocks_by_hand(one, charged_s)]

    billed = one.billed_s(seconds)

    assert billed == sum(blocks)
    assert not blocks or billed - charged_s < blocks[-1]


@given(plain_prices(), SECONDS)
def test_less_than_an_increment_is_billed_beyond_what_was_talked(one, seconds):
    beyond = one.billed_s(seconds) - seconds

    assert beyond < one.steps[0].increment_s or seconds <= one.initial_s


@given(PRICES, SECONDS)
def test_what_is_billed_is_billed_for_itself(one, seconds):
    billed = one.billed_s(seconds)
    again_s = max(billed + one.free_s, one.grace_s)

    assert not billed or again_s > billed + one.free_s or one.billed_s(again_s) == billed


@given(PRICES, st.lists(st.integers(0, 900), max_size=12))
def test_quanta_add_up_to_the_price_in_one_piece(one, quanta):
    ends = [sum(quanta[: at + 1]) for at in range(len(quanta))]
    begins = [0, *ends][: len(ends)]

    pieces = [
        one.cost_micros(end) - one.cost_micros(begin)
        for begin, end in zip(begins, ends, strict=True)
    ]

    assert all(piece >= 0 for piece in pieces)
    assert sum(pieces) == one.cost_micros(sum(quanta))


@given(PRICES)
def test_the_least_is_what_the_first_charged_second_costs(one):
    first_s = max(one.grace_s, one.free_s + 1)

    assert one.least_micros == one.cost_micros(first_s)
    assert one.cost_micros(first_s - 1) == 0


@pytest.mark.parametrize(
    ("initial_s", "increment_s", "seconds", "billed_s"),
    [
        *((1, 1, 0, 0), (1, 1, 1, 1), (60, 60, 1, 60), (60, 60, 61, 120), (30, 6, 30, 30)),
        *((30, 6, 31, 36), (20, 6, 25, 26), (20, 6, 26, 26), (20, 6, 27, 32)),
        *((60, 1, 61, 61), (1, 60, 2, 61)),
    ],
)
def test_billed_seconds_are_those_of_the_golden_table(initial_s, increment_s, seconds, billed_s):
    assert price(f"0: 0.1/{increment_s}", initial_s=initial_s).billed_s(seconds) == billed_s


MINUTES = price("0: 0.4/60", "60: 0.2/30", connection_fee="0.4")
GOLDEN = [
    (price("0: 0.006/6", initial_s=30), 32, "0.0036"),
    (price("0: 0.006/6", initial_s=30), 57, "0.0060"),
    (price("0: 0.006/6", initial_s=30), 75, "0.0078"),
    (price("0: 0.0137/6", digits=5), 205, "0.04795"),
    (price("0: 0.7/60"), 1, "0.7"),
    (price("0: 0.7/1"), 60, "0.7"),
    (price("0: 0.03/6", initial_s=30, connection_fee="0.01"), 1, "0.025"),
    (price("0: 0.03/6", initial_s=30, connection_fee="0.01"), 0, "0"),
    (MINUTES, 60, "0.80"),
    (MINUTES, 85, "0.90"),
    (MINUTES, 91, "1.00"),
    # An increment that overruns a step keeps the price of the step it starts in.
    (price("0: 0.6/60", "90: 0.06/1"), 91, "1.20"),
    (price("0: 0.6/60", "90: 0.06/1"), 121, "1.201"),
    # A step that is wholly overrun never comes.
    (price("0: 0.6/60", "70: 6/1", "80: 0.06/1"), 121, "1.201"),
    (price("0: 0.6/1", "5: 0.06/1", initial_s=10), 11, "0.101"),
    # Free seconds are subtracted first, the grace period is not subtracted at all.
    (price("0: 0.6/60", free_s=60), 60, "0"),
    (price("0: 0.6/60", free_s=60, connection_fee="1"), 60, "0"),
    (price("0: 0.6/60", free_s=60), 120, "0.60"),
    (price("0: 0.6/60", "60: 0.3/60", free_s=30), 91, "0.90"),
    (price("0: 0.6/1", grace_s=5), 4, "0"),
    (price("0: 0.6/1", grace_s=5), 5, "0.05"),
    (price("0: 0.6/1", minimum="0.1"), 1, "0.1"),
    (price("0: 0.6/1", minimum="0.1"), 11, "0.11"),
    (price("0: 0.6/1", maximum="0.5"), 3600, "0.5"),
    (price("0: 0.6/1", surcharge="0.2", surcharge_after_s=60), 60, "0.6"),
    (price("0: 0.6/1", surcharge="0.2", surcharge_after_s=60), 61, "0.81"),
    (price("0: 0.6/1", disconnect_fee="0.05"), 10, "0.15"),
    (price("0: 0.6/1", disconnect_fee="0.05"), 0, "0"),
    (price("0: 0.6/1", post_call_percent_millionths=12_500_000), 60, "0.675"),
    (price("0: 0.02/1"), 1, "0.0004"),
    (price("0: 0.02/1", digits=2), 1, "0.01"),
    (price("0: 0.02/1", digits=2, rounding=Rounding.DOWN), 1, "0"),
    (price("0: 0.02/1", percent=50), 1, "0.0002"),
    (price("0: 0.02/1", percent=0), 86_400, "0"),
    (price("0: 0.000000000001/1", digits=6), 1, "0.000001"),
]


@pytest.mark.parametrize(("one", "seconds", "cost"), GOLDEN)
def test_a_leg_costs_what_the_golden_table_says(one, seconds, cost):
    assert one.cost_micros(seconds) == micros(cost)
