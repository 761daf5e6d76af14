"""A call is settled once: the first record decides, and its hold is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.callback import Callback
from switchboard.desk.check_books import check_books
from switchboard.desk.till import Till
from switchboard.errors import Conflict
from switchboard.ledger.balance import Hold
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.ports import Ports
from tests.fakes.books import Crowded, Repeating, wish
from tests.fakes.claims import claimed, record
from tests.fakes.ports import memory_ports
from tests.fakes.world import NOON, open_alice

LATER = NOON + timedelta(minutes=9)
# What the world's sheet charges a minute of both legs, and a minute of the customer's alone.
BOTH, ALONE = 60_000, 20_000


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, opening_micros=1_000_000)
    return ports


def hold(micros: int = 400_000, nonce: str = "n1") -> Hold:
    return Hold(micros, nonce, NOON)


def a_call(ports: Ports, till: Till) -> Callback:
    callback = claimed(ports)
    till.reserve("alice", callback.id, wish(400_000, 1000), "n1", NOON)
    return callback


@pytest.mark.parametrize("repeating", [False, True])
def test_a_call_is_charged_once_however_often_it_is_settled(ports, repeating):
    till = Till(Repeating(ports.books) if repeating else ports.books)
    cdr = record(a_call(ports, till), 60, 60)

    assert [till.settle(cdr) for _ in range(3)] == [cdr, cdr, cdr]

    balance = ports.books.balance("alice")
    assert (balance.posted_micros, balance.holds) == (1_000_000 - BOTH, {})
    assert list(check_books(ports)) == []


def test_a_call_that_nobody_answered_costs_nothing(ports):
    till = Till(ports.books)

    settled = till.settle(record(a_call(ports, till), 0))

    assert settled.settlement == Settlement(SettlementKind.VOID, "n1", 0)
    assert ports.books.balance("alice").avail_micros == 1_000_000


def test_a_hold_that_grew_meanwhile_is_settled_as_it_is(ports):
    till = Till(ports.books)
    callback = a_call(ports, till)
    till.extend("alice", callback.id, hold(), wish(900_000), LATER)

    till.settle(record(callback, 60, 60))

    assert ports.books.balance("alice").avail_micros == 1_000_000 - BOTH


@pytest.mark.parametrize("repeating", [False, True])
def test_what_a_worker_knows_more_than_the_sweep_is_posted_late_and_once(ports, repeating):
    till = Till(Repeating(ports.books) if repeating else ports.books)
    callback = a_call(ports, till)
    till.settle(record(callback, 60, None, lost=True))
    cdr = record(callback, 60, 60)

    settled = [till.settle(cdr) for _ in range(2)]

    late = Settlement(SettlementKind.EXPIRE, "n1", ALONE, late_micros=BOTH - ALONE)
    assert settled == [replace(cdr, settlement=late)] * 2
    assert ports.books.balance("alice").posted_micros == 1_000_000 - BOTH
    assert list(check_books(ports)) == []


def test_a_late_record_is_charged_even_below_zero_and_flagged(ports):
    till = Till(ports.books)
    callback = a_call(ports, till)
    till.settle(record(callback, 0, None, lost=True))
    till.reserve("alice", "c2", wish(1_000_000, 1), "n1", NOON)
    ports.books.release("alice", "c2", hold(1_000_000), 1_000_000)

    settled = till.settle(record(callback, 60, 60))

    assert settled.settlement.late_micros == BOTH
    assert ports.books.balance("alice").posted_micros == -BOTH


def test_a_sweep_that_is_late_changes_nothing(ports):
    till = Till(ports.books)
    callback = a_call(ports, till)
    kept = till.settle(record(callback, 60, 60))

    # It may believe in more seconds than the worker charged in the end.
    assert till.settle(record(callback, 61, 61, lost=True)) == kept
    assert ports.books.balance("alice").posted_micros == 1_000_000 - BOTH


def test_a_second_sweep_leaves_it_to_the_worker_to_know_more(ports):
    till = Till(ports.books)
    callback = a_call(ports, till)
    first = till.settle(record(callback, 20, None, lost=True))

    assert till.settle(record(callback, 40, 20, lost=True)) == first

    till.settle(record(callback, 60, 60))
    assert ports.books.balance("alice").posted_micros == 1_000_000 - BOTH


def test_a_hold_that_a_record_does_not_speak_of_is_given_back_for_nothing(ports):
    till = Till(ports.books)
    callback = a_call(ports, till)
    till.settle(record(callback, 60, 60))
    till.reserve("alice", callback.id, wish(400_000, 1000), "n2", NOON)

    till.settle(record(callback, 60, 60, nonce="n2", lost=True))

    balance = ports.books.balance("alice")
    assert (balance.posted_micros, balance.holds) == (1_000_000 - BOTH, {})


def test_a_record_is_kept_where_its_hold_cannot_be_released(ports):
    callback = a_call(ports, Till(ports.books))
    crowded = Crowded(balances=ports.books.balances, closed=ports.books.closed)
    cdr = record(callback, 60, 60)

    with pytest.raises(Conflict):
        Till(crowded).settle(cdr)

    assert Till(ports.books).settle(cdr) == cdr
    assert ports.books.balance("alice").posted_micros == 1_000_000 - BOTH
