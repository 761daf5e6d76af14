"""What a final SIP answer says of the world, and where a callback stands."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.ending import Culprit, Ending, Party, Verdict, verdict_of
from tests.fakes.world import ALICE, BOB, NOON, retail_sheet


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


def test_states_rank_in_their_order_and_the_last_three_are_final():
    ranks = [state.rank for state in State]

    assert ranks == sorted(ranks)
    assert {state for state in State if state.final} == {State.ENDED, State.REFUSED, State.EXPIRED}


@given(st.text(), st.text())
def test_the_same_trigger_makes_the_same_callback(kind, identity):
    assert Trigger(kind, identity).callback_id == Trigger(kind, identity).callback_id


def test_another_trigger_makes_another_callback():
    ids = {Trigger(kind, name).callback_id for kind in ("api", "sms") for name in ("1", "2")}

    assert len(ids) == 4


@pytest.mark.parametrize(
    ("kept", "leased_s", "after_s", "shown"),
    [
        (State.QUEUED, None, 89, State.QUEUED),
        (State.QUEUED, None, 90, State.EXPIRED),
        (State.CLAIMED, 85, 86, State.CLAIMED),
        (State.CLAIMED, 85, 90, State.EXPIRED),
        (State.CLAIMED, 95, 95, State.CLAIMED),
        (State.CLAIMED, 95, 96, State.EXPIRED),
        (State.CALLING_CUSTOMER, 15, 300, State.CALLING_CUSTOMER),
        (State.ENDED, None, 300, State.ENDED),
    ],
)
def test_what_nobody_took_in_time_has_expired_by_itself(kept, leased_s, after_s, shown):
    callback = Callback(
        id="c1",
        account="alice",
        customer=ALICE,
        destination=BOB,
        trigger="test",
        language="en",
        requested_at=NOON,
        expires_at=NOON + timedelta(seconds=90),
        quote=retail_sheet().quote(ALICE, BOB),
        state=kept,
        lease_until=None if leased_s is None else NOON + timedelta(seconds=leased_s),
    )

    assert callback.state_at(NOON + timedelta(seconds=after_s)) is shown
