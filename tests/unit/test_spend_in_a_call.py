"""A call under a daily limit: it lasts as long as the limit does, and counts what it cost."""

import pytest

from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.accounts import set_spend_limits
from switchboard.errors import SpendLimitReached
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.world import BOB
from tests.unit.test_two_stage_dialling import NUMBER, dialling

TALKATIVE = {BOB: FarEnd(hangs_up_s=10_000)}


def limited(exchange: Exchange, **limits: int) -> Exchange:
    set_spend_limits(exchange.ports, "alice", limits)
    return exchange


def only_counter(exchange: Exchange) -> int:
    (spent,) = exchange.balance.spent.values()
    return spent


def test_a_call_ends_where_the_limit_of_the_day_does():
    exchange = limited(Exchange(TALKATIVE, deck=CENT_A_SECOND), all=500_000)

    cdr = exchange.connect()

    assert cdr.verdict == Verdict(Ending.TALK_LIMIT, Culprit.CUSTOMER)
    assert 480_000 < cdr.cost.micros <= 500_000
    assert only_counter(exchange) == cdr.cost.micros
    assert exchange.breaches == []


def test_a_call_within_the_limit_counts_what_it_cost_and_no_more():
    talk = {BOB: FarEnd(hangs_up_s=10)}
    exchange = limited(Exchange(talk, deck=CENT_A_SECOND), all=4_000_000)

    cdr = exchange.connect()

    assert only_counter(exchange) == cdr.cost.micros == 5_000_000 - exchange.balance.posted_micros


def test_a_limit_that_is_spent_refuses_the_next_callback():
    exchange = limited(Exchange(TALKATIVE, deck=CENT_A_SECOND), all=500_000)
    exchange.connect()

    async def order_another() -> None:
        exchange.order(identity="2")

    with pytest.raises(SpendLimitReached):
        run_simulated(order_another())


def test_a_long_call_grows_as_far_as_the_limit_in_many_holds():
    exchange = limited(
        Exchange(TALKATIVE, deck=CENT_A_SECOND, opening_micros=50_000_000), all=20_000_000
    )

    cdr = exchange.connect()

    assert 19_980_000 < cdr.cost.micros <= 20_000_000
    assert only_counter(exchange) == cdr.cost.micros
    assert exchange.transcript[-2][1] == "customer hears daily-limit"


def test_a_dialled_number_whose_class_has_no_room_is_not_called():
    exchange = limited(dialling(f"{NUMBER}#", deck=CENT_A_SECOND), international=100_000)

    cdr = exchange.connect(destination=None)

    assert cdr.verdict == Verdict(Ending.NO_CREDIT, Culprit.CUSTOMER)
    assert cdr.destination is None
    assert not any(what.startswith("destination") for _, what in exchange.transcript)


def test_a_dialled_number_that_costs_more_than_the_day_has_left_is_refused_for_that():
    deck = "prefix,rate\n44,0.6\n1,60\n"
    exchange = limited(dialling(f"{NUMBER}#", deck=deck), all=500_000)

    cdr = exchange.connect(destination=None)

    assert exchange.transcript[-2][1] == "customer hears daily-limit"
    assert (cdr.destination, cdr.verdict.ending) == (None, Ending.NO_CREDIT)
    assert exchange.breaches == []


def test_a_dialled_number_counts_for_its_class():
    exchange = limited(dialling(f"{NUMBER}#", deck=CENT_A_SECOND), international=4_500_000)

    cdr = exchange.connect(destination=None)

    assert cdr.destination.number == BOB
    assert only_counter(exchange) == cdr.cost.micros


def test_a_limit_that_is_lowered_during_a_call_lets_it_grow_no_more():
    exchange = limited(
        Exchange(TALKATIVE, deck=CENT_A_SECOND, opening_micros=50_000_000), all=20_000_000
    )

    cdr = exchange.connect(events={30: lambda _: limited(exchange, all=1_000_000)})

    assert cdr.verdict.ending is Ending.TALK_LIMIT
    assert cdr.cost.micros < 20_000_000
    assert exchange.breaches == []


def test_the_customers_own_phone_may_be_in_a_limited_class():
    exchange = limited(Exchange({BOB: FarEnd(hangs_up_s=10)}), national=1)

    with pytest.raises(SpendLimitReached, match="national"):
        exchange.connect()
