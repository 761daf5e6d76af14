"""The sweep settles what lost workers left behind, once, and touches nothing of the living."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.desk.check_books import check_books
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.sweep import LOST, Swept, sweep
from switchboard.desk.till import Till
from switchboard.ledger.balance import Hold
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.ports import Ports
from tests.fakes.claims import HUNG_UP, LEASE, claimed, record
from tests.fakes.ports import MemoryBooks, memory_ports
from tests.fakes.world import open_alice

ALL = 5_000_000
BOTH, ALONE = 60_000, 20_000  # a minute of both legs, and of the customer's
NOTHING = Swept((), ())


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, opening_micros=ALL)
    return ports


def beat(ports: Ports, worker: str, **calls: LiveCall) -> None:
    now = ports.clock.now()
    ports.workers.beat(Beat(worker, now, now + timedelta(seconds=15), 2, calls))


def later(ports: Ports, **span: int) -> None:
    ports.clock.pass_by(timedelta(**span))


def held(ports: Ports, callback: Callback) -> Purse:
    purse = Purse(Till(ports.books), ports.clock, callback, "n", PurseTerms())
    purse.open()
    return purse


def ring(ports: Ports, callback: Callback) -> bool:
    now = ports.clock.now()
    return ports.callbacks.advance(callback.id, callback.worker, State.CALLING_CUSTOMER, now)


def a_call(ports: Ports, **claim) -> tuple[Callback, Purse]:
    """A callback whose customer is being rung."""
    callback = claimed(ports, **claim)
    purse = held(ports, callback)
    ring(ports, callback)
    return callback, purse


def state_of(ports: Ports, callback: Callback) -> State:
    return ports.callbacks.find(callback.id).state


def test_the_call_of_a_lost_worker_is_settled_to_its_last_heartbeat(ports):
    callback, _ = a_call(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    told_at = ports.clock.now()
    later(ports, seconds=16)

    swept = sweep(ports)

    [cdr] = swept.settled
    assert cdr == ports.books.cdr("alice", callback.id, callback.requested_at)
    assert (cdr.settlement.kind, cdr.settlement.total_micros) == (SettlementKind.EXPIRE, BOTH)
    assert (cdr.verdict, cdr.ended_at) == (LOST, told_at)
    assert [(leg.seconds, leg.trunk) for leg in cdr.legs] == [(60, "carrier"), (60, "carrier")]
    balance = ports.books.balance("alice")
    assert (balance.posted_micros, balance.holds) == (ALL - BOTH, {})
    found = ports.callbacks.find(callback.id)
    assert (found.state, found.verdict) == (State.ENDED, LOST)
    assert list(check_books(ports)) == []


def test_a_second_sweep_finds_nothing_to_do(ports):
    callback, _ = a_call(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    later(ports, seconds=16)
    sweep(ports)

    assert sweep(ports) == NOTHING

    assert ports.workers.all() == []
    assert ports.books.balance("alice").posted_micros == ALL - BOTH


def test_a_worker_that_lives_is_left_alone(ports):
    callback, purse = a_call(ports)
    later(ports, hours=1)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})

    assert sweep(ports) == NOTHING

    assert ports.books.balance("alice").holds == {callback.id: purse.hold}
    assert state_of(ports, callback) is State.CALLING_CUSTOMER


def test_a_hold_that_outlived_its_time_is_given_back_for_nothing(ports):
    callback, purse = a_call(ports)
    later(ports, seconds=(purse.hold.expires_at - ports.clock.now()).seconds)
    assert sweep(ports) == NOTHING

    later(ports, seconds=1)
    [cdr] = sweep(ports).settled

    assert cdr.settlement == Settlement(SettlementKind.EXPIRE, purse.nonce, 0)
    assert ports.books.balance("alice").avail_micros == ALL
    assert state_of(ports, callback) is State.ENDED


def test_what_never_rang_is_queued_again_while_its_patience_lasts(ports):
    callback = claimed(ports)
    purse = held(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=16)
    ports.queue.sent.clear()

    assert sweep(ports) == Swept((), (callback.id,))

    assert ports.queue.sent == [callback.id]
    assert ports.books.balance("alice").holds == {callback.id: purse.hold}
    now = ports.clock.now()
    assert ports.callbacks.claim(callback.id, "w2", now=now, lease=LEASE) is not None


def test_what_never_rang_in_time_expires(ports):
    callback = claimed(ports)
    held(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=90)
    ports.queue.sent.clear()

    [cdr] = sweep(ports).settled

    assert cdr.settlement.total_micros == 0
    assert ports.queue.sent == []
    assert state_of(ports, callback) is State.EXPIRED
    assert ports.books.balance("alice").avail_micros == ALL


def test_what_never_rang_and_held_nothing_expires_too(ports):
    callback = claimed(ports)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=90)

    assert sweep(ports) == NOTHING

    assert state_of(ports, callback) is State.EXPIRED


def test_a_call_that_another_worker_took_over_is_left_to_it(ports):
    first = claimed(ports)
    held(ports, first)
    beat(ports, "w1", **{first.id: LiveCall()})
    later(ports, seconds=16)
    second = ports.callbacks.claim(first.id, "w2", now=ports.clock.now(), lease=LEASE)
    purse = held(ports, second)
    ring(ports, second)

    # The new worker has not beaten since, so nobody alive names the call.
    assert sweep(ports) == NOTHING

    assert ports.books.balance("alice").holds == {first.id: purse.hold}
    assert state_of(ports, first) is State.CALLING_CUSTOMER


def test_an_order_that_was_no_callback_does_not_stop_a_sweep(ports):
    beat(ports, "w1", nonsense=LiveCall())
    later(ports, seconds=16)

    assert sweep(ports) == NOTHING

    assert ports.workers.all() == []


def test_a_record_that_was_written_but_not_applied_is_applied(ports):
    callback, purse = a_call(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, None)})
    cdr = record(callback, 60, 60, nonce=purse.nonce)
    ports.books.close(cdr)
    later(ports, seconds=16)

    assert sweep(ports).settled == (cdr,)

    balance = ports.books.balance("alice")
    assert (balance.posted_micros, balance.holds) == (ALL - BOTH, {})
    assert ports.callbacks.find(callback.id).verdict == HUNG_UP


def test_a_call_that_was_settled_but_not_ended_is_ended_as_its_record_says(ports):
    callback, purse = a_call(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, None)})
    Till(ports.books).settle(record(callback, 60, 60, nonce=purse.nonce))
    later(ports, seconds=16)

    assert sweep(ports) == NOTHING

    found = ports.callbacks.find(callback.id)
    assert (found.state, found.verdict) == (State.ENDED, HUNG_UP)


def test_a_worker_that_wakes_up_after_the_sweep_posts_the_rest_late(ports):
    callback, purse = a_call(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, None)})
    later(ports, seconds=16)
    sweep(ports)

    settled = Till(ports.books).settle(record(callback, 60, 60, nonce=purse.nonce))

    late = Settlement(SettlementKind.EXPIRE, purse.nonce, ALONE, BOTH - ALONE)
    assert settled.settlement == late
    assert ports.books.balance("alice").posted_micros == ALL - BOTH
    assert list(check_books(ports)) == []


class Waking(MemoryBooks):
    """A worker wakes up just when the sweep is about to give its hold back."""

    def close(self, cdr: Cdr) -> bool:
        self.rang = self.wake()
        return super().close(cdr)


def test_a_worker_that_wakes_up_during_the_sweep_cannot_ring_without_a_hold(ports):
    callback = claimed(ports)
    held(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=90)
    waking = Waking(balances=ports.books.balances)
    waking.wake = lambda: ring(ports, callback)

    sweep(replace(ports, books=waking))

    assert not waking.rang
    assert state_of(ports, callback) is State.EXPIRED


class BreakingOff(MemoryBooks):
    """Out of reach when a hold is to be given back, the first time."""

    broken = False

    def release(self, account: str, callback: str, hold: Hold, charge_micros: int) -> bool:
        if not self.broken:
            self.broken = True
            raise ConnectionError
        return super().release(account, callback, hold, charge_micros)


@pytest.mark.parametrize("told", [True, False])
def test_a_sweep_that_broke_off_is_finished_by_the_next(ports, told):
    callback, _ = a_call(ports)
    if told:
        beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    later(ports, minutes=30)
    breaking = replace(ports, books=BreakingOff(ports.books.balances, ports.books.journal))
    with pytest.raises(ConnectionError):
        sweep(breaking)

    sweep(breaking)

    balance = breaking.books.balance("alice")
    assert (balance.posted_micros, balance.holds) == (ALL - (BOTH if told else 0), {})
    assert state_of(ports, callback) is State.ENDED


def test_every_lost_call_of_every_account_is_settled(ports):
    calls = [a_call(ports, identity=str(n), worker=f"w{n % 2}")[0] for n in range(4)]
    for worker in ("w0", "w1"):
        mine = [call.id for call in calls if call.worker == worker]
        beat(ports, worker, **dict.fromkeys(mine, LiveCall("carrier", 60, 60)))
    later(ports, seconds=16)
    beat(ports, "w1", **{calls[1].id: LiveCall("carrier", 76, 76)})

    swept = sweep(ports)

    assert {cdr.callback for cdr in swept.settled} == {calls[0].id, calls[2].id}
    assert ports.books.balance("alice").posted_micros == ALL - 2 * BOTH
