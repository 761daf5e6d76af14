"""A callback in words, as its customer sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Verdict

# A worker writes the CDR within this time after the end, if there is one to write.
SETTLING = timedelta(seconds=5)

HEADLINES: Mapping[State, str] = {
    State.QUEUED: "Getting ready to call you",
    State.CLAIMED: "Getting ready to call you",
    State.CALLING_CUSTOMER: "Calling you",
    State.CUSTOMER_ANSWERED: "You answered",
    State.COLLECTING: "Dial the number you want",
    State.CALLING_DESTINATION: "Calling them",
    State.CONNECTED: "You are talking",
}
HINTS: Mapping[State, str] = {
    State.QUEUED: "Keep your phone at hand.",
    State.CLAIMED: "Keep your phone at hand.",
    State.CALLING_CUSTOMER: "Your phone is ringing: answer it.",
    State.CUSTOMER_ANSWERED: "One moment, we are about to call the other phone.",
    State.COLLECTING: "End it with the # key.",
    State.CALLING_DESTINATION: "Stay on the line until they answer.",
    State.CONNECTED: "Hang up either phone to end the call.",
}

YOU, THEM, US = Culprit.CUSTOMER, Culprit.DESTINATION, Culprit.US
REASONS: Mapping[tuple[Ending, Culprit | None], str] = {
    (Ending.HUNG_UP, YOU): "You hung up",
    (Ending.HUNG_UP, THEM): "They hung up",
    (Ending.HUNG_UP, None): "The call was cut off",
    (Ending.BUSY, YOU): "Your phone was busy",
    (Ending.BUSY, THEM): "Their phone was busy",
    (Ending.NO_ANSWER, YOU): "You did not answer",
    (Ending.NO_ANSWER, THEM): "They did not answer",
    (Ending.DECLINED, YOU): "You declined the call",
    (Ending.DECLINED, THEM): "They declined the call",
    (Ending.NOT_FOUND, YOU): "Your number could not be found",
    (Ending.NOT_FOUND, THEM): "Their number could not be found",
    (Ending.UNREACHABLE, YOU): "Your phone could not be reached",
    (Ending.UNREACHABLE, THEM): "Their phone could not be reached",
    (Ending.UNREACHABLE, None): "The phone could not be reached",
    (Ending.CARRIER_FAILED, None): "The phone network could not place the call",
    (Ending.TALK_LIMIT, None): "The time for this call was used up",
    (Ending.NO_DESTINATION, None): "No number was dialled",
    (Ending.CANCELLED, None): "You cancelled it",
    (Ending.NO_CREDIT, None): "There was not enough credit",
    (Ending.REFUSED, None): "The call was refused",
    (Ending.WORKER_LOST, None): "The call was lost by a fault on our side",
    (Ending.FAILED, None): "The call failed by a fault on our side",
}
TOO_LATE = "We could not call you in time"
ENDED = "The call has ended"


class Mark(Enum):
    """How far a step of the way is."""

    DONE = "done"
    NOW = "now"
    SKIPPED = "skipped"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way from the order to the end."""

    label: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page shows. While it is `live`, it is worth asking again."""

    headline: str
    hint: str
    steps: tuple[Step, ...]
    live: bool
    over: bool
    well: bool
    talked: str | None
    cost: str | None


def progress_of(callback: Callback, cdr: Cdr | None, now: datetime) -> Progress:
    """A callback as it stands now, with its CDR where there is one."""
    state = callback.state_at(now)
    settling = state.final and cdr is None and _may_be_settled_yet(callback, now)
    headline = outcome(callback, now) if state.final else HEADLINES[state]
    cost = None
    if state.final and not settling:
        cost = f"It cost {cdr.cost}." if cdr and cdr.cost.micros else "It cost nothing."
    return Progress(
        headline=headline,
        hint="" if state.final else HINTS[state],
        steps=tuple(_steps(callback, state)),
        live=not state.final or settling,
        over=state.final,
        well=State.CONNECTED in callback.reached,
        talked=_talked(callback, cdr, now),
        cost=cost,
    )


def outcome(callback: Callback, now: datetime) -> str:
    """How a callback ended, or that it has not, in one line."""
    state = callback.state_at(now)
    if not state.final:
        return HEADLINES[state]
    if callback.verdict is None:
        return TOO_LATE if state is State.EXPIRED else ENDED
    return _reason(callback.verdict)


def clock_face(seconds: int) -> str:
    """A duration as people read it: 4:05, 1:04:05."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _reason(verdict: Verdict) -> str:
    anyone = REASONS.get((verdict.ending, None), ENDED)
    return REASONS.get((verdict.ending, verdict.culprit), anyone)


def _may_be_settled_yet(callback: Callback, now: datetime) -> bool:
    ended_at = max(callback.reached.values(), default=callback.requested_at)
    return callback.worker is not None and now < ended_at + SETTLING


def _talked(callback: Callback, cdr: Cdr | None, now: datetime) -> str | None:
    if cdr is not None:
        return clock_face(cdr.talked_s) if cdr.talked_s else None
    if callback.state is State.CONNECTED:
        elapsed = now - callback.reached[State.CONNECTED]
        return clock_face(max(0, elapsed // timedelta(seconds=1)))
    return None


def _steps(callback: Callback, state: State) -> list[Step]:
    """The way in four steps, each entered by one of its states."""
    way = (
        ("Ordered", State.QUEUED),
        ("Your phone", State.CALLING_CUSTOMER),
        ("Their phone", State.CALLING_DESTINATION),
        ("Talking", State.CONNECTED),
    )
    entered = [first in callback.reached for _, first in way]
    steps = []
    for number, (label, _) in enumerate(way):
        if not entered[number]:
            mark = Mark.SKIPPED if state.final else Mark.AHEAD
        elif any(entered[number + 1 :]) or state.final:
            mark = Mark.DONE
        else:
            mark = Mark.NOW
        steps.append(Step(label, mark))
    return steps
