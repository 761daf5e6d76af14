"""What a final SIP answer says of the world."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.ending import Culprit, Ending, Party, Verdict, verdict_of


@pytest.mark.parametrize(
    ("sip_code", "ending", "culprit"),
    [
        (404, Ending.NOT_FOUND, Culprit.DESTINATION),
        (408, Ending.UNREACHABLE, Culprit.CARRIER),
        (480, Ending.NO_ANSWER, Culprit.DESTINATION),
        (486, Ending.BUSY, Culprit.DESTINATION),
        (487, Ending.NO_ANSWER, Culprit.DESTINATION),
        (503, Ending.CARRIER_FAILED, Culprit.CARRIER),
        (600, Ending.BUSY, Culprit.DESTINATION),
        (603, Ending.DECLINED, Culprit.DESTINATION),
        (403, Ending.FAILED, Culprit.US),
        (999, Ending.FAILED, Culprit.US),
    ],
)
def test_a_sip_answer_is_one_verdict_with_its_culprit(sip_code, ending, culprit):
    assert verdict_of(sip_code, Party.DESTINATION) == Verdict(ending, culprit)


@given(st.integers(), st.sampled_from(Party))
def test_a_verdict_never_blames_the_other_party(sip_code, party):
    culprit = verdict_of(sip_code, party).culprit

    assert culprit in (Culprit(party.value), Culprit.CARRIER, Culprit.US)
