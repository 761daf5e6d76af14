"""How long a customer may be on the line and talk to nobody, also where that costs nothing."""

from dataclasses import replace
from datetime import timedelta

from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.manners import Manners
from tests.fakes.exchange import Exchange
from tests.fakes.phone import FarEnd
from tests.fakes.world import ALICE, BOB
from tests.unit.test_dialogue import heard
from tests.unit.test_two_stage_dialling import NUMBER, keys
from workers.dialogue.asking import AskingTerms

FREE = "prefix,rate\n44,0\n1,0\n"
NO_DESTINATION = Verdict(Ending.NO_DESTINATION, Culprit.CUSTOMER)
A_WHILE = AskingTerms(timedelta(seconds=60), timedelta(seconds=100))


def an_exchange(presses, bob: FarEnd | None = None, asking: AskingTerms = A_WHILE) -> Exchange:
    far_ends = {ALICE: FarEnd(presses=presses), BOB: bob or FarEnd(answers_s=1, hangs_up_s=10)}
    exchange = Exchange(far_ends, deck=FREE, manners=Manners(tell_limit=False))
    exchange.desk = replace(exchange.desk, asking=asking)
    return exchange


def test_the_balance_is_not_told_for_ever():
    exchange = an_exchange(keys("*0#" + " *0#" * 2_000))

    cdr = exchange.connect(destination=None)

    assert (62, "customer hears time-limit") in exchange.transcript
    assert exchange.transcript[-1] == (63, "customer is hung up")
    assert (cdr.verdict, cdr.customer.seconds) == (NO_DESTINATION, 61)
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_by_default_nobody_is_asked_for_longer_than_five_minutes():
    exchange = an_exchange(keys("*0#" + " *0#" * 2_000), asking=AskingTerms())

    cdr = exchange.connect(destination=None)

    assert cdr.customer.seconds == 301


def test_the_time_begins_anew_with_the_next_number():
    presses = (*keys(f"{NUMBER}#", from_s=50), *keys(f"{NUMBER}#", from_s=75))
    exchange = an_exchange(tuple((at_s, key) for at_s, key in presses))
    exchange.phone.far_ends[ALICE] = FarEnd(presses=(*keys(" *0#" * 15), *presses))

    exchange.connect(destination=None)

    assert heard(exchange).count(f"dialled at {BOB}") == 2


def test_who_calls_in_vain_again_and_again_is_not_served_for_ever():
    busy = FarEnd(answers_s=8, refuses_with=486)
    calls = keys("".join(f"{NUMBER}#" + " " * 6 for _ in range(40)))
    exchange = an_exchange(calls, busy)

    cdr = exchange.connect(destination=None)

    assert exchange.transcript[-2][1] == "customer hears time-limit"
    assert 100 <= cdr.customer.seconds < 115
    assert cdr.verdict == Verdict(Ending.BUSY, Culprit.DESTINATION)
    assert exchange.breaches == []


def test_talks_do_not_count():
    bob = FarEnd(answers_s=1, hangs_up_s=5_000)
    exchange = an_exchange((*keys(f"{NUMBER}#"), *keys(f"{NUMBER}#", from_s=5_010)), bob)

    exchange.connect(destination=None)

    assert heard(exchange).count(f"dialled at {BOB}") == 2
