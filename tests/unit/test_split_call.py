"""A call over the boundary of two periods ends where the money ends, and costs what was said."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.callback import State, Trigger
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.sweep import sweep
from switchboard.desk.till import Till
from switchboard.errors import NotEnoughCredit
from switchboard.rating.row import PLAIN, Charges, RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, SheetTerms
from tests.fakes.books import wish
from tests.fakes.exchange import TERMS, Exchange
from tests.fakes.ports import MemoryClock
from tests.fakes.world import ALICE, BOB, NOON
from tests.unit.prices import picos

# Both hear each other at five seconds past noon; from one minute past, a second costs ten cents.
CONNECTED_S = 5
DEAR = Window(frozenset(), time(12, 1), time(13))
CENT = 10_000


def an_exchange(cents: int, at_boundary: AtBoundary, charges: Charges = PLAIN) -> Exchange:
    exchange = Exchange(opening_micros=cents * CENT, terms=TERMS)
    rows = [
        RateRow("44", 0),
        RateRow("1", picos("0.6"), charges=charges),
        RateRow("1", picos("6"), charges=charges, window=DEAR),
    ]
    terms = SheetTerms("EUR", at_boundary=at_boundary)
    exchange.ports.sheets.publish(RateSheet.of("retail", "v9", terms, rows))
    return exchange


@pytest.mark.parametrize(
    ("cents", "at_boundary", "talked_s"),
    [
        (54, AtBoundary.SPLIT, 54),
        (55 + 100, AtBoundary.SPLIT, 65),
        (55 + 109, AtBoundary.SPLIT, 65),
        (55 + 109, AtBoundary.PIN, 164),
        (55 + 10 * 700, AtBoundary.SPLIT, 755),
    ],
)
def test_a_call_ends_at_the_second_that_the_money_ends(cents, at_boundary, talked_s):
    exchange = an_exchange(cents, at_boundary)

    cdr = exchange.connect()

    assert cdr.talked_s == talked_s
    assert exchange.transcript[-2][0] == CONNECTED_S + talked_s
    assert exchange.balance.posted_micros == cents * CENT - cdr.cost.micros >= 0
    assert exchange.breaches == []


def test_the_cdr_tells_what_each_period_charged():
    exchange = an_exchange(5_000, AtBoundary.SPLIT)

    cdr = exchange.connect(events={CONNECTED_S + 65: lambda session: session.hang_up()})

    assert cdr.cost.micros == (55 + 10 * 10) * CENT


def test_a_lost_call_is_split_where_it_was_answered():
    ports = an_exchange(5_000, AtBoundary.SPLIT).ports
    ports = replace(ports, clock=MemoryClock(NOON))
    order = Order(ALICE, BOB, Trigger("test", "1"))
    placed = order_callback(ports, ports.accounts.get("alice"), order)
    ports.callbacks.claim(placed.id, "w1", now=NOON, lease=timedelta(seconds=15))
    Till(ports.books).reserve("alice", placed.id, wish(CENT * 1_000, 1), "n", NOON)
    for state, second in ((State.CUSTOMER_ANSWERED, 2), (State.CONNECTED, CONNECTED_S)):
        ports.callbacks.advance(placed.id, "w1", state, NOON + timedelta(seconds=second))
    stale_at = NOON + timedelta(seconds=80)
    ports.workers.beat(Beat("w1", NOON, stale_at, 1, {placed.id: LiveCall("carrier", 68, 65)}))

    ports.clock.at = stale_at + timedelta(seconds=1)
    (cdr,) = sweep(ports).settled

    assert cdr.cost.micros == (55 + 10 * 10) * CENT


def test_money_that_pays_for_no_increment_rings_nobody():
    exchange = an_exchange(59, AtBoundary.PIN, Charges(initial_s=60, increment_s=60, grace_s=5))

    with pytest.raises(NotEnoughCredit):
        exchange.connect()

    assert exchange.transcript == []
