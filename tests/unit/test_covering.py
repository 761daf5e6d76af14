"""Which seconds a callback takes: in burn order, in whole increments, within fair use."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.account import Account
from switchboard.billing.buckets import Bucket
from switchboard.billing.covering import MOST_TAKES, grown
from switchboard.ledger.cover import NO_COVER, Cover, Take
from switchboard.ledger.spend import Spend
from switchboard.rating.meter import Step
from switchboard.rating.price import Change
from tests.fakes.claims import claimed
from tests.fakes.plenty import a_bucket, grant
from tests.fakes.ports import memory_ports
from tests.fakes.world import NOON, open_alice

LATER = timedelta(days=1)


def an_account(*buckets: Bucket) -> Account:
    ports = memory_ports()
    open_alice(ports)
    grant(ports, *buckets)
    return ports.accounts.get("alice")


def a_callback(quote=None):
    ports = memory_ports()
    open_alice(ports)
    callback = claimed(ports)
    return replace(callback, quote=quote or callback.quote, spend=Spend("2026-01-02"))


CALLBACK = a_callback()


def cover(account: Account, customer_s: int, destination_s: int, old: Cover = NO_COVER) -> Cover:
    return grown(old, CALLBACK, account, customer_s, destination_s, at=NOON)


def seconds(found: Cover) -> list[int]:
    return [take.seconds for take in found.takes]


def test_each_leg_takes_by_its_own_number():
    account = an_account(a_bucket(600, "44", name="uk"), a_bucket(600, "33", name="fr"))

    assert cover(account, 90, 60) == Cover(
        (Take("travel/uk#2026-01-01", 90, for_destination=False),)
    )


def test_both_legs_take_of_one_bucket_and_the_customer_leg_burns_first():
    found = cover(an_account(a_bucket(100)), 90, 60)

    assert found == Cover((Take("travel/all#2026-01-01", 100),))
    assert [take.seconds for take in found.destination(90)] == [10]
    assert [take.seconds for take in found.destination(30)] == [70]


def test_the_first_second_that_is_not_free_is_taken_at_least():
    price = replace(CALLBACK.quote.customer, free_s=5)
    callback = replace(CALLBACK, quote=replace(CALLBACK.quote, customer=price))

    found = grown(NO_COVER, callback, an_account(a_bucket(100)), 0, 0, at=NOON)

    assert seconds(found) == [2]


@pytest.mark.parametrize(
    "changes",
    [{"percent": 0}, {"steps": (Step(0, 1, 0),), "connection_fee": 0}],
)
def test_a_leg_that_costs_nothing_takes_nothing(changes):
    price = replace(CALLBACK.quote.customer, **changes)
    callback = replace(CALLBACK, quote=replace(CALLBACK.quote, customer=price))

    found = grown(NO_COVER, callback, an_account(a_bucket(100)), 90, 60, at=NOON)

    assert found == Cover((Take("travel/all#2026-01-01", 60, for_customer=False),))


def test_a_free_leg_takes_where_it_may_run_into_a_period_that_is_not():
    later = (Change(NOON + timedelta(seconds=60), (Step(0, 1, 10**12),)),)
    price = replace(CALLBACK.quote.customer, steps=(Step(0, 1, 0),), connection_fee=0, later=later)
    callback = replace(CALLBACK, quote=replace(CALLBACK.quote, customer=price))

    found = grown(NO_COVER, callback, an_account(a_bucket(100, "44")), 90, 0, at=NOON)

    assert seconds(found) == [90]


def test_one_call_takes_of_so_many_buckets_at_most():
    account = an_account(*(a_bucket(10, name=f"b{number:02}") for number in range(50)))

    found = cover(account, 400, 400)
    more = cover(account, 800, 800, found)

    assert len(found.takes) == MOST_TAKES
    assert [*more.taken_s] == [*found.taken_s]


def test_a_bucket_is_taken_from_until_it_is_empty_then_the_next_one_in_burn_order():
    weighty = a_bucket(60, name="z", weight=1)
    soon = a_bucket(50, name="y", expires_at=NOON + LATER)
    old = a_bucket(40, name="x", begins_at=NOON - 40 * LATER)
    plain = a_bucket(30, name="w")

    found = cover(an_account(plain, soon, old, weighty), 160, 0)

    keys = [take.bucket for take in found.takes]
    assert keys == [bucket.key for bucket in (weighty, soon, old, plain)]
    assert seconds(found) == [60, 50, 40, 11]


@pytest.mark.parametrize(("needed_s", "taken_s"), [(1, 60), (60, 60), (61, 70)])
def test_whole_increments_are_taken_as_far_as_the_bucket_goes(needed_s, taken_s):
    found = cover(an_account(a_bucket(70, "44", increment_s=60)), needed_s, 1)

    assert seconds(found) == [taken_s]


def test_one_leg_takes_no_more_than_a_call_may():
    account = an_account(a_bucket(1_000, per_call_s=90))
    found = cover(account, 300, 80)

    assert seconds(found) == [90 + 80]
    assert seconds(cover(account, 600, 600, found)) == [90 + 90]
    assert [take.seconds for take in found.customer] == [90]


def test_all_legs_of_a_day_take_no_more_than_a_day_may():
    account = an_account(a_bucket(1_000, per_day_s=200))
    counter = "2026-01-02 travel/all#2026-01-01"
    account = replace(account, balance=replace(account.balance, spent={counter: 50}))

    found = cover(account, 100, 100)

    assert seconds(found) == [150]
    assert found.counters == {"travel/all#2026-01-01": counter}
    assert found.limits_s == {counter: 200}


@pytest.mark.parametrize(
    "changes", [{"expires_at": NOON}, {"begins_at": NOON + timedelta(seconds=1)}]
)
def test_a_bucket_that_is_not_valid_is_not_taken_from(changes):
    assert cover(an_account(a_bucket(600, **changes)), 60, 60) == NO_COVER


def test_what_an_expired_bucket_gave_stays():
    account = an_account(a_bucket(600, expires_at=NOON))
    old = Cover((Take("travel/all#2026-01-01", 60),))

    assert cover(account, 90, 0, old) == old


def test_what_was_taken_first_burns_first_also_where_a_weightier_bucket_comes_later():
    old = Cover((Take("travel/all#2026-01-01", 60),))
    account = an_account(a_bucket(60, name="heavy", weight=9))

    found = cover(account, 90, 0, old)

    assert found == Cover((*old.takes, Take("travel/heavy#2026-01-01", 31)))


BUCKETS = st.lists(
    st.builds(
        lambda name, seconds, increment_s, weight, per_call_s, per_day_s: a_bucket(
            seconds,
            name=name,
            increment_s=increment_s,
            weight=weight,
            per_call_s=per_call_s,
            per_day_s=per_day_s,
        ),
        st.sampled_from("abcd"),
        st.integers(1, 500),
        st.integers(1, 90),
        st.integers(0, 2),
        st.none() | st.integers(1, 300),
        st.none() | st.integers(1, 300),
    ),
    unique_by=lambda bucket: bucket.key,
    max_size=4,
)
GROWTH = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=4)


@given(BUCKETS, GROWTH)
def test_a_cover_grows_and_is_always_there_to_be_had(buckets, growth):
    account = an_account(*buckets)
    granted = {bucket.key: bucket for bucket in buckets}
    balance, old = account.balance, NO_COVER

    for customer_s, destination_s in growth:
        new = cover(replace(account, balance=balance), customer_s, destination_s, old)
        more_s = new.beyond(old)

        assert all(seconds > 0 for seconds in more_s.values())
        for take in new.takes:
            assert take.seconds <= 2 * (granted[take.bucket].per_call_s or take.seconds)
        for bucket, taken_s in new.taken_s.items():
            assert taken_s <= granted[bucket].seconds
            assert taken_s <= (granted[bucket].per_day_s or taken_s)
        included = {key: left - more_s.get(key, 0) for key, left in balance.included_s.items()}
        spent = new.counted(new.taken_s)
        balance, old = replace(balance, included_s=included, spent=spent), new
