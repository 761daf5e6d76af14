"""A sweep at any time: another sweep, or a worker that wakes up, between any two of its steps."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import Callback, State
from switchboard.desk.check_books import check_books
from switchboard.desk.closing import Over, close_callback
from switchboard.desk.purse import Purse
from switchboard.desk.sweep import sweep
from switchboard.ledger.balance import Hold
from switchboard.ports import Ports, UnreadableRecord
from tests.fakes.claims import ALONE, BOTH, beat, claimed, held, later, record, ring, rung, state_of
from tests.fakes.ports import memory_ports
from tests.fakes.weather import Outage
from tests.fakes.world import open_alice

ALL = 5_000_000
Meanwhile = Callable[[Ports, Callback, Purse], object]


class Interrupted:
    """Ports, between two calls of which something else happens, once: before call number `at`."""

    def __init__(self, ports: Ports, at: int, meanwhile: Callable[[], object]) -> None:
        self._left = at
        self._meanwhile = meanwhile
        self.happened = False
        names = [one.name for one in fields(ports)]
        self.ports = replace(
            ports, **{name: _Port(getattr(ports, name), self._count) for name in names}
        )

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0 and not self.happened:
            self.happened = True
            self._meanwhile()


class _Port:
    def __init__(self, port: Any, called: Callable[[], None]) -> None:
        self._port = port
        self._called = called

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*args: Any, **named: Any) -> Any:
            self._called()
            return found(*args, **named)

        return call


def sweep_again(ports: Ports, _callback: Callback, _purse: Purse) -> None:
    sweep(ports)


def wake_up_and_settle(ports: Ports, callback: Callback, purse: Purse) -> None:
    """The worker hangs up, having talked for half a minute more than it had told of."""
    close_callback(ports, Over(record(callback, 60, 60, nonce=purse.nonce)))


def wake_up_and_beat(ports: Ports, callback: Callback, _purse: Purse) -> None:
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})


def wake_up_and_ring(ports: Ports, callback: Callback, _purse: Purse) -> None:
    ring(ports, callback)


def every_step(prepare: Callable[[Ports], tuple[Callback, Purse]], meanwhile: Meanwhile):
    """What is left each time, however far the sweep had come when the other thing happened."""
    for at in count():
        ports = memory_ports()
        open_alice(ports, opening_micros=ALL)
        callback, purse = prepare(ports)
        interrupted = Interrupted(ports, at, lambda: meanwhile(ports, callback, purse))  # noqa: B023  it is called in this round
        sweep(interrupted.ports)
        if not interrupted.happened:
            assert at > 5
            return
        yield ports, callback, purse


def talking(ports: Ports) -> tuple[Callback, Purse]:
    """A worker that talks for half a minute is paused for longer than it may be."""
    callback, purse = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 0)})
    later(ports, seconds=16)
    return callback, purse


def about_to_ring(ports: Ports) -> tuple[Callback, Purse]:
    callback = claimed(ports)
    purse = held(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=90)
    return callback, purse


def test_two_sweeps_at_once_settle_once():
    for ports, callback, _ in every_step(talking, sweep_again):
        balance = ports.books.balance("alice")
        assert (balance.posted_micros, balance.holds) == (ALL - ALONE, {})
        assert state_of(ports, callback) is State.ENDED
        assert ports.workers.all() == []
        assert list(check_books(ports)) == []


def test_a_worker_that_wakes_up_and_settles_is_paid_in_full_and_once():
    for ports, callback, _ in every_step(talking, wake_up_and_settle):
        balance = ports.books.balance("alice")
        assert (balance.posted_micros, balance.holds) == (ALL - BOTH, {})
        assert state_of(ports, callback) is State.ENDED
        assert list(check_books(ports)) == []


def test_a_worker_that_wakes_up_and_talks_on_is_paid_in_full_in_the_end():
    for ports, callback, purse in every_step(talking, wake_up_and_beat):
        wake_up_and_settle(ports, callback, purse)
        later(ports, minutes=30)
        sweep(ports)

        balance = ports.books.balance("alice")
        assert (balance.posted_micros, balance.holds) == (ALL - BOTH, {})
        assert ports.workers.all() == []
        assert list(check_books(ports)) == []


def test_a_worker_that_wakes_up_and_rings_is_paid_or_does_not_ring():
    for ports, callback, purse in every_step(about_to_ring, wake_up_and_ring):
        state = state_of(ports, callback)
        assert state in (State.CALLING_CUSTOMER, State.ENDED, State.EXPIRED)
        rang = state is not State.EXPIRED
        if rang:
            wake_up_and_settle(ports, callback, purse)
        later(ports, minutes=30)
        sweep(ports)

        balance = ports.books.balance("alice")
        assert (balance.posted_micros, balance.holds) == (ALL - BOTH * rang, {})
        assert list(check_books(ports)) == []


@pytest.mark.parametrize("ahead_s", [-60, -5, 5, 9])
def test_a_sweeper_whose_clock_is_seconds_off_leaves_a_worker_alone_that_lives(ahead_s):
    ports = memory_ports()
    open_alice(ports, opening_micros=ALL)
    callback, purse = rung(ports)
    for _ in range(60):
        beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
        later(ports, seconds=5)
        clock = replace(ports.clock, at=ports.clock.at + timedelta(seconds=ahead_s))
        assert sweep(replace(ports, clock=clock)).settled == ()

    assert ports.books.balance("alice").holds == {callback.id: purse.hold}


def test_one_order_that_a_sweeper_ahead_offers_again_is_not_taken_from_who_has_it():
    ports = memory_ports()
    open_alice(ports, opening_micros=ALL)
    callback = claimed(ports)
    beat(ports, "w1", **{callback.id: LiveCall()})
    clock = replace(ports.clock, at=ports.clock.at + timedelta(seconds=20))

    assert sweep(replace(ports, clock=clock)).requeued == (callback.id,)

    other = ports.callbacks.claim(
        callback.id, "w2", now=ports.clock.now(), lease=timedelta(seconds=15)
    )
    assert other is None
    assert ring(ports, callback)


def test_a_record_that_nobody_can_read_keeps_no_other_call_from_being_settled():
    ports = memory_ports()
    open_alice(ports, opening_micros=ALL)
    callback, _ = rung(ports)
    beat(ports, "w0", broken=LiveCall(), **{callback.id: LiveCall("carrier", 60, 60)})
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    later(ports, seconds=16)

    with pytest.raises(UnreadableRecord):
        sweep(replace(ports, callbacks=Broken(ports.callbacks)))

    assert state_of(ports, callback) is State.ENDED
    assert [one.worker for one in ports.workers.all()] == ["w0"]
    assert list(check_books(ports)) == []


def test_a_hold_without_a_callback_keeps_no_other_from_being_given_back():
    ports = memory_ports()
    open_alice(ports, opening_micros=ALL)
    ports.books.reserve("alice", "0", Hold(1, "n", ports.clock.at + timedelta(minutes=5)))
    callback, _ = rung(ports)
    later(ports, hours=2)

    with pytest.raises(AssertionError, match="never removed"):
        sweep(ports)

    assert list(ports.books.balance("alice").holds) == ["0"]
    assert state_of(ports, callback) is State.ENDED


class Broken(Outage):
    """Callbacks of which one cannot be read."""

    def __getattr__(self, name: str) -> Any:
        call = super().__getattr__(name)

        def reading(callback: str, *args: Any, **named: Any) -> Any:
            if callback == "broken":
                raise UnreadableRecord(callback)
            return call(callback, *args, **named)

        return reading
