"""What the telephone makes of carriers' SIP: real signalling against sipp on the loopback."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from tests.fakes.world import ALICE, BOB
from tests.integration.far_end import FarEnd, far_end
from workers.phone import LegEnded, LegOrder, LegTrace

pytestmark = pytest.mark.integration

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
NO_ANSWER = Verdict(Ending.NO_ANSWER, Culprit.CUSTOMER)
SOON = 0.3


def an_order(phone: FarEnd, party: Party = Party.CUSTOMER, **limits: timedelta) -> LegOrder:
    return LegOrder(
        party=party,
        number=ALICE,
        caller=BOB,
        trunk=phone.trunk,
        ring_limit=limits.get("ring_limit", timedelta(seconds=10)),
        reply_limit=limits.get("reply_limit", timedelta(seconds=4)),
    )


class Call:
    """One leg to a scenario, and what became of it."""

    def __init__(self, worker, scenario: str, **keys) -> None:
        self.worker = worker
        self.scenario = scenario
        self.keys = keys
        self.trace = LegTrace()
        self.verdict: Verdict | None = None
        self.began_at = datetime.now(UTC)

    def hold(self, seconds: float = 5, **limits: timedelta) -> None:
        """Keep the leg so long, or until the far end hangs up."""

        async def flow():
            async with far_end(self.scenario, **self.keys) as phone:
                try:
                    async with self.worker.phone.dial(an_order(phone, **limits), self.trace):
                        await asyncio.sleep(seconds)
                except LegEnded as end:
                    self.verdict = end.verdict

        self.worker.run(flow())

    @property
    def rang_s(self) -> float:
        return (self.trace.answered_at - self.trace.invited_at).total_seconds()

    @property
    def talked_s(self) -> float:
        return self.trace.ended - self.trace.answered

    @property
    def took_s(self) -> float:
        return (self.trace.ended_at - self.trace.invited_at).total_seconds()


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("404 Not Found", Verdict(Ending.NOT_FOUND, Culprit.CUSTOMER)),
        ("486 Busy Here", Verdict(Ending.BUSY, Culprit.CUSTOMER)),
        ("503 Service Unavailable", Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)),
        ("603 Decline", Verdict(Ending.DECLINED, Culprit.CUSTOMER)),
    ],
)
def test_a_refusal_ends_the_leg_with_its_reason(worker, status, verdict):
    call = Call(worker, "refuses", status=status)

    call.hold()

    assert call.verdict == verdict
    assert call.trace.sip_code == int(status[:3])
    assert call.trace.ringing_at is not None
    assert (call.trace.answered, call.trace.hung_up_by_far_end, call.trace.rtp) == (None,) * 3
    assert call.took_s < SOON


def test_a_phone_that_does_not_answer_is_cancelled_at_the_ring_limit(worker):
    call = Call(worker, "rings")

    call.hold(ring_limit=timedelta(seconds=0.5))

    assert call.verdict == NO_ANSWER
    assert 0.5 <= call.took_s < 0.5 + SOON
    assert (call.trace.sip_code, call.trace.answered) == (None, None)


def test_cancelling_the_flow_stops_a_phone_that_rings(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("rings") as phone:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), worker.phone.dial(an_order(phone), trace):
                    pass

    worker.run(flow())

    assert trace.ringing_at is not None
    assert trace.ended is not None


def test_an_answer_that_crosses_our_cancel_is_hung_up(worker):
    call = Call(worker, "answers_while_cancelled")

    call.hold(ring_limit=timedelta(seconds=0.3))

    assert call.verdict == NO_ANSWER
    assert (call.trace.sip_code, call.trace.answered) == (None, None)


def test_a_carrier_that_never_replies_is_given_up_early(worker):
    call = Call(worker, "never_replies")

    call.hold(reply_limit=timedelta(seconds=0.7))

    assert call.verdict == Verdict(Ending.UNREACHABLE, Culprit.CARRIER)
    assert 0.7 <= call.took_s < 0.7 + SOON
    assert (call.trace.sip_code, call.trace.ringing_at) == (None, None)


def test_leaving_the_block_hangs_up(worker):
    call = Call(worker, "answers")

    call.hold(seconds=0.5)

    assert call.verdict is None
    assert call.trace.sip_code == 200
    assert call.trace.hung_up_by_far_end is False
    assert 0.1 <= call.rang_s < 0.1 + SOON
    assert 0.5 <= call.talked_s < 0.5 + SOON


def test_hang_up_of_the_far_end_ends_the_block(worker):
    call = Call(worker, "hangs_up")

    call.hold()

    assert call.verdict == HUNG_UP
    assert call.trace.hung_up_by_far_end is True
    assert 0.5 <= call.talked_s < 0.5 + SOON


def test_a_second_hang_up_of_the_same_call_is_harmless(worker):
    call = Call(worker, "hangs_up_twice")

    call.hold()

    assert call.verdict == HUNG_UP
    assert 0.2 <= call.talked_s < 0.2 + SOON
