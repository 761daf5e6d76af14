"""A worker that leaves: its calls end or are hung up, all is settled, and it says goodbye last."""

import asyncio
from dataclasses import replace

import pytest

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import State
from switchboard.desk.sweep import LOST
from switchboard.numbering import PhoneNumber
from tests.fakes.shift import HUNG_UP, Shift, order_many
from tests.fakes.weather import Outage


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


@pytest.mark.parametrize("again_s", [15, 20])
def test_a_worker_that_is_told_to_leave_again_cuts_its_calls_short(again_s):
    shift = Shift()

    left = shift.leave(order_many(shift, 2), 15, again_s, drain_s=100)

    assert left == again_s
    for callback in (shift.callback("0"), shift.callback("1")):
        assert (callback.state, callback.verdict) == (State.ENDED, LOST)
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
    assert beat.calls == {shift.callback("0").id: LiveCall("carrier", 29, 26, cost_micros=550_000)}
    assert list(shift.balance.holds) == list(beat.calls)
    assert shift.breaches == []
