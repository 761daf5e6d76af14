"""The contract of a telephone: the same far ends, over sipp and in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from switchboard.calls.ending import Culprit, Ending, Verdict
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FakePhone, FarEnd, an_order
from tests.fakes.world import ALICE
from tests.integration.far_end import far_end
from workers.phone import LegEnded, LegTrace, Phone

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
# How much later than in theory something may happen between two processes.
LAG_S = 0.3

SCRIPTS: dict[str, Callable[[int], FarEnd]] = {
    "refuses": lambda code: FarEnd(rings_s=0, answers_s=0.05, refuses_with=code),
    "rings": lambda _: FarEnd(rings_s=0, answers_s=None),
    "replies_too_late": lambda _: FarEnd(trying_s=None, rings_s=None, answers_s=None),
    "answers": lambda _: FarEnd(rings_s=0, answers_s=0.1),
    "hangs_up": lambda _: FarEnd(rings_s=0, answers_s=0.1, hangs_up_s=0.5),
    "hangs_up_twice": lambda _: FarEnd(rings_s=0, answers_s=0.1, hangs_up_s=0.2),
}


@dataclass
class Held:
    """What became of one leg."""

    trace: LegTrace = field(default_factory=LegTrace)
    verdict: Verdict | None = None

    @property
    def took_s(self) -> float:
        return (self.trace.ended_at - self.trace.invited_at).total_seconds()

    @property
    def talked_s(self) -> float:
        return self.trace.ended - self.trace.answered


class Telephone:
    """Holds one leg at a time, over sipp where there is a worker."""

    def __init__(self, worker) -> None:
        self._worker = worker

    def hold(self, scenario: str, *, status: str = "", seconds: float = 5, **limits) -> Held:
        """Dial, keep the leg so long or until the far end hangs up."""
        held = Held()
        if self._worker is None:
            run_simulated(self._in_memory(held, scenario, status, seconds, limits))
        else:
            self._worker.run(self._over_sipp(held, scenario, status, seconds, limits))
        return held

    async def _in_memory(self, held, scenario, status, seconds, limits) -> None:
        script = SCRIPTS[scenario](int(status[:3] or 0))
        phone = FakePhone(SimulatedClock(), {ALICE: script})
        await _hold(phone, held, an_order(**limits), seconds)

    async def _over_sipp(self, held, scenario, status, seconds, limits) -> None:
        async with far_end(scenario, status=status) as far:
            await _hold(self._worker.phone, held, far.order(**limits), seconds)


async def _hold(phone: Phone, held: Held, order, seconds: float) -> None:
    try:
        async with phone.dial(order, held.trace):
            await asyncio.sleep(seconds)
    except LegEnded as end:
        held.verdict = end.verdict


@pytest.fixture(params=["memory", pytest.param("pjsip", marks=pytest.mark.integration)])
def telephone(request: pytest.FixtureRequest) -> Telephone:
    return Telephone(request.getfixturevalue("worker") if request.param == "pjsip" else None)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("404 Not Found", Verdict(Ending.NOT_FOUND, Culprit.CUSTOMER)),
        ("486 Busy Here", Verdict(Ending.BUSY, Culprit.CUSTOMER)),
        ("503 Service Unavailable", Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)),
        ("603 Decline", Verdict(Ending.DECLINED, Culprit.CUSTOMER)),
    ],
)
def test_a_refusal_ends_the_leg_with_its_reason(telephone, status, verdict):
    leg = telephone.hold("refuses", status=status)

    assert leg.verdict == verdict
    assert leg.trace.sip_code == int(status[:3])
    assert leg.trace.ringing_at is not None
    assert (leg.trace.answered, leg.trace.hung_up_by_far_end, leg.trace.rtp) == (None,) * 3
    assert leg.took_s < LAG_S


def test_a_phone_that_does_not_answer_is_given_up_at_the_ring_limit(telephone):
    leg = telephone.hold("rings", ring_limit=timedelta(seconds=0.5))

    assert leg.verdict == Verdict(Ending.NO_ANSWER, Culprit.CUSTOMER)
    assert 0.5 <= leg.took_s < 0.5 + LAG_S
    assert leg.trace.ringing_at is not None
    assert (leg.trace.answered, leg.trace.hung_up_by_far_end, leg.trace.sip_code) == (None,) * 3


def test_a_carrier_that_replies_too_late_is_given_up_at_the_reply_limit(telephone):
    leg = telephone.hold("replies_too_late", reply_limit=timedelta(seconds=0.7))

    assert leg.verdict == Verdict(Ending.UNREACHABLE, Culprit.CARRIER)
    assert 0.7 <= leg.took_s < 0.7 + LAG_S
    assert (leg.trace.ringing_at, leg.trace.sip_code) == (None, None)


def test_leaving_the_block_hangs_up(telephone):
    leg = telephone.hold("answers", seconds=0.5)

    assert leg.verdict is None
    assert (leg.trace.sip_code, leg.trace.hung_up_by_far_end) == (200, False)
    assert 0.5 <= leg.talked_s < 0.5 + LAG_S
    assert 0.6 <= leg.took_s < 0.6 + LAG_S
    assert leg.trace.rtp is not None


@pytest.mark.parametrize(("scenario", "talk_s"), [("hangs_up", 0.5), ("hangs_up_twice", 0.2)])
def test_hang_up_of_the_far_end_ends_the_block(telephone, scenario, talk_s):
    leg = telephone.hold(scenario)

    assert leg.verdict == HUNG_UP
    assert (leg.trace.sip_code, leg.trace.hung_up_by_far_end) == (200, True)
    assert talk_s <= leg.talked_s < talk_s + LAG_S
    assert leg.trace.rtp is not None
