"""Buckets: granted with the entry that pays for them, and read with their account."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.buckets import Bucket
from switchboard.billing.covering import MOST_TAKES
from switchboard.calls.callback import Callback, State
from switchboard.desk.check_books import check_books
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.till import Till
from switchboard.ledger.balance import Hold
from switchboard.ledger.cover import Cover, Take
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.ledger.spend import Spend
from tests.fakes.claims import claimed, record
from tests.fakes.ports import MemoryClock
from tests.fakes.world import NOON, open_alice

LONG = PurseTerms(quantum=timedelta(minutes=14))

BUCKET = Bucket(
    key="travel/uk#2026-01-01",
    plan="travel",
    name="uk",
    prefixes=("44", "353"),
    seconds=6_000,
    begins_at=NOON,
    expires_at=NOON + timedelta(days=31),
    increment_s=60,
)


def fee(micros: int) -> JournalEntry:
    return JournalEntry(
        account="alice",
        identity="recurring#plan#2026-01-01",
        kind=EntryKind.RECURRING,
        currency="EUR",
        amount_micros=-micros,
        entered_at=NOON,
        grants={BUCKET.key: BUCKET.seconds},
    )


@pytest.mark.parametrize("covered", [True, False])
def test_a_bucket_comes_with_the_entry_that_pays_for_it(ports, covered):
    open_alice(ports)

    assert ports.books.enter(fee(5_000_000), [BUCKET], covered=covered)
    assert not ports.books.enter(fee(5_000_000), [BUCKET], covered=covered)

    alice = ports.accounts.get("alice")
    assert alice.buckets == (BUCKET,)
    assert alice.balance.included_s == {BUCKET.key: 6_000}
    assert (alice.balance.avail_micros, alice.balance.posted_micros) == (0, 0)
    assert ports.books.entry("alice", fee(0).identity) == fee(5_000_000)
    assert [*ports.accounts.all()] == [alice]


def test_what_must_be_covered_is_not_entered_without_the_money(ports):
    open_alice(ports)
    before = ports.accounts.get("alice")

    assert not ports.books.enter(fee(5_000_001), [BUCKET], covered=True)

    assert ports.accounts.get("alice") == before
    assert ports.books.entry("alice", fee(0).identity) is None


def test_what_need_not_be_covered_may_take_more_than_there_is(ports):
    open_alice(ports)

    assert ports.books.enter(fee(5_000_001), [BUCKET])

    assert ports.books.balance("alice").posted_micros == -1


# What holds take of them


def test_a_call_may_take_of_as_many_buckets_as_it_ever_does(ports):
    open_alice(ports)
    keys = [f"travel/{'x' * 32}#2026-01-01#{number}" for number in range(MOST_TAKES)]
    promised = [replace(BUCKET, key=key, seconds=120, per_day_s=60) for key in keys]
    for bucket in promised:
        gift = replace(fee(0), identity=bucket.key, grants={bucket.key: 120})
        assert ports.books.enter(gift, [bucket])
    old = hold(*(take(30, bucket=key, day="2026-01-01", per_day_s=60) for key in keys))
    new = hold(*(replace(one, seconds=60) for one in old.cover.takes), request=1)

    assert ports.books.reserve("alice", "c1", old)
    assert ports.books.extend("alice", "c1", old, new)
    assert ports.books.release("alice", "c1", new, 0, dict.fromkeys(keys, 45))

    assert ports.books.balance("alice").included_s == dict.fromkeys(keys, 75)


def hold(*takes: Take, micros: int = 0, **changes) -> Hold:
    return replace(Hold(micros, "n1", NOON, cover=Cover(takes)), **changes)


def take(seconds: int, **changes) -> Take:
    return replace(Take(BUCKET.key, seconds, increment_s=60), **changes)


def daily(seconds: int) -> Take:
    return take(seconds, day="2026-01-02", per_day_s=600)


COUNTER = daily(1).counter


@pytest.fixture
def covered(ports):
    """Alice has 6,000 seconds, and 5.00."""
    return with_bucket(ports)


def with_bucket(ports, **changes):
    ports = replace(ports, clock=MemoryClock(NOON))
    open_alice(ports, **changes)
    assert ports.books.enter(fee(0), [BUCKET])
    return ports


def left_s(ports) -> int:
    return ports.books.balance("alice").included_s[BUCKET.key]


def test_a_hold_takes_seconds_and_comes_back_as_it_was(covered):
    wanted = hold(replace(daily(420), for_destination=False, per_call_s=500, covers_fees=True))

    assert covered.books.reserve("alice", "c1", wanted)

    balance = covered.books.balance("alice")
    assert balance.holds == {"c1": wanted}
    assert balance.included_s == {BUCKET.key: 6_000 - 420}
    assert balance.spent == {COUNTER: 420}


def test_a_hold_takes_no_more_than_there_is(covered):
    assert not covered.books.reserve("alice", "c1", hold(take(6_001)))
    assert not covered.books.reserve("alice", "c1", hold(Take("another", 1)))
    assert covered.books.reserve("alice", "c1", hold(take(6_000)))
    assert not covered.books.reserve("alice", "c2", hold(take(1)))


def test_a_hold_takes_no_more_than_the_limit_of_a_day_leaves(covered):
    assert not covered.books.reserve("alice", "c1", hold(daily(601)))
    assert covered.books.reserve("alice", "c1", hold(daily(540)))
    assert not covered.books.reserve("alice", "c2", hold(daily(61)))
    assert covered.books.reserve("alice", "c2", hold(daily(60)))
    assert covered.books.reserve("alice", "c3", hold(replace(daily(600), day="2026-01-03")))


def test_a_hold_grows_by_the_difference(covered):
    small, large = hold(daily(300)), hold(daily(600), request=1)
    covered.books.reserve("alice", "c1", small)

    assert not covered.books.extend("alice", "c1", small, hold(daily(601), request=1))
    assert not covered.books.extend("alice", "c1", small, hold(take(6_001), request=1))
    assert covered.books.extend("alice", "c1", small, large)

    assert left_s(covered) == 5_400
    assert covered.books.balance("alice").spent == {COUNTER: 600}
    assert covered.books.balance("alice").holds == {"c1": large}


def test_a_hold_may_grow_by_a_bucket_that_it_had_nothing_of(covered):
    first, second = hold(), hold(take(60), request=1)
    covered.books.reserve("alice", "c1", first)

    assert covered.books.extend("alice", "c1", first, second)

    assert left_s(covered) == 5_940


def test_who_takes_a_hold_over_takes_its_cover_over(covered):
    covered.books.reserve("alice", "c1", hold(daily(300)))

    assert covered.books.adopt("alice", "c1", hold(daily(300)), "n2")

    assert covered.books.balance("alice").holds == {"c1": hold(daily(300), nonce="n2")}
    assert left_s(covered) == 5_700


def test_a_release_gives_back_what_was_not_burned_and_does_so_once(covered):
    held = hold(daily(300))
    covered.books.reserve("alice", "c1", held)

    assert covered.books.release("alice", "c1", held, 0, {BUCKET.key: 120})
    assert not covered.books.release("alice", "c1", held, 0, {BUCKET.key: 120})

    assert left_s(covered) == 5_880
    assert covered.books.balance("alice").spent == {COUNTER: 120}


def test_what_a_bucket_counted_on_past_days_is_forgotten_with_a_release(covered):
    early, late = hold(daily(60)), hold(replace(daily(60), day="2026-01-03"))
    for callback, held in (("c1", early), ("c2", late)):
        covered.books.reserve("alice", callback, held)
        past = covered.books.balance("alice").past_counters(held)
        covered.books.release("alice", callback, held, 0, {BUCKET.key: 60}, forget=past)

    assert covered.books.balance("alice").spent == {f"2026-01-03 {BUCKET.key}": 60}


def test_a_late_record_burns_what_is_not_there(covered):
    callback = claimed(covered)
    covered.books.close(record(callback, 60, 60, lost=True))
    late = record(callback, 90, 90)
    settlement = replace(late.settlement, late_micros=0, late_s={BUCKET.key: 6_030})

    assert covered.books.post_late(replace(late, settlement=settlement))
    assert not covered.books.post_late(replace(late, settlement=settlement))

    assert left_s(covered) == -30
    kept = covered.books.cdr("alice", callback.id, callback.requested_at)
    assert kept.settlement.total_s == {BUCKET.key: 6_030}


def test_a_bucket_is_dropped_with_what_is_left_and_may_be_again(covered):
    covered.books.drop_buckets("alice", [BUCKET.key])
    covered.books.drop_buckets("alice", [BUCKET.key])

    alice = covered.accounts.get("alice")
    assert (alice.buckets, alice.balance.included_s) == ((), {})


def test_a_callback_knows_that_buckets_may_cover_it_until_its_phone_rings(covered):
    callback = claimed(covered)
    assert callback.spend == Spend("2026-01-02", buckets=True)

    covered.callbacks.advance(callback.id, "w1", State.CALLING_CUSTOMER, NOON)

    assert covered.callbacks.find(callback.id).spend == Spend()


def test_a_bucket_is_burned_once_by_however_many_at_the_same_time(busy_ports):
    ports = with_bucket(busy_ports, opening_micros=50_000_000, max_callbacks=100)
    callbacks = [claimed(ports, str(n)) for n in range(16)]

    def call(callback: Callback) -> int:
        """Takes what there is, talks for fifteen minutes, and tells what of it was covered."""
        purse = Purse(ports, callback, "n", LONG)
        purse.open()
        cdr = record(callback, 900, 0, nonce=purse.nonce, cover=purse.hold.cover)
        return Till(ports.books).settle(cdr).customer.covered_s

    with ThreadPoolExecutor(16) as crowd:
        burned_s = list(crowd.map(call, callbacks))

    assert sum(burned_s) + left_s(ports) == BUCKET.seconds
    assert left_s(ports) >= 0
    assert max(burned_s) == 900
    assert list(check_books(ports)) == []
