"""The host: as many callbacks as there is room for, a heartbeat, and a goodbye that settles all."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.orders import CANCELLED, cancel_callback
from switchboard.desk.sweep import LOST
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.queue import SimulatedControl, SimulatedQueue
from tests.fakes.weather import Outage
from tests.fakes.world import ALICE, BOB
from workers.host import Host, HostTerms

# Two talk from second 5 to second 65 after the order is taken.
TALK_A_MINUTE = {BOB: FarEnd(hangs_up_s=60)}
HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


class Shift(Exchange):
    """An exchange with a worker that takes its orders from a queue."""

    def __init__(self, capacity: int = 2, **changes: Callable[[Any], Any]) -> None:
        super().__init__(TALK_A_MINUTE, deck=CENT_A_SECOND, opening_micros=100_000_000)
        self.orders = self.inbox = SimulatedQueue()
        self.control = SimulatedQueue()
        control = SimulatedControl()
        control.queues["w1"] = self.control
        self.ports = replace(self.ports, queue=self.orders, control=control)
        failing = {name: change(getattr(self.ports, name)) for name, change in changes.items()}
        self.ports = replace(self.ports, **failing)
        self.desk = replace(self.desk, ports=self.ports)
        self.terms = HostTerms(capacity, beat_every=timedelta(seconds=5))

    def work(self, story: Callable[[], Coroutine[Any, Any, Any]], *, until_s: float) -> Any:
        """Let the host work, and the story happen meanwhile; then stop the host."""

        async def both() -> Any:
            host = self._host()
            work = asyncio.create_task(host.run())
            told = await story()
            await asyncio.sleep(until_s - asyncio.get_running_loop().time())
            host.leave()
            await work
            return told

        return run_simulated(both())

    def leave(
        self, story: Callable[[], Coroutine[Any, Any, Any]], *after_s: float, drain_s: float
    ) -> float:
        """Let the host work, and tell it to leave: when it has left."""
        self.terms = replace(self.terms, drain_limit=timedelta(seconds=drain_s))

        async def until_it_has_left() -> float:
            host = self._host()
            work = asyncio.create_task(host.run())
            for told_s in after_s:
                asyncio.get_running_loop().call_at(told_s, host.leave)
            await story()
            await work
            return asyncio.get_running_loop().time()

        return run_simulated(until_it_has_left())

    def _host(self) -> Host:
        return Host(self.desk, self.terms, self.inbox, self.control)

    def at(self, seconds: float):
        return self.ports.clock.start + timedelta(seconds=seconds)

    def dialled(self) -> list[float]:
        """When customers were dialled."""
        return [at_s for at_s, what in self.transcript if what.startswith("customer is dialled")]


def order_many(shift: Shift, many: int):
    async def story():
        for number in range(many):
            customer = PhoneNumber(f"+44207123450{number}")
            shift.order(customer=customer, identity=str(number))

    return story


def test_an_order_is_taken_off_the_queue_and_served():
    shift = Shift()

    shift.work(order_many(shift, 1), until_s=70)

    assert shift.transcript[-1] == (65, "customer is hung up")
    assert shift.callback("0").verdict == HUNG_UP
    assert shift.orders.waiting == []
    assert shift.breaches == []


def test_no_more_callbacks_at_once_than_there_is_room_for():
    shift = Shift(capacity=2)

    shift.work(order_many(shift, 3), until_s=200)

    assert shift.dialled() == [0, 0, 65]


def test_a_heartbeat_names_a_callback_at_once_and_then_the_queue_need_not_keep_it():
    shift = Shift()
    kept = []

    async def story():
        await asyncio.sleep(6.5)
        shift.order()
        for _ in range(8):
            kept.append(len(shift.orders.waiting))
            await asyncio.sleep(1)

    shift.work(story, until_s=100)

    assert kept == [1, 0, 0, 0, 0, 0, 0, 0]


def test_the_queue_keeps_an_order_until_its_callback_is_over_where_no_heartbeat_gets_through():
    shift = Shift(workers=lambda port: Outage(port, beat=1000))
    kept = []

    async def story():
        shift.order()
        await asyncio.sleep(29)
        kept.append(len(shift.orders.waiting))

    shift.work(story, until_s=100)

    assert kept == [1]
    assert shift.orders.waiting == []
    assert shift.dialled() == [0]


def test_the_same_order_twice_rings_once():
    shift = Shift()

    async def story():
        callback = shift.order()
        shift.orders.send(callback.id)
        await asyncio.sleep(20)
        shift.orders.send(callback.id)
        await asyncio.sleep(60)
        shift.orders.send(callback.id)

    shift.work(story, until_s=90)

    assert shift.dialled() == [0]
    assert shift.orders.waiting == []


def test_an_order_that_fails_before_its_phone_rang_comes_again():
    shift = Shift(books=lambda port: Outage(port, reserve=1))

    shift.work(order_many(shift, 1), until_s=200)

    # By then the claim of the first attempt has lapsed.
    assert shift.dialled() == [30]
    assert shift.callback("0").verdict == HUNG_UP
    assert shift.orders.waiting == []


def test_an_order_for_a_callback_that_nobody_knows_is_forgotten():
    shift = Shift()

    async def story():
        shift.orders.send("no such callback")

    shift.work(story, until_s=10)

    assert shift.orders.waiting == []
    assert shift.transcript == []


def test_a_fault_while_taking_orders_stops_no_worker():
    shift = Shift()
    shift.inbox = Outage(shift.orders, receive=3)

    shift.work(order_many(shift, 1), until_s=100)

    assert shift.dialled() == [6]


def test_the_heartbeat_tells_what_is_live_and_how_far():
    shift = Shift(capacity=7)
    beats = []

    async def story():
        await asyncio.sleep(1)
        shift.order()
        for at_s in (4, 6.5, 11.5, 71.5):
            await asyncio.sleep(at_s - asyncio.get_running_loop().time())
            beats.extend(shift.ports.workers.all())

    shift.work(story, until_s=80)

    name = shift.callback().id

    def beat(at_s: float, **calls: LiveCall) -> Beat:
        return Beat("w1", shift.at(at_s), shift.at(at_s + 15), 7, calls)

    assert beats == [
        beat(1, **{name: LiveCall()}),
        beat(6, **{name: LiveCall("carrier", 3, 0)}),
        beat(11, **{name: LiveCall("carrier", 8, 5)}),
        beat(71),
    ]


def test_a_worker_that_says_goodbye_hangs_up_and_settles_everything():
    shift = Shift()

    shift.work(order_many(shift, 2), until_s=30.5)

    assert sorted(shift.transcript[-4:]) == [
        (30.5, "customer is hung up"),
        (30.5, "customer is hung up"),
        (30.5, "destination is hung up"),
        (30.5, "destination is hung up"),
    ]
    for callback in (shift.callback("0"), shift.callback("1")):
        assert (callback.state, callback.verdict) == (State.ENDED, LOST)
    assert shift.balance.posted_micros == 100_000_000 - 2 * (29 + 26) * 10_000
    assert shift.balance.holds == {}
    assert shift.breaches == []
    assert shift.ports.workers.all() == []
    assert shift.orders.waiting == []


def test_a_worker_that_leaves_lets_its_callbacks_end_and_takes_no_others():
    shift = Shift()

    async def story():
        shift.order(identity="0")
        await asyncio.sleep(40)
        shift.order(identity="1", customer=PhoneNumber("+442071234509"))

    left = shift.leave(story, 15, drain_s=100)

    assert left == 65
    assert shift.callback("0").verdict == HUNG_UP
    assert shift.callback("1").state is State.QUEUED
    assert shift.orders.waiting == [shift.callback("1").id]
    assert shift.ports.workers.all() == []
    assert shift.breaches == []


def test_a_worker_that_leaves_serves_what_it_has_asked_the_queue_for():
    shift = Shift()

    async def story():
        await asyncio.sleep(13)
        shift.order()

    # It last asked at second 10, and waits for five seconds.
    left = shift.leave(story, 12, drain_s=100)

    assert shift.dialled() == [13]
    assert left == 13 + 65


def test_a_worker_that_leaves_tells_at_once_that_it_has_no_room():
    shift = Shift()
    beats = []

    async def story():
        shift.order()
        await asyncio.sleep(15.1)
        beats.extend(shift.ports.workers.all())

    shift.leave(story, 15, drain_s=100)

    assert [(beat.beat_at, beat.capacity) for beat in beats] == [(shift.at(15), 0)]


def test_calls_that_outlast_the_patience_of_a_worker_that_leaves_are_hung_up():
    shift = Shift()

    left = shift.leave(order_many(shift, 2), 15, drain_s=20)

    assert left == 35
    for callback in (shift.callback("0"), shift.callback("1")):
        assert (callback.state, callback.verdict) == (State.ENDED, LOST)
    assert shift.breaches == []


def test_a_worker_that_is_told_again_to_leave_does_so_now():
    shift = Shift()

    left = shift.leave(order_many(shift, 2), 15, 20, 20, drain_s=100)

    assert left == 20
    assert shift.callback("0").verdict == LOST
    assert shift.breaches == []


def test_a_full_worker_that_leaves_does_not_ask_for_more_when_a_callback_ends():
    shift = Shift(capacity=1)

    left = shift.leave(order_many(shift, 2), 15, drain_s=300)

    assert left == 65
    assert shift.dialled() == [0]


def test_a_worker_that_stops_before_a_phone_rang_gives_the_order_back():
    shift = Shift()
    routes = shift.desk.routes

    async def routes_after_a_while(ports, callback):
        await asyncio.sleep(10)
        return routes(ports, callback)

    shift.desk = replace(shift.desk, routes=routes_after_a_while)

    shift.work(order_many(shift, 1), until_s=5)

    assert shift.dialled() == []
    assert shift.balance.holds == {}
    assert shift.callback("0").state is State.CLAIMED
    assert shift.orders.waiting == [shift.callback("0").id]


def test_a_goodbye_waits_until_the_stores_are_back():
    shift = Shift(books=lambda port: Outage(port, close=4))

    shift.work(order_many(shift, 1), until_s=30.5)

    assert shift.callback("0").reached[State.ENDED] == shift.at(30.5)
    assert shift.balance.holds == {}
    assert shift.breaches == []


def test_what_a_goodbye_cannot_settle_is_left_for_the_sweep():
    shift = Shift(books=lambda port: Outage(port, close=1000))

    shift.work(order_many(shift, 1), until_s=30.5)

    assert shift.transcript[-1] == (30.5, "customer is hung up")
    (beat,) = shift.ports.workers.all()
    assert beat.calls == {shift.callback("0").id: LiveCall("carrier", 29, 26)}
    assert list(shift.balance.holds) == list(beat.calls)
    assert shift.breaches == []


def test_a_callback_is_cancelled_by_its_workers_control_queue():
    shift = Shift()

    async def story():
        callback = shift.order()
        await asyncio.sleep(20)
        cancel_callback(shift.ports, "alice", callback.id)
        cancel_callback(shift.ports, "alice", callback.id)

    shift.work(story, until_s=30)

    assert shift.transcript[-1] == (20, "customer is hung up")
    assert shift.callback().verdict == CANCELLED
    assert shift.control.waiting == []


def test_a_cancellation_of_what_is_over_is_forgotten():
    shift = Shift()

    async def story():
        shift.control.send("no such callback")

    shift.work(story, until_s=10)

    assert shift.control.waiting == []


def test_the_customer_is_dialled_with_no_delay_of_the_queue():
    shift = Shift()

    async def story():
        await asyncio.sleep(7.3)
        shift.order()

    shift.work(story, until_s=20)

    assert shift.transcript[0] == (7.3, f"customer is dialled at {ALICE}")
