"""Orders: refused before anything is written, made once, cancelled at any time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.callback import Callback, State, Trigger
from switchboard.desk.orders import (
    CANCELLED,
    Order,
    cancel_callback,
    dialled,
    find_callback,
    order_callback,
)
from switchboard.errors import (
    AccountBlocked,
    Conflict,
    NoRate,
    NotAllowed,
    NotEnoughCredit,
    NotFound,
    TooManyCallbacks,
)
from switchboard.ledger.balance import Hold
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.claims import HUNG_UP, LEASE, claimed
from tests.fakes.ports import MemoryCallbacks, memory_ports
from tests.fakes.world import ALICE, BOB, CAROL, open_alice, retail_sheet

TRIGGER = Trigger("test", "1")
NOWHERE = PhoneNumber("+61255500100")
PREMIUM = PhoneNumber("+19005550100")


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, max_callbacks=2)
    return ports


def order(ports: Ports, customer=ALICE, destination=BOB, trigger=TRIGGER) -> Callback:
    account = ports.accounts.get("alice")
    return order_callback(ports, account, Order(customer, destination, trigger))


def hold(ports: Ports, callback: str, micros: int = 1000) -> None:
    assert ports.books.reserve("alice", callback, Hold(micros, "n", ports.clock.now()))


def test_an_order_is_written_and_offered_to_the_workers(ports):
    callback = order(ports)

    now = ports.clock.now()
    assert callback == Callback(
        id=TRIGGER.callback_id,
        account="alice",
        customer=ALICE,
        destination=BOB,
        trigger="test",
        language="en",
        requested_at=now,
        expires_at=now + timedelta(seconds=90),
        quote=retail_sheet().quote(ALICE, BOB, now),
        reached={State.QUEUED: now},
    )
    assert ports.callbacks.placed == {callback.id: callback}
    assert ports.queue.sent == [callback.id]
    assert ports.books.balance("alice").holds == {}


def blocked(ports):
    ports.books.set_active("alice", active=False)


def busy(ports):
    hold(ports, "other")
    hold(ports, "another")


def poor(ports):
    least_micros = retail_sheet().quote(ALICE, BOB, ports.clock.now()).least_micros
    hold(ports, "other", 5_000_000 - least_micros + 1)


REFUSALS = [(blocked, AccountBlocked), (busy, TooManyCallbacks), (poor, NotEnoughCredit)]


@pytest.mark.parametrize(("trouble", "refusal"), REFUSALS)
def test_an_account_that_cannot_call_is_refused_before_anything_is_written(ports, trouble, refusal):
    trouble(ports)

    with pytest.raises(refusal):
        order(ports)

    assert (ports.callbacks.placed, ports.queue.sent) == ({}, [])


@pytest.mark.parametrize(
    ("customer", "destination", "refusal"),
    [
        (ALICE, NOWHERE, NoRate),
        (ALICE, PREMIUM, NoRate),
        (NOWHERE, BOB, NoRate),
        (NOWHERE, None, NoRate),
        (ALICE, ALICE, NotAllowed),
    ],
)
def test_phones_that_cannot_be_connected_are_refused(ports, customer, destination, refusal):
    with pytest.raises(refusal):
        order(ports, customer, destination)

    assert (ports.callbacks.placed, ports.queue.sent) == ({}, [])


def test_the_same_trigger_is_answered_with_the_same_callback(ports):
    first = order(ports)
    ports.clock.pass_by(timedelta(seconds=5))

    assert order(ports) == first


@pytest.mark.parametrize("trouble", [blocked, busy, poor])
def test_the_same_trigger_is_answered_also_where_it_would_be_refused_by_now(ports, trouble):
    first = order(ports)
    trouble(ports)

    assert order(ports) == first


@pytest.mark.parametrize("trouble", [None, blocked])
def test_a_callback_that_still_waits_is_offered_again(ports, trouble):
    """Its first writer may have died before it was."""
    callback = order(ports)
    ports.queue.sent.clear()
    if trouble:
        trouble(ports)

    order(ports)

    assert ports.queue.sent == [callback.id]


def test_a_callback_that_a_worker_has_is_not_offered_again(ports):
    claimed(ports)
    ports.queue.sent.clear()

    assert order(ports).state is State.CLAIMED
    assert ports.queue.sent == []


@pytest.mark.parametrize("trouble", [None, blocked])
@pytest.mark.parametrize("phones", [(CAROL, BOB), (ALICE, CAROL)])
def test_the_same_trigger_with_other_numbers_is_a_conflict(ports, phones, trouble):
    first = order(ports)
    if trouble:
        trouble(ports)

    with pytest.raises(Conflict):
        order(ports, *phones)

    assert ports.callbacks.placed == {first.id: first}


def test_the_same_trigger_of_another_account_is_a_conflict(ports):
    order(ports)
    alice = ports.accounts.get("alice")
    bob = replace(alice, profile=replace(alice.profile, account="bob"))

    with pytest.raises(Conflict):
        order_callback(ports, bob, Order(ALICE, BOB, TRIGGER))


def test_the_same_trigger_is_answered_after_its_customer_has_dialled(ports):
    callback = claimed(ports, destination=None)
    dialled(ports, callback, str(BOB))

    assert order(ports, destination=None).destination == BOB


def test_a_callback_is_found_by_its_own_account_only(ports):
    callback = order(ports)

    assert find_callback(ports, "alice", callback.id) == callback
    with pytest.raises(NotFound):
        find_callback(ports, "bob", callback.id)
    with pytest.raises(NotFound):
        find_callback(ports, "alice", "nonsense")


def test_what_waits_is_cancelled_at_once_and_never_rings(ports):
    callback = order(ports)

    cancelled = cancel_callback(ports, "alice", callback.id)

    assert (cancelled.state, cancelled.verdict) == (State.ENDED, CANCELLED)
    assert ports.control.hang_ups == []
    now = ports.clock.now()
    assert ports.callbacks.claim(callback.id, "w1", now=now, lease=LEASE) is None


def test_the_worker_that_has_a_callback_is_told_to_hang_up(ports):
    callback = claimed(ports)

    assert cancel_callback(ports, "alice", callback.id) == callback
    assert ports.control.hang_ups == [("w1", callback.id)]


def test_what_a_worker_claimed_and_gave_up_is_cancelled_at_once(ports):
    callback = claimed(ports)
    ports.clock.pass_by(2 * LEASE)

    assert cancel_callback(ports, "alice", callback.id).state is State.ENDED
    assert ports.callbacks.claim(callback.id, "w2", now=ports.clock.now(), lease=LEASE) is None


class Overtaking(MemoryCallbacks):
    """A worker claims a callback just before it is cancelled."""

    def finish(self, callback, state, verdict, at, *, worker):
        self.claim(callback, "w1", now=at, lease=LEASE)
        return super().finish(callback, state, verdict, at, worker=worker)


def test_a_callback_that_is_claimed_while_it_is_cancelled_is_hung_up(ports):
    callback = order(ports)
    overtaking = replace(ports, callbacks=Overtaking(ports.callbacks.placed))

    assert cancel_callback(overtaking, "alice", callback.id).state is State.CLAIMED
    assert ports.control.hang_ups == [("w1", callback.id)]


@pytest.mark.parametrize("worker", [None, "w1"])
def test_what_is_over_is_cancelled_without_effect(ports, worker):
    callback = order(ports) if worker is None else claimed(ports)
    now = ports.clock.now()
    ports.callbacks.finish(callback.id, State.ENDED, HUNG_UP, now, worker=worker)
    over = ports.callbacks.find(callback.id)

    assert cancel_callback(ports, "alice", callback.id) == over
    assert ports.control.hang_ups == []


def test_nobody_cancels_what_is_another_s(ports):
    callback = order(ports)

    with pytest.raises(NotFound):
        cancel_callback(ports, "bob", callback.id)

    assert ports.callbacks.find(callback.id).state is State.QUEUED
