"""A leg that buckets cover: what is left of it is charged as if it were all of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.ledger.cover import Cover, Take, burn
from switchboard.rating.meter import Step
from switchboard.rating.price import Change
from switchboard.rating.quote import LONGEST_TALK_S, Quote
from tests.fakes.world import NOON
from tests.unit.prices import PRICES, SECONDS, cost_by_hand, micros, price

TAKES = st.lists(
    st.builds(
        Take,
        st.sampled_from("abcd"),
        st.integers(1, 900),
        increment_s=st.integers(1, 120),
        covers_fees=st.booleans(),
        for_customer=st.booleans(),
        for_destination=st.booleans(),
        per_call_s=st.just(0) | st.integers(1, 300),
    ),
    max_size=4,
    unique_by=lambda take: take.bucket,
).map(tuple)


def burned_by_the_second(takes, seconds: int) -> tuple[dict[str, int], int]:
    """Each second opens an increment of the first bucket that has something left, or is its own."""
    left = {take.bucket: take.seconds for take in takes}
    paid_s = opened_s = 0
    for _ in range(seconds):
        if opened_s:
            opened_s -= 1
            continue
        take = next((take for take in takes if left[take.bucket]), None)
        if take is None:
            paid_s += 1
            continue
        opened = min(left[take.bucket], take.increment_s)
        left[take.bucket] -= opened
        opened_s = opened - 1
    burned = {take.bucket: take.seconds - left[take.bucket] for take in takes}
    return {bucket: burned for bucket, burned in burned.items() if burned}, paid_s


@given(TAKES, st.integers(0, 5_000))
def test_whole_increments_burn_as_they_do_second_by_second(takes, due_s):
    takes = tuple(replace(take, per_call_s=0) for take in takes)
    burned, paid_s = burned_by_the_second(takes, due_s)

    assert burn(takes, due_s) == burned
    assert max(0, due_s - sum(take.seconds for take in takes)) == paid_s


@given(TAKES, SECONDS, SECONDS)
def test_never_more_burns_than_was_taken_and_never_less_as_time_grows(takes, due_s, more_s):
    before, after = burn(takes, due_s), burn(takes, due_s + more_s)

    for take in takes:
        assert before.get(take.bucket, 0) <= after.get(take.bucket, 0) <= take.seconds


@given(PRICES, st.integers(1, 9_000), st.booleans(), st.integers(0, 20_000))
def test_what_no_bucket_covers_costs_what_it_costs_reckoned_by_hand(one, cover_s, fees, seconds):
    cost = one.covered(cover_s, fees=fees).cost_micros(seconds)

    # Covered seconds are free ones, but for the fees and the grace of the whole leg.
    bare = replace(one, connection_fee=0, disconnect_fee=0) if fees else one
    left = replace(bare, free_s=one.free_s + cover_s)
    if one.due_s(seconds) > cover_s:
        assert cost == cost_by_hand(left, seconds)
    elif one.due_s(seconds):
        only_fees = replace(bare, steps=(Step(0, 1, 0),), surcharge=0, minimum=0, free_s=0)
        assert cost == cost_by_hand(only_fees, max(seconds, one.grace_s))
    else:
        assert cost == 0


@given(PRICES, st.integers(0, 9_000), st.booleans(), SECONDS, SECONDS)
def test_a_covered_price_never_falls_as_time_grows(one, cover_s, fees, seconds, more_s):
    left = one.covered(cover_s, fees=fees)

    assert left.cost_micros(seconds) <= left.cost_micros(seconds + more_s)


@given(PRICES, st.integers(0, 9_000), st.integers(0, 9_000), st.booleans(), SECONDS)
def test_a_price_never_rises_as_its_cover_grows(one, cover_s, more_s, fees, seconds):
    before = one.covered(cover_s, fees=fees and cover_s > 0)

    assert one.covered(cover_s + more_s, fees=fees).cost_micros(seconds) <= (
        before.cost_micros(seconds)
    )


QUOTES = st.builds(
    lambda customer, destination, takes: Quote(
        "s", "v", "EUR", customer, destination, Cover(takes)
    ),
    PRICES,
    PRICES,
    TAKES,
)


@given(QUOTES, SECONDS, SECONDS, st.integers(0, 3_000), st.integers(0, 3_000))
def test_a_covered_call_never_becomes_cheaper_by_lasting_longer(quote, a, b, more_a, more_b):
    assert quote.cost_micros(a, b) <= quote.cost_micros(a + more_a, b + more_b)


@given(QUOTES, st.integers(0, 10**8), st.integers(0, 500))
def test_talk_time_is_the_longest_that_money_and_cover_pay(quote, money, waited_s):
    talk_s = quote.talk_s(money, customer_s=waited_s)

    assert talk_s == -1 or quote.cost_micros(waited_s + talk_s, talk_s) <= money
    if talk_s < LONGEST_TALK_S:
        assert quote.cost_micros(waited_s + talk_s + 1, talk_s + 1) > money


@given(QUOTES, SECONDS, SECONDS)
def test_both_legs_together_burn_no_more_than_was_taken(quote, customer_s, destination_s):
    due_s = quote.customer.due_s(customer_s)
    first = burn(quote.cover.customer, due_s)
    second = burn(quote.cover.destination(due_s), quote.destination.due_s(destination_s))

    for take in quote.cover.takes:
        assert first.get(take.bucket, 0) + second.get(take.bucket, 0) <= take.seconds


MINUTE = price("0: 0.6/60", connection_fee="0.4")
GOLDEN = [
    (price("0: 0.6/60"), 60, False, 120, "0.60"),
    (price("0: 0.6/60"), 60, False, 60, "0"),
    (MINUTE, 60, False, 1, "0.4"),
    (MINUTE, 60, True, 1, "0"),
    (MINUTE, 60, False, 61, "1.0"),
    (MINUTE, 60, True, 61, "0.6"),
    (MINUTE, 60, False, 0, "0"),
    # The minimum is for what is charged by time, the maximum for all.
    (replace(MINUTE, minimum=2 * 10**12), 60, False, 60, "0.4"),
    (replace(MINUTE, minimum=2 * 10**12), 60, False, 61, "2"),
    (replace(MINUTE, maximum=10**11), 60, False, 60, "0.1"),
    (replace(MINUTE, post_call_percent_millionths=50_000_000), 60, False, 60, "0.6"),
    (price("0: 0.6/60", free_s=30), 60, False, 90, "0"),
    (price("0: 0.6/60", free_s=30), 60, False, 91, "0.6"),
    (price("0: 0.6/1", grace_s=10, connection_fee="1"), 60, False, 9, "0"),
    (price("0: 0.6/1", grace_s=10, connection_fee="1"), 60, False, 10, "1"),
    (price("0: 0.6/1", surcharge="0.2", surcharge_after_s=60), 30, False, 90, "0.6"),
    (price("0: 0.6/60", "60: 0.3/60"), 60, False, 180, "0.9"),
]


@pytest.mark.parametrize(("one", "cover_s", "fees", "seconds", "cost"), GOLDEN)
def test_a_covered_leg_costs_what_the_golden_table_says(one, cover_s, fees, seconds, cost):
    assert one.covered(cover_s, fees=fees).cost_micros(seconds) == micros(cost)


@pytest.mark.parametrize(("seconds", "billed_s"), [(0, 0), (60, 0), (61, 60), (121, 120)])
def test_only_what_is_left_is_billed(seconds, billed_s):
    assert MINUTE.covered(60, fees=False).billed_s(seconds) == billed_s


def test_what_is_left_of_a_leg_that_splits_is_charged_as_it_began():
    dear = (Step(0, 1, 6 * 10**12),)
    splits = price("0: 0.6/1", later=(Change(NOON + timedelta(seconds=60), dear),))

    begun = splits.covered(50, fees=False).begun(NOON)

    assert begun == splits.begun(NOON).covered(50, fees=False)
    assert begun.cost_micros(110) == 60 * 10_000
    assert begun.cost_micros(111) == 60 * 10_000 + 100_000


def test_the_fees_go_with_the_bucket_that_burns_first():
    kind, plain = Take("a", 10, covers_fees=True), Take("b", 500)
    quote = Quote("s", "v", "EUR", MINUTE, MINUTE)

    def fees(*takes: Take) -> list[int]:
        found = replace(quote, cover=Cover(takes))
        return [found.cost_micros(60, 0), found.cost_micros(60, 60)]

    assert fees(kind, plain) == [0, micros("0.4")]
    assert fees(plain, kind) == [micros("0.4"), micros("0.8")]
    assert fees(replace(kind, seconds=500), plain) == [0, 0]
