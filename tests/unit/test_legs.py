"""What the block that holds one leg promises, in simulated time."""

import asyncio
from datetime import timedelta

import pytest

from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import RtpQuality
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FakePhone, FarEnd, an_order
from tests.fakes.world import ALICE
from workers.phone import LegEnded, LegTrace

CLOCK = SimulatedClock()
HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)


def a_phone(customer: FarEnd | None = None) -> FakePhone:
    return FakePhone(CLOCK, {ALICE: customer or FarEnd()})


def at(seconds: float):
    return CLOCK.start + timedelta(seconds=seconds)


async def hold(phone: FakePhone, trace: LegTrace, *, seconds: float = 5, **limits) -> None:
    async with phone.dial(an_order(**limits), trace):
        await asyncio.sleep(seconds)


def verdict_of_holding(phone: FakePhone, trace: LegTrace, **limits) -> Verdict:
    with pytest.raises(LegEnded) as caught:
        run_simulated(hold(phone, trace, **limits))
    assert caught.value.party is Party.CUSTOMER
    return caught.value.verdict


def test_leaving_the_block_hangs_up_and_completes_the_trace():
    phone, trace = a_phone(), LegTrace()

    run_simulated(hold(phone, trace, seconds=5))

    assert phone.transcript == [
        (0, f"customer is dialled at {ALICE}"),
        (0.1, "customer rings"),
        (2, "customer answers"),
        (7, "customer is hung up"),
    ]
    assert trace == LegTrace(
        invited_at=at(0),
        ringing_at=at(0.1),
        answered_at=at(2),
        ended_at=at(7),
        answered=2,
        ended=7,
        sip_code=200,
        hung_up_by_far_end=False,
        rtp=RtpQuality(received=250, lost=0, jitter_ms=0),
    )


def test_hang_up_of_the_far_end_drops_what_the_block_waits_for():
    phone, trace = a_phone(FarEnd(hangs_up_s=3)), LegTrace()

    verdict = verdict_of_holding(phone, trace, seconds=3600)

    assert verdict == HUNG_UP
    assert phone.transcript[-1] == (5, "customer hangs up")
    assert (trace.ended, trace.ended_at) == (5, at(5))
    assert trace.hung_up_by_far_end is True


def test_an_error_in_the_block_hangs_up_and_comes_out_unchanged():
    phone, trace = a_phone(), LegTrace()

    async def flow():
        async with phone.dial(an_order(), trace):
            raise LookupError("of the flow's own")

    with pytest.raises(LookupError):
        run_simulated(flow())

    assert phone.transcript[-1] == (2, "customer is hung up")
    assert trace.hung_up_by_far_end is False


@pytest.mark.parametrize(
    ("sip_code", "verdict"),
    [
        (404, Verdict(Ending.NOT_FOUND, Culprit.CUSTOMER)),
        (486, Verdict(Ending.BUSY, Culprit.CUSTOMER)),
        (503, Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)),
        (603, Verdict(Ending.DECLINED, Culprit.CUSTOMER)),
        (699, Verdict(Ending.FAILED, Culprit.US)),
    ],
)
def test_a_refusal_ends_the_leg_before_the_block_is_entered(sip_code, verdict):
    phone = a_phone(FarEnd(refuses_with=sip_code, answers_s=1))
    trace = LegTrace()

    assert verdict_of_holding(phone, trace) == verdict
    assert phone.transcript[-1] == (1, f"customer refuses with {sip_code}")
    assert trace == LegTrace(
        invited_at=at(0), ringing_at=at(0.1), ended_at=at(1), ended=1, sip_code=sip_code
    )


def test_a_phone_that_rings_for_ever_is_given_up_at_the_ring_limit():
    phone, trace = a_phone(FarEnd(answers_s=None)), LegTrace()

    verdict = verdict_of_holding(phone, trace, ring_limit=timedelta(seconds=20))

    assert verdict == Verdict(Ending.NO_ANSWER, Culprit.CUSTOMER)
    assert phone.transcript[-1] == (20, "customer is given up")
    assert (trace.ended, trace.sip_code, trace.hung_up_by_far_end) == (20, None, None)


def test_a_carrier_without_any_reply_is_given_up_long_before_the_ring_limit():
    phone, trace = a_phone(FarEnd(None, None, None, None)), LegTrace()

    verdict = verdict_of_holding(phone, trace)

    assert verdict == Verdict(Ending.UNREACHABLE, Culprit.CARRIER)
    assert phone.transcript[-1] == (4, "customer is given up")


def test_an_answer_at_the_very_ring_limit_counts_as_one():
    phone, trace = a_phone(FarEnd(answers_s=20)), LegTrace()

    run_simulated(hold(phone, trace, ring_limit=timedelta(seconds=20)))

    assert (trace.answered, trace.ended) == (20, 25)


def test_an_answer_without_any_ringing_is_an_answer():
    phone, trace = a_phone(FarEnd(None, None, None, answers_s=1)), LegTrace()

    run_simulated(hold(phone, trace))

    assert (trace.ringing_at, trace.answered) == (None, 1)


def test_a_line_that_cannot_dial_is_our_own_fault_and_is_logged(caplog):
    phone, trace = a_phone(FarEnd(line_is_dead=True)), LegTrace()

    assert verdict_of_holding(phone, trace) == Verdict(Ending.FAILED, Culprit.US)
    assert "the line is dead" in caplog.text
    assert str(ALICE) not in caplog.text
    assert trace == LegTrace(ended_at=at(0), ended=0)


def test_hang_up_right_behind_the_answer_never_enters_the_block():
    phone, trace = a_phone(FarEnd(hangs_up_s=0)), LegTrace()

    assert verdict_of_holding(phone, trace) == HUNG_UP
    assert (trace.answered, trace.ended, trace.hung_up_by_far_end) == (2, 2, True)
