"""How long two may talk: as long as there is money, to the second."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.ending import Culprit, Ending, Verdict
from tests.fakes.exchange import CENT_A_SECOND, TERMS, Exchange
from tests.fakes.phone import FarEnd
from tests.fakes.weather import Outage
from tests.fakes.world import ALICE, BOB

TALK_LIMIT = Verdict(Ending.TALK_LIMIT, Culprit.CUSTOMER)
# When both hear each other: the customer answers at 2, is told of it, and the other phone rings.
CONNECTED_S = 5


def an_exchange(cents: int, **options) -> Exchange:
    return Exchange(opening_micros=cents * 10_000, deck=CENT_A_SECOND, **options)


def test_the_talk_limit_ends_both_legs_at_the_second_that_the_money_ends():
    exchange = an_exchange(103)

    cdr = exchange.connect()

    # Three cents until the answer, then two a second; to hear why costs nothing.
    assert exchange.transcript[-3:] == [
        (CONNECTED_S + 50, "destination is hung up"),
        (CONNECTED_S + 50, "customer hears credit-ended"),
        (CONNECTED_S + 51, "customer is hung up"),
    ]
    assert cdr.verdict == TALK_LIMIT
    assert [leg.seconds for leg in cdr.legs] == [53, 50]
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


def test_a_cent_that_pays_for_no_second_stays():
    exchange = an_exchange(104)

    cdr = exchange.connect()

    assert cdr.talked_s == 50
    assert exchange.balance.posted_micros == 10_000


def test_whoever_cannot_pay_for_a_second_of_talk_hears_no_answer():
    exchange = an_exchange(3)

    cdr = exchange.connect()

    # Two cents for waiting; the third is kept for the destination's first second.
    assert exchange.transcript[-3:] == [
        (4, "destination is given up"),
        (4, "customer hears credit-ended"),
        (5, "customer is hung up"),
    ]
    assert cdr.verdict == Verdict(Ending.NO_CREDIT, Culprit.CUSTOMER)
    assert exchange.balance.posted_micros == 10_000
    assert exchange.breaches == []


def test_a_timer_that_fires_late_is_not_the_customers():
    exchange = an_exchange(103)
    exchange.phone.far_ends = {BOB: FarEnd(hangs_up_s=49.95)}

    cdr = exchange.connect(events={CONNECTED_S + 49.9: _stall})

    assert exchange.transcript[-2] == (57.9, "customer hears credit-ended")
    assert [leg.seconds for leg in cdr.legs] == [53, 50]
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


def _stall(_session: object) -> None:
    """The loop is busy for three seconds, in which its timers come due."""
    asyncio.get_running_loop().seconds += 3


def test_the_hold_grows_before_the_quantum_ends():
    exchange = an_exchange(100_000)
    exchange.phone.far_ends = {BOB: FarEnd(hangs_up_s=700)}
    holds = []

    exchange.connect(
        events={
            CONNECTED_S + at_s: lambda _: holds.append(*exchange.balance.holds.values())
            for at_s in (0.5, 299.5, 300.5, 599.5, 600.5)
        }
    )

    # Two cents a second for a quantum and the margin, one for a ring of the customer; three
    # seconds had run when they began to talk.
    first, second, third = 6_900_000, 12_930_000, 18_930_000
    assert [hold.amount_micros for hold in holds] == [first, first, second, second, third]
    assert [hold.request for hold in holds] == [0, 0, 1, 1, 2]
    assert len({hold.nonce for hold in holds}) == 1
    assert all(
        hold.expires_at - exchange.ports.clock.start > timedelta(seconds=CONNECTED_S + at_s + 300)
        for hold, at_s in zip(holds, (0, 0, 300, 300, 600), strict=True)
    )
    assert exchange.breaches == []


def test_money_that_comes_while_they_talk_prolongs_the_talk():
    exchange = an_exchange(103)

    cdr = exchange.connect(events={30: lambda _: exchange.top_up(1_000_000)})

    assert cdr.talked_s == 100
    assert exchange.transcript[-2] == (CONNECTED_S + 100, "customer hears credit-ended")
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


def test_a_call_that_is_blocked_while_they_talk_ends_where_its_hold_does():
    exchange = an_exchange(100_000)
    block = {100: lambda _: exchange.ports.books.set_active("alice", active=False)}

    cdr = exchange.connect(events=block)

    # 6.90 were held: three cents for waiting, then two a second.
    assert cdr.verdict == TALK_LIMIT
    assert cdr.talked_s == 343
    assert exchange.transcript[-2] == (CONNECTED_S + 343, "customer hears account-blocked")
    assert exchange.breaches == []


def test_a_small_quantum_is_extended_until_the_money_ends():
    terms = replace(TERMS, quantum=timedelta(seconds=5), margin=timedelta(seconds=2))
    exchange = an_exchange(503, terms=terms)

    cdr = exchange.connect()

    assert cdr.talked_s == 250
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


@pytest.mark.parametrize("quantum_s", [60, 300])
def test_a_free_call_ends_after_a_day(quantum_s):
    terms = replace(TERMS, quantum=timedelta(seconds=quantum_s))
    exchange = Exchange(deck="prefix,rate\n44,0\n1,0\n", terms=terms)

    cdr = exchange.connect()

    assert (cdr.verdict, cdr.talked_s, cdr.cost.micros) == (TALK_LIMIT, 86_400, 0)
    assert exchange.transcript[-2][1] == "customer hears time-limit"
    assert exchange.balance.holds == {}


def test_who_hangs_up_on_hearing_that_the_money_has_ended_has_not_ended_the_talk():
    exchange = an_exchange(103)
    exchange.phone.far_ends = {ALICE: FarEnd(hangs_up_s=3 + 50.5)}

    cdr = exchange.connect()

    assert exchange.transcript[-1] == (CONNECTED_S + 50.5, "customer hangs up")
    assert (cdr.verdict, exchange.callback().verdict) == (TALK_LIMIT, TALK_LIMIT)
    assert [leg.seconds for leg in cdr.legs] == [53, 50]
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


def test_a_heartbeat_does_not_charge_for_hearing_why():
    exchange = an_exchange(103)
    told = []

    exchange.connect(events={CONNECTED_S + 50.5: lambda session: told.append(session.live())})

    assert (told[0].customer_s, told[0].destination_s) == (53, 50)


def test_who_is_told_why_does_not_wait_for_a_store_that_is_out_of_reach():
    exchange = an_exchange(103)
    books = Outage(exchange.ports.books)
    exchange.ports = replace(exchange.ports, books=books)
    exchange.desk = replace(exchange.desk, ports=exchange.ports)

    cdr = exchange.connect(events={CONNECTED_S + 49.9: lambda _: books.fail(balance=2)})

    assert exchange.transcript[-2] == (CONNECTED_S + 52, "customer hears credit-ended")
    assert [leg.seconds for leg in cdr.legs] == [53, 50]
    assert exchange.breaches == []
