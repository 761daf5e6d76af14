"""Callbacks of rings in a worker's hands: none is early, and who is not reached is tried again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.ring import Ring
from switchboard.desk.rings import ring_service_number
from switchboard.desk.sweep import sweep
from tests.fakes.exchange import Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.world import ALICE, SERVICE
from workers.session import Session

BUSY = FarEnd(refuses_with=486)


def rung(exchange: Exchange, **terms) -> Callback:
    """A ring by Alice at this moment, on a number with these terms."""
    plain = ServiceNumber(SERVICE)
    exchange.ports.accounts.change_service_number(plain, replace(plain, **terms))
    now = exchange.ports.clock.now()
    return ring_service_number(exchange.ports, Ring(Trigger("test", "1"), ALICE, SERVICE, now))


def test_a_callback_that_comes_early_is_offered_again_for_its_time():
    exchange = Exchange()

    async def story():
        callback = rung(exchange, delay=timedelta(minutes=10))
        return callback, await Session(exchange.desk, callback.id).serve()

    callback, cdr = run_simulated(story())

    assert cdr is None
    assert exchange.ports.callbacks.find(callback.id).state is State.QUEUED
    assert exchange.ports.queue.sent == [callback.id] * 2
    assert exchange.ports.queue.delays == [timedelta(minutes=10)] * 2
    assert exchange.transcript == []


def test_a_customer_who_is_busy_is_offered_again_after_the_pause():
    exchange = Exchange({ALICE: BUSY})

    async def story():
        callback = rung(exchange, delay=timedelta(), retries=1, retry_after=timedelta(seconds=40))
        first = await Session(exchange.desk, callback.id).serve()
        return callback, first

    callback, cdr = run_simulated(story())

    again = exchange.ports.callbacks.find(callback.next_try)
    assert cdr.customer.answered_at is None
    assert again.starts_at == cdr.ended_at + timedelta(seconds=40)
    assert again.retries.left == 0
    assert exchange.ports.queue.sent == [callback.id, again.id, again.id]
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_a_customer_who_answered_is_not_rung_again():
    exchange = Exchange({ALICE: FarEnd(hangs_up_s=5)})

    async def story():
        callback = rung(exchange, delay=timedelta(), retries=3)
        await Session(exchange.desk, callback.id).serve()

    run_simulated(story())

    assert len(exchange.ports.callbacks.placed) == 1


class Died(BaseException):
    """The process is killed: nothing catches it."""


class Killing:
    """A port at whose method the process dies, before the call reaches the store or after."""

    def __init__(self, port, method: str, *, after: bool) -> None:
        self._port, self._method, self._after = port, method, after

    def __getattr__(self, name: str):
        def call(*args, **named):
            if name != self._method:
                return getattr(self._port, name)(*args, **named)
            if self._after:
                getattr(self._port, name)(*args, **named)
            raise Died

        return call


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("port", "method"),
    [("books", "close"), ("callbacks", "finish"), ("books", "release")],
)
@pytest.mark.parametrize("max_callbacks", [1, 5])
def test_a_next_try_is_not_lost_with_the_worker_that_settles(port, method, after, max_callbacks):
    exchange = Exchange({ALICE: BUSY})
    calm, balance = exchange.ports, exchange.balance
    calm.books.set_limits(balance, credit_limit_micros=0, max_callbacks=max_callbacks)

    async def story():
        callback = rung(exchange, delay=timedelta(), retries=1)
        dying = Killing(getattr(calm, port), method, after=after)
        desk = replace(exchange.desk, ports=replace(calm, **{port: dying}))
        with pytest.raises(Died):
            await Session(desk, callback.id).serve()
        await asyncio.sleep(600)
        sweep(calm)
        return callback

    callback = run_simulated(story())

    again = calm.callbacks.find(callback.next_try)
    assert again.state is State.QUEUED
    assert len(calm.callbacks.placed) == 2
    assert again.id in calm.queue.sent
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_a_next_try_is_offered_though_the_worker_dies_when_it_was_placed():
    exchange = Exchange({ALICE: BUSY})
    calm = exchange.ports

    async def story():
        callback = rung(exchange, delay=timedelta(), retries=1)
        dying = Killing(calm.callbacks, "place", after=True)
        desk = replace(exchange.desk, ports=replace(calm, callbacks=dying))
        with pytest.raises(Died):
            await Session(desk, callback.id).serve()
        return callback

    callback = run_simulated(story())

    assert calm.callbacks.find(callback.next_try).state is State.QUEUED
    assert calm.queue.sent == [callback.id, callback.next_try]


def test_a_customer_whose_money_was_all_held_is_tried_again():
    exchange = Exchange({ALICE: BUSY}, opening_micros=60_000)

    async def story():
        callback = rung(exchange, delay=timedelta(), retries=1)
        await Session(exchange.desk, callback.id).serve()
        return callback

    callback = run_simulated(story())

    assert exchange.ports.callbacks.find(callback.next_try) is not None
