"""Twins: the same two phones ordered twice before a worker had either; one of them rings."""

import asyncio
from dataclasses import replace

import pytest

from switchboard.calls.callback import Callback, State
from switchboard.desk.twins import goes_first
from tests.fakes.claims import HUNG_UP, LEASE, held
from tests.fakes.exchange import Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.ports import memory_ports
from tests.fakes.world import BOB, open_alice
from tests.unit.test_guards import order
from workers.channels import Channels
from workers.session import Session

BRIEF = {BOB: FarEnd(answers_s=1, hangs_up_s=60)}


def at_another(exchange: Exchange, name: str):
    channels = Channels(exchange.ports.workers, exchange.ports.clock, name)
    return replace(exchange.desk, worker=name, channels=channels)


def dialled(exchange: Exchange) -> list[str]:
    return [what for _, what in exchange.transcript if "customer is dialled" in what]


@pytest.mark.parametrize("apart_s", [0, 0.05, 1, 10])
@pytest.mark.parametrize("workers", [1, 2])
def test_of_two_orders_before_a_worker_had_either_one_rings(apart_s, workers):
    exchange = Exchange(BRIEF)

    async def serve(desk, callback: Callback, after_s: float):
        await asyncio.sleep(after_s)
        return await Session(desk, callback.id).serve()

    async def story():
        both = [exchange.order(identity=identity) for identity in "12"]
        other = exchange.desk if workers == 1 else at_another(exchange, "w2")
        served = [serve(exchange.desk, both[0], 0), serve(other, both[1], apart_s)]
        return await asyncio.gather(*served)

    cdrs = run_simulated(story())

    assert len(dialled(exchange)) == 1
    assert [cdr is None for cdr in cdrs].count(True) == 1
    states = {exchange.callback(identity).state for identity in "12"}
    assert states == {State.ENDED, State.REFUSED}
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_a_twin_whose_worker_is_gone_keeps_nobody_waiting_for_long():
    exchange = Exchange(BRIEF)

    async def story():
        both = [exchange.order(identity=identity) for identity in "12"]
        # Its claim is the later one, and nothing follows.
        await asyncio.sleep(1)
        session = asyncio.create_task(Session(exchange.desk, both[0].id).serve())
        await asyncio.sleep(0)
        now = exchange.ports.clock.now()
        claimed = exchange.ports.callbacks.claim(both[1].id, "w2", now=now, lease=LEASE)
        held(exchange.ports, claimed)
        return await session

    assert run_simulated(story()) is not None
    assert len(dialled(exchange)) == 1


def claimed_twins() -> tuple:
    """Two callbacks of the same phones, each with a worker and a hold; the first claim is first."""
    ports = memory_ports()
    open_alice(ports)
    placed = [order(ports, identity) for identity in "12"]
    found = []
    for one, worker in zip(placed, ("w1", "w2"), strict=True):
        now = ports.clock.now()
        claimed = ports.callbacks.claim(one.id, worker, now=now, lease=LEASE)
        found.append((claimed, held(ports, claimed).nonce))
        ports.clock.pass_by(LEASE / 15)
    return ports, *found


def test_the_later_claim_yields_and_the_earlier_waits_for_that():
    ports, (first, early), (second, late) = claimed_twins()

    assert goes_first(ports, first, early) is None
    assert goes_first(ports, second, late) is False
    now = ports.clock.now()
    ports.callbacks.finish(second.id, State.REFUSED, HUNG_UP, now, worker="w2")
    assert goes_first(ports, first, early) is True


def test_the_earlier_claim_yields_to_a_later_one_that_did_not_see_it():
    ports, (first, early), (second, _) = claimed_twins()

    now = ports.clock.now()
    ports.callbacks.advance(second.id, "w2", State.CALLING_CUSTOMER, now)

    assert goes_first(ports, first, early) is False
