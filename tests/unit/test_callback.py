"""A callback's state, as time goes by."""

from dataclasses import replace
from datetime import timedelta

from switchboard.calls.callback import Callback, State, Trigger
from tests.fakes.world import NOON, a_callback

WAITING = a_callback()
CLAIMED = replace(WAITING, state=State.CLAIMED, lease_until=NOON + timedelta(seconds=100))


def states(callback: Callback, *seconds: int) -> list[State]:
    return [callback.state_at(NOON + timedelta(seconds=second)) for second in seconds]


def test_what_nobody_claimed_in_time_has_expired():
    assert states(WAITING, 89, 90) == [State.QUEUED, State.EXPIRED]


def test_what_was_claimed_and_given_up_before_it_rang_has_expired():
    assert states(CLAIMED, 95, 100, 101) == [State.CLAIMED, State.CLAIMED, State.EXPIRED]


def test_what_has_rung_does_not_expire():
    ringing = replace(CLAIMED, state=State.CALLING_CUSTOMER)

    assert states(ringing, 1000) == [State.CALLING_CUSTOMER]


def test_a_state_is_final_or_has_a_later_one():
    finals = [state for state in State if state.final]

    assert finals == [State.ENDED, State.REFUSED, State.EXPIRED]
    assert sorted(State, key=lambda state: state.rank) == list(State)


def test_the_same_trigger_makes_the_same_callback_and_another_another():
    triggers = [Trigger("sms", "1"), Trigger("sms", "1"), Trigger("sms", "2"), Trigger("api", "1")]

    assert len({trigger.callback_id for trigger in triggers}) == 3
