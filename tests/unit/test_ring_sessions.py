"""Callbacks of rings in a worker's hands: none is early, and who is not reached is tried again."""

from dataclasses import replace
from datetime import timedelta

from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.ring import Ring
from switchboard.desk.rings import ring_service_number
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
    assert exchange.ports.queue.sent == [callback.id, again.id]
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_a_customer_who_answered_is_not_rung_again():
    exchange = Exchange({ALICE: FarEnd(hangs_up_s=5)})

    async def story():
        callback = rung(exchange, delay=timedelta(), retries=3)
        await Session(exchange.desk, callback.id).serve()

    run_simulated(story())

    assert len(exchange.ports.callbacks.placed) == 1
