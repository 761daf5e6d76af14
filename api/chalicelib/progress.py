"""A callback in words, as its customer sees it; they are translated where they are shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.translation import mark
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.money import Money

HEADLINES: Mapping[State, str] = {
    State.QUEUED: mark("Getting ready to call you"),
    State.CLAIMED: mark("Getting ready to call you"),
    State.CALLING_CUSTOMER: mark("Calling you"),
    State.CUSTOMER_ANSWERED: mark("You answered"),
    State.COLLECTING: mark("Dial the number you want"),
    State.CALLING_DESTINATION: mark("Calling them"),
    State.CONNECTED: mark("You are talking"),
}
ADVICE: Mapping[State, str] = {
    State.QUEUED: mark("Keep your phone at hand."),
    State.CLAIMED: mark("Keep your phone at hand."),
    State.CALLING_CUSTOMER: mark("Your phone is ringing: answer it."),
    State.CUSTOMER_ANSWERED: mark("One moment, we are about to call the other phone."),
    State.COLLECTING: mark("End it with the # key."),
    State.CALLING_DESTINATION: mark("Stay on the line until they answer."),
    State.CONNECTED: mark("Hang up either phone to end the call."),
}

REASONS: Mapping[Ending, str] = {
    Ending.HUNG_UP: mark("The call was cut off"),
    Ending.BUSY: mark("The phone was busy"),
    Ending.NO_ANSWER: mark("Nobody answered"),
    Ending.DECLINED: mark("The call was declined"),
    Ending.NOT_FOUND: mark("The number could not be found"),
    Ending.UNREACHABLE: mark("The phone could not be reached"),
    Ending.CARRIER_FAILED: mark("The phone network could not place the call"),
    Ending.TALK_LIMIT: mark("The time for this call was used up"),
    Ending.NOT_CONFIRMED: mark("Nobody confirmed it by keys"),
    Ending.CONFIRMED: mark("The phone is confirmed"),
    Ending.NO_DESTINATION: mark("No number was dialled"),
    Ending.CANCELLED: mark("You cancelled it"),
    Ending.NO_CREDIT: mark("There was not enough credit"),
    Ending.REFUSED: mark("The call was refused"),
    Ending.WORKER_LOST: mark("The call was lost by a fault on our side"),
    Ending.FAILED: mark("The call failed by a fault on our side"),
}
YOU, THEM = Culprit.CUSTOMER, Culprit.DESTINATION
# Where it can be said whose doing it was.
DOINGS: Mapping[tuple[Ending, Culprit], str] = {
    (Ending.HUNG_UP, YOU): mark("You hung up"),
    (Ending.HUNG_UP, THEM): mark("They hung up"),
    (Ending.BUSY, YOU): mark("Your phone was busy"),
    (Ending.BUSY, THEM): mark("Their phone was busy"),
    (Ending.NO_ANSWER, YOU): mark("You did not answer"),
    (Ending.NO_ANSWER, THEM): mark("They did not answer"),
    (Ending.DECLINED, YOU): mark("You declined the call"),
    (Ending.DECLINED, THEM): mark("They declined the call"),
    (Ending.NOT_FOUND, YOU): mark("Your number could not be found"),
    (Ending.NOT_FOUND, THEM): mark("Their number could not be found"),
    (Ending.UNREACHABLE, YOU): mark("Your phone could not be reached"),
    (Ending.UNREACHABLE, THEM): mark("Their phone could not be reached"),
}
TOO_LATE = mark("We could not call you in time")

# The way of a callback in four steps, each with the state that begins it.
WAY = (
    (mark("Ordered"), State.QUEUED),
    (mark("Your phone"), State.CALLING_CUSTOMER),
    (mark("Their phone"), State.CALLING_DESTINATION),
    (mark("Talking"), State.CONNECTED),
)


class Mark(Enum):
    """Where a step of the way is: behind, here, or not reached."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way from the order to the end."""

    label: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page shows; `well` where the two parties talked. There is advice while it runs, and
    a cost when it is over, if it cost anything."""

    headline: str
    advice: str
    steps: tuple[Step, ...]
    over: bool
    well: bool
    talked: str | None
    cost: Money | None


def progress_of(callback: Callback, cdr: Cdr | None, now: datetime) -> Progress:
    """A callback as it stands now, with its CDR: that is written before the callback is over, if
    any phone rang."""
    state = callback.state_at(now)
    return Progress(
        headline=outcome(callback, now),
        advice="" if state.final else ADVICE[state],
        steps=tuple(_steps(callback, over=state.final)),
        over=state.final,
        well=State.CONNECTED in callback.reached,
        talked=_talked(callback, cdr, now),
        cost=cdr.cost if cdr and cdr.cost.micros else None,
    )


def outcome(callback: Callback, now: datetime) -> str:
    """How a callback ended, or that it has not, in one line."""
    state = callback.state_at(now)
    if not state.final:
        return HEADLINES[state]
    verdict = callback.verdict
    if verdict is None:
        return TOO_LATE
    return reason(verdict)


def reason(verdict: Verdict) -> str:
    """Why a callback ended, in one line."""
    return DOINGS.get((verdict.ending, verdict.culprit), REASONS[verdict.ending])


def clock_face(seconds: int) -> str:
    """A duration as people read it: 4:05, 1:04:05."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _talked(callback: Callback, cdr: Cdr | None, now: datetime) -> str | None:
    if cdr is not None:
        return clock_face(cdr.talked_s) if cdr.talked_s else None
    if callback.state is State.CONNECTED:
        elapsed = now - callback.reached[State.CONNECTED]
        return clock_face(max(0, elapsed // timedelta(seconds=1)))
    return None


def _steps(callback: Callback, *, over: bool) -> Iterator[Step]:
    furthest = max((state.rank for state in callback.reached if not state.final), default=0)
    ends = [*(first.rank for _, first in WAY[1:]), State.ENDED.rank]
    for (label, first), end in zip(WAY, ends, strict=True):
        if first.rank > furthest:
            mark = Mark.AHEAD
        elif over or end <= furthest:
            mark = Mark.DONE
        else:
            mark = Mark.NOW
        yield Step(label, mark)
