"""A callback in a worker's hands: claimed once, cancelled at any moment, always settled."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.orders import CANCELLED, cancel_callback
from switchboard.ledger.entries import SettlementKind
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.weather import LostReplies, Outage
from tests.fakes.world import BOB
from workers.session import Session

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
TALK_A_MINUTE = {BOB: FarEnd(hangs_up_s=60)}


def an_exchange(**ports) -> Exchange:
    """Two talk from second 5 to second 65; a port may be replaced by what makes it fail."""
    exchange = Exchange(TALK_A_MINUTE, deck=CENT_A_SECOND)
    changes = {name: change(getattr(exchange.ports, name)) for name, change in ports.items()}
    exchange.ports = replace(exchange.ports, **changes)
    exchange.desk = replace(exchange.desk, ports=exchange.ports)
    return exchange


def at(exchange: Exchange, seconds: float):
    return exchange.ports.clock.start + timedelta(seconds=seconds)


def is_settled(exchange: Exchange) -> bool:
    return exchange.balance.holds == {} and exchange.breaches == []


# Claims


def test_the_states_are_stamped_in_order_when_they_are_reached():
    exchange = an_exchange()

    exchange.connect()

    callback = exchange.callback()
    reached = {
        State.QUEUED: 0,
        State.CLAIMED: 0,
        State.CALLING_CUSTOMER: 0,
        State.CUSTOMER_ANSWERED: 2,
        State.CALLING_DESTINATION: 3,
        State.CONNECTED: 5,
        State.ENDED: 65,
    }
    assert list(callback.reached) == list(reached)
    assert callback.reached == {state: at(exchange, after) for state, after in reached.items()}
    assert (callback.state, callback.verdict, callback.worker) == (State.ENDED, HUNG_UP, "w1")


def test_a_redelivered_message_rings_nobody():
    exchange = an_exchange()

    exchange.connect()
    rang = list(exchange.transcript)
    again = run_simulated(Session(exchange.desk, exchange.callback().id).serve())

    assert again is None
    assert exchange.transcript == rang


def test_of_two_workers_with_the_same_message_one_rings():
    exchange = an_exchange()
    other = replace(exchange.desk, worker="w2")

    async def story():
        callback = exchange.order()
        sessions = [Session(desk, callback.id) for desk in (exchange.desk, other)]
        return await asyncio.gather(*(session.serve() for session in sessions))

    cdrs = run_simulated(story())

    assert [cdr is None for cdr in cdrs] == [False, True]
    assert len([what for _, what in exchange.transcript if "dialled" in what]) == 2


def test_a_claim_that_lapsed_does_not_ring():
    exchange = an_exchange()
    waking = asyncio.Event()
    other = replace(exchange.desk, worker="w2")

    async def slow_routes(ports, callback):
        await waking.wait()
        return exchange.desk.routes(ports, callback)

    async def story():
        # Its threads are in no hurry: the simulated loop waits for a coroutine in them.
        sleeper = replace(exchange.desk, routes=slow_routes)
        callback = exchange.order()
        slow = asyncio.create_task(Session(sleeper, callback.id).serve())
        await asyncio.sleep(16)
        quick = asyncio.create_task(Session(other, callback.id).serve())
        await asyncio.sleep(1)
        waking.set()
        return await slow, await quick

    slow, quick = run_simulated(story())

    assert slow is None
    assert quick.worker == "w2"
    assert len([what for _, what in exchange.transcript if "dialled" in what]) == 2
    assert is_settled(exchange)


@pytest.mark.parametrize("method", ["claim", "advance", "finish"])
def test_a_lost_reply_of_the_store_loses_no_callback(method):
    exchange = an_exchange(callbacks=lambda port: LostReplies(port, method))

    assert exchange.connect().verdict == HUNG_UP
    assert exchange.callback().state is State.ENDED
    assert is_settled(exchange)


def test_what_was_taken_back_before_a_worker_had_it_is_not_rung():
    exchange = an_exchange()

    async def story():
        callback = exchange.order()
        cancel_callback(exchange.ports, "alice", callback.id)
        return await Session(exchange.desk, callback.id).serve()

    assert run_simulated(story()) is None
    assert exchange.transcript == []
    assert (exchange.callback().state, exchange.callback().verdict) == (State.ENDED, CANCELLED)


def test_a_callback_that_nobody_could_start_in_time_is_not_rung():
    exchange = an_exchange()

    async def story():
        callback = exchange.order()
        await asyncio.sleep(90)
        return await Session(exchange.desk, callback.id).serve()

    assert run_simulated(story()) is None
    assert exchange.transcript == []


# Refusals


def test_an_account_that_was_blocked_meanwhile_is_refused():
    exchange = an_exchange()

    async def story():
        callback = exchange.order()
        exchange.ports.books.set_active("alice", active=False)
        return await Session(exchange.desk, callback.id).serve()

    assert run_simulated(story()) is None
    assert exchange.transcript == []
    refused = Verdict(Ending.REFUSED, Culprit.CUSTOMER)
    assert (exchange.callback().state, exchange.callback().verdict) == (State.REFUSED, refused)
    assert is_settled(exchange)


def test_without_a_trunk_the_callback_ends_by_our_fault():
    exchange = an_exchange()
    exchange.ports.trunks.trunks.clear()

    cdr = exchange.connect()

    assert cdr.verdict == Verdict(Ending.CARRIER_FAILED, Culprit.US)
    assert (cdr.settlement.kind, list(cdr.legs)) == (SettlementKind.VOID, [])
    assert exchange.callback().state is State.ENDED
    assert is_settled(exchange)


# Cancelled


@pytest.mark.parametrize(
    ("cancelled_s", "seconds", "last"),
    [
        (1, [0], (1, "customer is given up")),
        (2.5, [1], (2.5, "customer is hung up")),
        (4, [2, 0], (4, "customer is hung up")),
        (30.5, [29, 26], (30.5, "customer is hung up")),
    ],
)
def test_a_callback_is_cancelled_at_any_moment(cancelled_s, seconds, last):
    exchange = an_exchange()

    cdr = exchange.connect(events={cancelled_s: Session.hang_up})

    assert exchange.transcript[-1] == last
    assert cdr.verdict == CANCELLED
    assert [leg.seconds for leg in cdr.legs] == seconds
    assert cdr.cost.micros == sum(seconds) * 10_000
    assert exchange.callback().verdict == CANCELLED
    assert is_settled(exchange)


def test_a_callback_cancelled_before_the_first_ring_rings_nobody():
    exchange = an_exchange()

    async def story():
        session = Session(exchange.desk, exchange.order().id)
        session.hang_up()
        return await session.serve()

    assert run_simulated(story()).verdict == CANCELLED
    assert exchange.transcript == []
    assert is_settled(exchange)


# Bad weather


def test_a_call_is_settled_however_long_the_stores_are_out_of_reach():
    exchange = an_exchange(
        books=lambda port: Outage(port, close=3, release=2),
        callbacks=lambda port: Outage(port, finish=4),
    )

    cdr = exchange.connect()

    assert cdr.ended_at == at(exchange, 65)
    assert exchange.callback().reached[State.ENDED] == at(exchange, 65)
    assert exchange.balance.posted_micros == 5_000_000 - cdr.cost.micros
    assert is_settled(exchange)


def test_the_states_are_told_in_order_though_the_store_fails_meanwhile():
    exchange = an_exchange(callbacks=Outage)

    exchange.connect(events={1: lambda _: exchange.ports.callbacks.fail(advance=3)})

    reached = exchange.callback().reached
    assert list(reached) == sorted(reached, key=lambda state: state.rank)
    assert reached[State.CONNECTED] == at(exchange, 5)


def test_a_hold_that_cannot_grow_for_a_while_ends_no_call():
    exchange = an_exchange(books=lambda port: Outage(port, extend=3))
    exchange.phone.far_ends = {BOB: FarEnd(hangs_up_s=700)}

    cdr = exchange.connect(events={1: lambda _: exchange.top_up(100_000_000)})

    assert cdr.talked_s == 700
    assert is_settled(exchange)


def test_a_flow_that_breaks_is_settled_too():
    exchange = an_exchange(accounts=Outage)
    digits = [(1 + at_s / 10, key) for at_s, key in enumerate("0014155550100#")]
    exchange.phone.default = FarEnd(presses=tuple(digits))

    async def story():
        callback = exchange.order(None)
        exchange.ports.accounts.fail(get=1)
        return await Session(exchange.desk, callback.id).serve()

    cdr = run_simulated(story())

    assert cdr.verdict == Verdict(Ending.FAILED, Culprit.US)
    assert exchange.transcript[-1][1] == "customer is hung up"
    assert cdr.cost.micros > 0
    assert exchange.callback().state is State.ENDED
    assert is_settled(exchange)


# For the heartbeat


def test_it_tells_for_how_long_each_leg_is_charged_by_now():
    exchange = an_exchange()
    told = []

    exchange.connect(
        events={at_s: lambda session: told.append(session.live()) for at_s in (1, 2.5, 4, 30.5)}
    )

    assert told == [
        LiveCall("carrier", 0, None),
        LiveCall("carrier", 1, None, cost_micros=10_000),
        LiveCall("carrier", 2, 0, cost_micros=20_000),
        LiveCall("carrier", 29, 26, cost_micros=550_000),
    ]


def test_before_it_rings_it_tells_of_no_call():
    exchange = an_exchange()

    assert Session(exchange.desk, "c1").live() is None
