"""Why a call failed, in plain words."""

from dataclasses import replace

import pytest

from switchboard.calls.callback import State
from switchboard.calls.cdr import Cdr, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict, verdict_of
from switchboard.calls.leg import LegRecord
from switchboard.calls.why import ENDINGS, became, refusal, stands, why
from tests.fakes.traced import a_trace
from tests.fakes.world import ALICE, BOB, NOON, a_callback

TALKED = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


def cdr_of(verdict: Verdict, *legs: LegRecord) -> Cdr:
    return write_cdr(a_callback(), legs, verdict, nonce="n", ended_at=NOON)


def refused(party: Party, code: int) -> LegRecord:
    number = ALICE if party is Party.CUSTOMER else BOB
    return LegRecord(party, number, "cheap", verdict_of(code, party), sip_code=code)


def answered(party: Party, verdict: Verdict = TALKED) -> LegRecord:
    return LegRecord(party, ALICE, "cheap", verdict, answered_at=NOON, seconds=60, sip_code=200)


@pytest.mark.parametrize(
    ("code", "party", "said", "words"),
    [
        (
            403,
            Party.CUSTOMER,
            "",
            "the carrier (trunk cheap) refused the customer leg: 403, "
            "the caller ID or the number is not allowed",
        ),
        (
            503,
            Party.DESTINATION,
            "No Route",
            "the carrier (trunk cheap) refused the destination leg: 503, "
            "it is overloaded, or has no way to this number; it said “No Route”",
        ),
        (486, Party.DESTINATION, "", "the destination was busy (486)"),
        (
            404,
            Party.CUSTOMER,
            "Not Found",
            "the number of the customer does not exist, says the carrier (404, “Not Found”)",
        ),
        (
            302,
            Party.CUSTOMER,
            "",
            "the carrier (trunk cheap) refused the customer leg: 302, "
            "it points to another address, which is not followed",
        ),
        (
            799,
            Party.CUSTOMER,
            "",
            "the carrier (trunk cheap) refused the customer leg: 799, we do not know this code",
        ),
    ],
)
def test_an_answer_of_the_carrier_is_told_in_words(code, party, said, words):
    assert str(refusal(code, party, trunk="cheap", said=said)) == words


@pytest.mark.parametrize("code", range(300, 700))
def test_every_code_has_words_and_keeps_its_number(code):
    words = str(refusal(code, Party.CUSTOMER))

    assert str(code) in words
    assert "%(" not in words


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("culprit", Culprit)
def test_every_ending_without_an_answer_has_words(ending, culprit):
    words = why(cdr_of(Verdict(ending, culprit)), [])

    assert (words is None) is (ENDINGS[ending] is None)
    assert "%(" not in str(words)


def test_the_leg_whose_failure_was_the_callbacks_is_blamed():
    busy = refused(Party.DESTINATION, 486)

    words = why(cdr_of(busy.verdict, answered(Party.CUSTOMER), busy), [])

    assert str(words) == "the destination was busy (486)"


def test_a_leg_that_was_given_up_as_the_other_had_ended_is_not_blamed():
    hung_up = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
    given_up = refused(Party.DESTINATION, 487)

    words = why(cdr_of(hung_up, answered(Party.CUSTOMER), given_up), [])

    assert str(words) == "the customer hung up before anybody talked"


def test_a_call_that_was_talked_and_hung_up_did_not_fail():
    assert why(cdr_of(TALKED, answered(Party.CUSTOMER), answered(Party.DESTINATION)), []) is None


def test_the_carriers_own_words_are_taken_from_the_trace():
    forbidden = refused(Party.DESTINATION, 403)

    words = why(cdr_of(forbidden.verdict, answered(Party.CUSTOMER), forbidden), TRACES)

    assert str(words).endswith("is not allowed; it said “Caller ID not allowed”")


def test_without_a_record_the_last_answer_to_an_invite_tells():
    [trace] = TRACES
    connected = replace(trace, messages=trace.messages[:5])

    assert str(why(None, TRACES)).startswith("the carrier refused the destination leg: 403")
    assert why(None, [connected]) is None
    assert why(None, []) is None


@pytest.mark.parametrize(
    ("cdr", "words"),
    [
        (cdr_of(TALKED, answered(Party.DESTINATION)), "the destination hung up"),
        (
            cdr_of(refused(Party.CUSTOMER, 403).verdict, refused(Party.CUSTOMER, 403)),
            "the carrier (trunk cheap) refused the customer leg: 403,"
            " the caller ID or the number is not allowed",
        ),
        (
            cdr_of(Verdict(Ending.NO_ANSWER, Culprit.CUSTOMER)),
            "the customer did not answer in time",
        ),
        (cdr_of(Verdict(Ending.CONFIRMED, Culprit.CUSTOMER)), "the phone was confirmed"),
    ],
)
def test_what_became_of_a_call_is_told_from_the_operators_side(cdr, words):
    assert str(became(cdr)) == words


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("culprit", Culprit)
def test_a_callback_that_is_over_has_words_without_its_record(ending, culprit):
    over = a_callback(state=State.ENDED, verdict=Verdict(ending, culprit))

    assert "you" not in str(stands(over, NOON)).lower().split()


@pytest.mark.parametrize(
    ("callback", "words"),
    [
        (a_callback(), "it waits for a worker"),
        (a_callback(state=State.CONNECTED, reached={State.CONNECTED: NOON}), "they are talking"),
        (a_callback(expires_at=NOON), "no worker took it in time"),
        (
            a_callback(state=State.ENDED, reached={State.CONNECTED: NOON}, verdict=TALKED),
            "the destination hung up",
        ),
    ],
)
def test_how_a_callback_stands_is_told(callback, words):
    assert str(stands(callback, NOON)) == words


TRACES = [a_trace(a_callback())]
