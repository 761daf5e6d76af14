"""A trunk proves who rings: our doorbell is rung by pjsip, which answers challenges by itself."""

import pytest

from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.ring import Ring
from switchboard.calls.trunk import Trunk
from switchboard.clock import SystemClock
from switchboard.sip.secret import Secret
from tests.fakes.phone import an_order
from tests.fakes.world import ALICE, BOB
from tests.integration.far_end import HOST
from tests.integration.system import free_port
from workers.admission import Admission
from workers.doorbell import DoorbellTerms, doorbell
from workers.phone import LegEnded, LegTrace

pytestmark = pytest.mark.integration

# Nothing rings from its own address here.
ROAMING = Trunk("roaming", "203.0.113.7", rings_as=Secret.of("roaming", "sesame"))


@pytest.mark.parametrize(
    ("credentials", "verdict"),
    [
        (("roaming", "sesame"), Verdict(Ending.BUSY, Culprit.CUSTOMER)),
        (("roaming", "guessed"), Verdict(Ending.UNREACHABLE, Culprit.CARRIER)),
    ],
    ids=["the password", "another one"],
)
def test_who_proves_to_be_a_trunk_rings_from_an_unknown_address(worker, credentials, verdict):
    rings: list[Ring] = []

    async def flow() -> Verdict:
        terms = DoorbellTerms(HOST, free_port())
        carrier = Trunk("us", HOST, terms.port, credentials=credentials)
        admission = Admission(lambda: [ROAMING])
        async with admission.kept(), doorbell(terms, admission, SystemClock(), rings.append):
            with pytest.raises(LegEnded) as caught:
                async with worker.phone.dial(an_order(trunk=carrier), LegTrace()):
                    pass
        return caught.value.verdict

    assert worker.run(flow()) == verdict
    known = [(ring.service, ring.caller) for ring in rings]
    assert known == ([(ALICE, BOB)] if verdict.ending is Ending.BUSY else [])
