"""What customers read about their callback, in every state and after every ending."""

from datetime import timedelta
from itertools import product

import pytest

from chalicelib.progress import (
    Mark,
    clock_face,
    outcome,
    progress_of,
)
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.money import Money
from tests.fakes.world import ALICE, BOB, NOON, a_callback

BUSY = Verdict(Ending.BUSY, Culprit.DESTINATION)


def callback(state: State, *reached: State, **changes) -> Callback:
    reached_at = dict.fromkeys((State.QUEUED, *reached, state), NOON)
    return a_callback(**{"state": state, "reached": reached_at, **changes})


def marks(known: Callback) -> list[Mark]:
    return [step.mark for step in progress_of(known, None, NOON).steps]


@pytest.mark.parametrize("state", [state for state in State if not state.final])
def test_every_state_has_its_words(state):
    progress = progress_of(callback(state), None, NOON)

    assert progress.headline
    assert progress.advice
    assert not progress.over


@pytest.mark.parametrize(("ending", "culprit"), [*product(Ending, Culprit)])
def test_every_ending_has_its_words(ending, culprit):
    known = callback(State.ENDED, verdict=Verdict(ending, culprit))

    assert outcome(known, NOON) != "We could not call you in time"


def test_a_callback_that_nobody_took_in_time_says_so():
    progress = progress_of(callback(State.QUEUED), None, NOON + timedelta(minutes=2))

    assert progress.headline == "We could not call you in time"
    assert progress.cost is None
    assert progress.over


def test_the_way_is_marked_as_far_as_it_went():
    done, now, ahead = Mark.DONE, Mark.NOW, Mark.AHEAD
    rang = State.CALLING_CUSTOMER

    assert marks(callback(State.QUEUED)) == [now, ahead, ahead, ahead]
    assert marks(callback(rang)) == [done, now, ahead, ahead]
    assert marks(callback(State.CUSTOMER_ANSWERED, rang)) == [done, now, ahead, ahead]
    assert marks(callback(State.CALLING_DESTINATION, rang)) == [done, done, now, ahead]
    assert marks(callback(State.ENDED, rang)) == [done, done, ahead, ahead]


def test_a_callback_without_a_cdr_cost_nothing():
    progress = progress_of(callback(State.ENDED, verdict=BUSY), None, NOON)

    assert (progress.headline, progress.cost) == ("Their phone was busy", None)


def test_the_cost_of_both_legs_and_the_time_that_they_talked_are_told():
    known = callback(State.ENDED, State.CONNECTED, worker="w1", verdict=BUSY)
    legs = [
        LegRecord(Party.CUSTOMER, ALICE, "carrier", BUSY, seconds=65),
        LegRecord(Party.DESTINATION, BOB, "carrier", BUSY, seconds=60),
    ]

    progress = progress_of(known, write_cdr(known, legs, BUSY, nonce="n", ended_at=NOON), NOON)

    assert (progress.talked, progress.cost) == ("1:00", Money("EUR", 61_700))
    assert (progress.over, progress.well) == (True, True)


@pytest.mark.parametrize(
    ("seconds", "face"), [(0, "0:00"), (65, "1:05"), (3600, "1:00:00"), (86_400, "24:00:00")]
)
def test_a_duration_reads_like_a_clock(seconds, face):
    assert clock_face(seconds) == face
