"""Calls on included minutes: how long they last, what burns, and what is left to pay."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import LiveCall
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.buckets import drop_expired_buckets
from switchboard.desk.check_books import check_books
from switchboard.desk.orders import quote_for
from switchboard.desk.purse import Purse
from switchboard.desk.sweep import sweep
from switchboard.desk.till import Till
from switchboard.errors import NotEnoughCredit
from switchboard.ledger.spend import Spend
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.claims import beat, claimed, held, later, record, ring
from tests.fakes.decks import read_deck
from tests.fakes.exchange import CENT, CENT_A_SECOND, TERMS, Exchange
from tests.fakes.phone import FarEnd
from tests.fakes.plenty import a_bucket, grant, left_s
from tests.fakes.ports import MemoryClock, memory_ports
from tests.fakes.world import ALICE, BOB, NOON, open_alice

FEES = "prefix,rate,connection_fee\n44,0.6,\n1,0.6,0.05\n"
MONEY_ENDS = Verdict(Ending.TALK_LIMIT, Culprit.CUSTOMER)
HEARTBEAT_MISSED_S = 16
# The customer answers at second 2, both talk from second 5.
WAITED_S = 3


def an_exchange(*buckets, cents=0, talks_s=None, deck=CENT_A_SECOND, customer=None) -> Exchange:
    far_ends = {ALICE: customer or FarEnd(), BOB: FarEnd(hangs_up_s=talks_s)}
    exchange = Exchange(far_ends, opening_micros=cents * CENT, deck=deck)
    grant(exchange.ports, *buckets)
    return exchange


def legs_of(cdr) -> list[tuple[int, int, int]]:
    """The seconds of each leg, what of them was covered, and the cents for the rest."""
    return [(leg.seconds, leg.covered_s, leg.cost_micros // CENT) for leg in cdr.legs]


def a_world(*buckets, micros: int = 0):
    ports = replace(memory_ports(), clock=MemoryClock(NOON))
    open_alice(ports, opening_micros=micros)
    deck = read_deck(CENT_A_SECOND)
    ports.sheets.publish(RateSheet.of("retail", "v2", SheetTerms("EUR"), deck))
    grant(ports, *buckets)
    return ports


def test_a_covered_call_costs_nothing():
    bucket = a_bucket(10_000)
    exchange = an_exchange(bucket, talks_s=60)

    cdr = exchange.connect()

    assert legs_of(cdr) == [(63, 63, 0), (60, 60, 0)]
    assert cdr.settlement.burned_s == {bucket.key: 123}
    assert left_s(exchange.ports, bucket) == 10_000 - 123
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_without_money_a_call_ends_exactly_when_the_seconds_end():
    bucket = a_bucket(1_003)
    exchange = an_exchange(bucket)

    cdr = exchange.connect()

    assert cdr.verdict == MONEY_ENDS
    assert legs_of(cdr) == [(503, 503, 0), (500, 500, 0)]
    assert left_s(exchange.ports, bucket) == 0
    assert exchange.breaches == []


def test_a_call_that_runs_out_of_seconds_goes_on_with_money():
    bucket = a_bucket(1_003)
    exchange = an_exchange(bucket, cents=200)

    cdr = exchange.connect()

    assert cdr.verdict == MONEY_ENDS
    assert [leg.seconds for leg in cdr.legs] == [603, 600]
    assert cdr.cost.micros == 200 * CENT
    assert sum(leg.covered_s for leg in cdr.legs) == 1_003
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


def test_a_long_call_takes_quantum_by_quantum():
    bucket = a_bucket(100_000, increment_s=60)
    exchange = an_exchange(bucket, talks_s=1_801)

    cdr = exchange.connect()

    assert legs_of(cdr) == [(1_804, 1_860, 0), (1_801, 1_860, 0)]
    assert exchange.breaches == []


def test_one_leg_is_covered_and_the_other_paid():
    exchange = an_exchange(a_bucket(10_000, "44"), cents=100)

    cdr = exchange.connect()

    assert legs_of(cdr) == [(103, 103, 0), (100, 0, 100)]
    assert exchange.breaches == []


@pytest.mark.parametrize("included", [{}, {"seconds": 150}, {"seconds": 10_000, "increment_s": 60}])
def test_a_call_costs_what_the_account_was_quoted_for_it(included):
    buckets = [a_bucket(**included)] if included else []
    exchange = an_exchange(*buckets, cents=1_000, talks_s=120)
    ports = exchange.ports
    quoted = quote_for(ports, ports.accounts.get("alice"), ALICE, BOB, 123, NOON)

    customer, destination = exchange.connect().legs

    # The customer's leg lasts longer, by the time that the other one rang.
    quoted_legs = (quoted.legs(123)[0].cost_micros(123), quoted.covered_s(123, 120)[0])
    assert (customer.cost_micros, customer.covered_s) == quoted_legs
    total = customer.cost_micros + destination.cost_micros
    assert total == quoted.cost_micros(123, 120)
    assert destination.covered_s == quoted.covered_s(123, 120)[1]


def test_two_minutes_of_which_one_is_included_cost_one():
    bucket = a_bucket(60, "1")
    exchange = an_exchange(bucket, cents=1_000, talks_s=120)
    terms = SheetTerms("EUR", customer_leg_percent=0)
    exchange.ports.sheets.publish(RateSheet.of("retail", "v3", terms, read_deck(CENT_A_SECOND)))

    cdr = exchange.connect()

    assert legs_of(cdr) == [(123, 0, 0), (120, 60, 60)]
    assert cdr.cost.decimal == "0.60"
    assert exchange.breaches == []


def test_a_free_customer_leg_burns_no_included_second():
    bucket = a_bucket(10_000)
    exchange = an_exchange(bucket, talks_s=60)
    terms = SheetTerms("EUR", customer_leg_percent=0)
    exchange.ports.sheets.publish(RateSheet.of("retail", "v3", terms, read_deck(CENT_A_SECOND)))

    cdr = exchange.connect()

    assert legs_of(cdr) == [(63, 0, 0), (60, 60, 0)]
    assert left_s(exchange.ports, bucket) == 10_000 - 60
    assert exchange.breaches == []


@pytest.mark.parametrize(("covers_fees", "cents"), [(False, 5), (True, 0)])
def test_a_fee_is_covered_only_where_the_bucket_says_so(covers_fees, cents):
    exchange = an_exchange(
        a_bucket(10_000, covers_fees=covers_fees), cents=cents, talks_s=60, deck=FEES
    )

    cdr = exchange.connect()

    assert legs_of(cdr) == [(63, 63, 0), (60, 60, cents)]


def test_an_uncovered_fee_is_refused_before_a_phone_rings():
    exchange = an_exchange(a_bucket(10_000), cents=4, deck=FEES)

    with pytest.raises(NotEnoughCredit):
        exchange.connect()


@pytest.mark.parametrize("bucket", [a_bucket(10_000, "33"), a_bucket(1)])
def test_seconds_that_cover_no_second_of_both_legs_are_not_enough(bucket):
    with pytest.raises(NotEnoughCredit):
        an_exchange(bucket).connect()


def test_fair_use_limits_a_call_and_a_day():
    exchange = an_exchange(a_bucket(10_000, per_call_s=100, per_day_s=150), cents=1_000)
    exchange.phone.far_ends = {BOB: FarEnd(hangs_up_s=200)}

    cdr = exchange.connect()

    assert legs_of(cdr) == [(203, 100, 103), (200, 50, 150)]
    assert exchange.breaches == []


def test_a_call_over_the_expiry_keeps_what_its_hold_has():
    bucket = a_bucket(10_000, expires_at=NOON + timedelta(seconds=100))
    exchange = an_exchange(bucket)

    cdr = exchange.connect()

    # A quantum, a margin and the ringing, and nothing when it should have grown.
    assert [leg.covered_s for leg in cdr.legs] == [leg.seconds for leg in cdr.legs]
    assert 300 < cdr.talked_s < 400
    assert exchange.breaches == []


def test_a_bucket_that_comes_during_a_call_is_taken_from():
    first, second = a_bucket(700, name="a"), a_bucket(901, name="b")
    exchange = an_exchange(first, cents=0)

    cdr = exchange.connect(events={60: lambda _: grant(exchange.ports, second)})

    assert cdr.settlement.total_s == {first.key: 700, second.key: 901}
    assert exchange.breaches == []


def test_what_a_customer_dials_is_covered_too():
    keys = tuple((1 + at_s / 10, key) for at_s, key in enumerate("0014155550100#"))
    bucket = a_bucket(10_000)
    exchange = an_exchange(bucket, talks_s=60, customer=FarEnd(presses=keys))

    cdr = exchange.connect(None)

    assert cdr.talked_s == 60
    assert cdr.cost.micros == 0
    assert cdr.settlement.total_s == {bucket.key: sum(leg.seconds for leg in cdr.legs)}
    assert exchange.breaches == []


def test_who_has_no_bucket_is_not_read_before_it_rings():
    assert claimed(a_world(micros=5_000_000)).spend == Spend()
    assert claimed(a_world(a_bucket(100, "33"), micros=5_000_000)).spend == Spend()
    assert claimed(a_world(a_bucket(100))).spend == Spend("2026-01-02", buckets=True)


def test_of_two_that_race_for_the_last_minutes_the_loser_takes_less():
    bucket = a_bucket(800)
    ports = a_world(bucket, micros=1_000_000)
    read = ports.accounts.get("alice")

    class Stale:
        """Reads what was there before the other came."""

        def __getattr__(self, name):
            return getattr(ports.accounts, name)

        def get(self, account):
            return read

    first, second = (claimed(ports, identity) for identity in "12")
    held(ports, first)
    late = Purse(replace(ports, accounts=Stale()), second, "n", TERMS)
    late.open()

    taken = [hold.cover.taken_s[bucket.key] for hold in (held(ports, first).hold, late.hold)]
    assert sum(taken) == 800
    assert left_s(ports, bucket) == 0


def test_a_lost_call_burns_what_is_known_and_the_rest_comes_back():
    bucket = a_bucket(10_000, increment_s=60)
    ports = a_world(bucket)
    callback = claimed(ports)
    held(ports, callback)
    ring(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 70, 61)})

    later(ports, seconds=HEARTBEAT_MISSED_S)
    (cdr,) = sweep(ports).settled

    assert [leg.covered_s for leg in cdr.legs] == [120, 120]
    assert left_s(ports, bucket) == 10_000 - 240


@pytest.mark.parametrize("repeated", [1, 2])
def test_what_a_lost_worker_knows_in_excess_is_burned_late(repeated):
    bucket = a_bucket(800)
    ports = a_world(bucket)
    callback = claimed(ports)
    purse = held(ports, callback)
    cover = purse.hold.cover
    swept = record(callback, 70, 61, nonce=purse.nonce, lost=True, cover=cover)
    own = record(callback, 95, 90, nonce=purse.nonce, cover=cover)
    till = Till(ports.books)
    till.settle(swept)
    # Another call has all that was given back.
    held(ports, claimed(ports, "2"))

    for _ in range(repeated):
        kept = till.settle(own)

    assert kept.settlement.late_micros is not None
    assert kept.settlement.total_s == {bucket.key: 95 + 90}
    assert left_s(ports, bucket) == -(25 + 29)
    assert list(check_books(ports)) == []


def test_what_is_left_of_a_bucket_is_dropped_two_days_after_its_expiry():
    short, long = a_bucket(100, name="a", expires_at=NOON + timedelta(days=1)), a_bucket(100)
    ports = a_world(short, long)

    later(ports, days=3, seconds=-1)
    assert drop_expired_buckets(ports, ports.accounts.get("alice")) == 0
    later(ports, seconds=1)
    assert [drop_expired_buckets(ports, ports.accounts.get("alice")) for _ in range(2)] == [1, 0]

    assert ports.accounts.get("alice").buckets == (long,)
    assert ports.books.balance("alice").included_s == {long.key: 100}


def test_a_bucket_that_a_hold_has_something_of_is_kept():
    bucket = a_bucket(1_000, expires_at=NOON + timedelta(days=1))
    ports = a_world(bucket)
    held(ports, claimed(ports))

    later(ports, days=9)

    assert drop_expired_buckets(ports, ports.accounts.get("alice")) == 0
