"""The sweep among others: workers that wake up or write at the same time, sweeps that break off."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import State
from switchboard.calls.cdr import Cdr
from switchboard.desk.check_books import check_books
from switchboard.desk.sweep import Swept, sweep
from switchboard.desk.till import Till
from switchboard.ledger.balance import NO_SECONDS, Hold
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.ports import Ports
from tests.fakes.claims import (
    ALONE,
    BOTH,
    HUNG_UP,
    LEASE,
    beat,
    claimed,
    held,
    later,
    record,
    ring,
    rung,
    state_of,
)
from tests.fakes.ports import MemoryBooks, MemoryCallbacks, memory_ports
from tests.fakes.world import open_alice

ALL = 5_000_000
NOTHING = Swept((), ())


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, opening_micros=ALL)
    return ports


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


class Overtaking(MemoryCallbacks):
    """A worker, whose clock is behind, claims a callback just before it would expire."""

    def finish(self, callback, state, verdict, at, *, worker):
        self.claim(callback, "w2", now=at - timedelta(seconds=30), lease=LEASE)
        return super().finish(callback, state, verdict, at, worker=worker)


def test_a_call_that_another_worker_takes_over_in_this_moment_is_left_to_it(ports):
    callback = claimed(ports)
    purse = held(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=90)

    assert sweep(replace(ports, callbacks=Overtaking(ports.callbacks.placed))) == NOTHING

    assert ports.books.balance("alice").holds == {callback.id: purse.hold}
    assert state_of(ports, callback) is State.CLAIMED


def test_a_record_that_was_written_but_not_applied_is_applied(ports):
    callback, purse = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, None)})
    cdr = record(callback, 60, 60, nonce=purse.nonce)
    ports.books.close(cdr)
    later(ports, seconds=16)

    assert sweep(ports).settled == (cdr,)

    balance = ports.books.balance("alice")
    assert (balance.posted_micros, balance.holds) == (ALL - BOTH, {})
    assert ports.callbacks.find(callback.id).verdict == HUNG_UP


def test_a_call_that_was_settled_but_not_ended_is_ended_as_its_record_says(ports):
    callback, purse = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, None)})
    Till(ports.books).settle(record(callback, 60, 60, nonce=purse.nonce))
    later(ports, seconds=16)

    assert sweep(ports) == NOTHING

    found = ports.callbacks.find(callback.id)
    assert (found.state, found.verdict) == (State.ENDED, HUNG_UP)


def test_a_worker_that_wakes_up_after_the_sweep_posts_the_rest_late(ports):
    callback, purse = rung(ports)
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

    def release(
        self,
        account: str,
        callback: str,
        hold: Hold,
        charge_micros: int,
        burned_s: Mapping[str, int] = NO_SECONDS,
        *,
        forget: Collection[str] = (),
    ) -> bool:
        if not self.broken:
            self.broken = True
            raise ConnectionError
        return super().release(account, callback, hold, charge_micros, burned_s, forget=forget)


@pytest.mark.parametrize("told", [True, False])
def test_a_sweep_that_broke_off_is_finished_by_the_next(ports, told):
    callback, _ = rung(ports)
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
