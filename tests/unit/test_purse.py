"""A purse never holds more than there is, and a call never costs more than its purse holds."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.callback import Callback
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Party
from switchboard.calls.leg import LegRecord
from switchboard.desk.orders import dialled
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.till import Till
from switchboard.errors import Conflict, NotEnoughCredit
from switchboard.ports import Ports
from switchboard.rating.row import RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, SheetTerms
from tests.fakes.claims import HUNG_UP, LEASE, claimed
from tests.fakes.ports import MemoryClock, memory_ports
from tests.fakes.world import ALICE, BOB, CAROL, NOON, open_alice
from tests.unit.prices import picos

TERMS = PurseTerms(
    quantum=timedelta(seconds=60), ring_limit=timedelta(seconds=20), margin=timedelta(seconds=5)
)


def a_world(opening_micros: int = 1_000_000) -> Ports:
    ports = memory_ports()
    open_alice(ports, opening_micros=opening_micros)
    return ports


def a_purse(ports: Ports, callback: Callback, nonce: str = "n") -> Purse:
    return Purse(ports, callback, nonce, TERMS)


def an_open_purse_of(ports: Ports, callback: Callback) -> Purse:
    purse = a_purse(ports, callback)
    purse.open()
    return purse


def an_open_purse(ports: Ports, destination=BOB) -> Purse:
    return an_open_purse_of(ports, claimed(ports, destination=destination))


def test_a_purse_holds_both_legs_for_a_quantum_and_the_ringing():
    ports = a_world()

    purse = an_open_purse(ports)

    # A margin more of talk, and the customer's leg while the other one rings.
    assert purse.hold.amount_micros == purse.quote.cost_micros(85, 65)
    assert purse.hold.expires_at == ports.clock.now() + timedelta(seconds=60 + 2 * (5 + 40))
    assert list(ports.books.balance("alice").holds.values()) == [purse.hold]


def test_a_purse_holds_what_there_is_where_that_is_less():
    purse = an_open_purse(a_world(50_000))

    assert purse.hold.amount_micros == 50_000
    assert purse.quote.cost_micros(purse.talk_s(10, 0) + 10, purse.talk_s(10, 0)) <= 50_000


def test_a_purse_stays_shut_for_less_than_a_second_of_both_legs():
    ports = a_world()
    callback = claimed(ports)
    short = callback.quote.least_micros - 1
    ports.books.balances["alice"] = replace(
        ports.books.balance("alice"), posted_micros=short, avail_micros=short
    )

    with pytest.raises(NotEnoughCredit):
        a_purse(ports, callback).open()

    assert ports.books.balance("alice").holds == {}


def test_a_purse_grows_for_another_quantum():
    ports = a_world()
    purse = an_open_purse(ports)

    ports.clock.pass_by(timedelta(seconds=50))
    purse.top_up(60, 50)

    assert purse.hold.amount_micros == purse.quote.cost_micros(60 + 85, 50 + 65)
    assert purse.hold.expires_at == ports.clock.now() + timedelta(seconds=60 + 2 * (5 + 20))
    assert purse.talk_s(60, 50) >= 65


def test_a_purse_that_cannot_grow_keeps_what_it_has():
    ports = a_world()
    purse = an_open_purse(ports)
    before = purse.hold
    ports.books.set_active("alice", active=False)

    purse.top_up(60, 50)

    assert purse.hold == before


@given(st.integers(25_400, 400_000), st.integers(0, 85), st.data())
def test_a_call_within_its_purse_is_paid_for(opening_micros, waited_s, data):
    ports = a_world(opening_micros)
    purse = an_open_purse(ports)
    before_s = min(waited_s, purse.waiting_s())

    talked_s = 0
    for _ in range(data.draw(st.integers(0, 4))):
        talked_s = data.draw(st.integers(talked_s, purse.talk_s(before_s, 0)))
        purse.top_up(before_s + talked_s, talked_s)
        assert purse.talk_s(before_s, 0) >= talked_s
    limit_s = purse.talk_s(before_s, 0)

    cost = purse.quote.cost_micros(before_s + limit_s, limit_s)
    assert cost <= purse.hold.amount_micros <= opening_micros
    assert purse.quote.cost_micros(purse.waiting_s(), 1) <= purse.hold.amount_micros


def test_a_purse_without_a_destination_waits_on_the_customer_s_leg_alone():
    purse = an_open_purse(a_world(), destination=None)

    assert purse.hold.amount_micros == purse.quote.cost_micros(85, 0)
    assert purse.waiting_s() >= 85


def test_a_dialled_destination_is_paid_for_too():
    ports = a_world()
    callback = claimed(ports, destination=None)
    purse = a_purse(ports, callback)
    purse.open()

    purse.add_destination(dialled(ports, callback, str(BOB)), 10)

    assert purse.hold.amount_micros == purse.quote.cost_micros(10 + 85, 65)
    assert purse.talk_s(10, 0) >= 65


def test_a_dialled_destination_that_cannot_be_paid_is_refused():
    ports = a_world(opening_micros=20_000)
    callback = claimed(ports, destination=None)
    purse = a_purse(ports, callback)
    purse.open()

    with pytest.raises(NotEnoughCredit):
        purse.add_destination(dialled(ports, callback, str(BOB)), 10)


def ended(callback: Callback, seconds: int) -> LegRecord:
    assert callback.destination is not None
    return LegRecord(Party.DESTINATION, callback.destination, "carrier", HUNG_UP, seconds=seconds)


def test_a_destination_that_ended_is_paid_for_while_the_next_one_talks():
    ports = a_world()
    callback = claimed(ports)
    purse = an_open_purse_of(ports, callback)

    over = purse.end_destination(ended(callback, 20), 30)
    purse.add_destination(dialled(ports, over, str(CAROL)), 40)

    cost = callback.quote.destination.cost_micros(20)
    assert [leg.cost_micros for leg in over.earlier] == [cost]
    assert ports.callbacks.find(callback.id).earlier == over.earlier
    assert purse.quote.cost_micros(40, 0) == cost + callback.quote.customer.cost_micros(40)
    assert purse.hold.amount_micros == purse.quote.cost_micros(40 + 85, 65)


def test_between_two_destinations_the_customer_waits_on_what_is_left():
    ports = a_world(100_000)
    callback = claimed(ports)
    purse = an_open_purse_of(ports, callback)
    held_micros = purse.hold.amount_micros

    over = purse.end_destination(ended(callback, 20), 30)

    left_micros = held_micros - over.earlier[0].cost_micros
    assert callback.quote.customer.cost_micros(purse.waiting_s()) <= left_micros
    assert callback.quote.customer.cost_micros(purse.waiting_s() + 1) > left_micros
    assert purse.hold.amount_micros == held_micros


def test_a_next_destination_that_cannot_be_paid_leaves_the_customer_on_the_line():
    ports = a_world(60_000)
    callback = claimed(ports)
    purse = an_open_purse_of(ports, callback)
    talked_s = purse.talk_s(5, 0)
    over = purse.end_destination(ended(callback, talked_s), 5 + talked_s)
    waiting_s = purse.waiting_s()

    with pytest.raises(NotEnoughCredit):
        purse.add_destination(dialled(ports, over, str(CAROL)), 5 + talked_s)

    assert purse.waiting_s() >= waiting_s >= 5 + talked_s
    assert purse.hold.amount_micros <= 60_000


def test_nothing_is_dialled_next_on_a_blocked_account():
    ports = a_world()
    callback = claimed(ports)
    purse = an_open_purse_of(ports, callback)
    over = purse.end_destination(ended(callback, 1), 5)
    ports.books.set_active("alice", active=False)

    with pytest.raises(Conflict, match="this number"):
        purse.add_destination(dialled(ports, over, str(CAROL)), 6)


@given(st.integers(60_000, 900_000), st.lists(st.integers(0, 200), max_size=4), st.data())
def test_destinations_one_after_the_other_cost_their_sum_and_never_more_than_is_held(
    opening_micros, waits, data
):
    ports = a_world(opening_micros)
    callback = claimed(ports)
    purse = an_open_purse_of(ports, callback)
    customer_s, costs = 0, []

    for number, wait_s in zip([CAROL, BOB, BOB, CAROL], waits, strict=False):
        customer_s = min(customer_s + wait_s, max(customer_s, purse.waiting_s()))
        talked_s = data.draw(st.integers(0, purse.talk_s(customer_s, 0)))
        purse.top_up(customer_s + talked_s, talked_s)
        costs.append(callback.quote.destination.cost_micros(talked_s))
        customer_s += talked_s
        callback = purse.end_destination(ended(callback, talked_s), customer_s)
        assert purse.waiting_s() >= customer_s
        try:
            callback = dialled(ports, callback, str(number))
            purse.add_destination(callback, customer_s)
        except NotEnoughCredit:
            callback = replace(callback, destination=None)
            break

    legs = [LegRecord(Party.CUSTOMER, ALICE, "carrier", HUNG_UP, seconds=customer_s)]
    if callback.destination is not None:
        talked_s = purse.talk_s(customer_s, 0)
        costs.append(callback.quote.destination.cost_micros(talked_s))
        legs = [replace(legs[0], seconds=customer_s + talked_s), ended(callback, talked_s)]
    cdr = write_cdr(callback, legs, HUNG_UP, nonce="n", ended_at=callback.requested_at)

    destinations = [*cdr.earlier, cdr.destination]
    assert [leg.cost_micros for leg in destinations if leg] == costs
    assert cdr.cost.micros == cdr.customer.cost_micros + sum(costs)
    assert cdr.cost.micros <= purse.hold.amount_micros <= opening_micros


def test_the_purse_of_a_later_claim_takes_over_and_is_never_robbed():
    ports = a_world()
    first = claimed(ports)
    # Random parts do not decide who came later.
    early, late = a_purse(ports, first, "z"), None
    early.open()
    ports.clock.pass_by(LEASE + timedelta(microseconds=1))
    second = ports.callbacks.claim(first.id, "w2", now=ports.clock.now(), lease=LEASE)
    late = a_purse(ports, second, "a")
    late.open()

    with pytest.raises(Conflict):
        a_purse(ports, first, "z").open()
    Till(ports.books).drop("alice", first.id, early.hold)

    assert ports.books.balance("alice").holds == {first.id: late.hold}
    assert late.hold == replace(early.hold, nonce=late.nonce)


@given(st.integers(30_000, 900_000), st.integers(0, 85), st.integers(0, 30))
def test_what_is_promised_before_the_ring_is_kept_after_it(opening_micros, waited_s, rings_s):
    ports = a_world(opening_micros)
    purse = an_open_purse(ports)
    before_s = min(waited_s, purse.waiting_s())

    promised_s = purse.promised_s(before_s)

    assert promised_s <= purse.limit_s(before_s + rings_s)
    assert promised_s == 0 or before_s + rings_s <= purse.waiting_s()


def test_what_is_promised_before_a_dearer_hour_is_kept_in_it():
    ports = a_world()
    dear = Window(frozenset(), time(12, 1), time(13))
    rows = [
        RateRow("44", 0),
        RateRow("1", picos("0.06")),
        RateRow("1", picos("0.6"), window=dear),
    ]
    terms = SheetTerms("EUR", at_boundary=AtBoundary.SPLIT)
    ports.sheets.publish(RateSheet.of("retail", "v9", terms, rows))
    ports = replace(ports, clock=MemoryClock(NOON))
    purse = an_open_purse(ports)

    promised_s = purse.promised_s(0)

    # 30 seconds of ringing leave as many of the cheap minute.
    assert promised_s == 30 + (1_000_000 - 30 * 1_000) // 10_000
