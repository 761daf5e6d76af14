"""Planned callbacks: ordered now, placed at their time (design §2, T9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from switchboard.calls.callback import Trigger
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.numbering import PhoneNumber

# Nobody wants a ring that comes later than that.
LATEST = timedelta(minutes=5)
# An alarm may come a minute late: so long before its time a callback may be placed, to ring then.
AHEAD = timedelta(minutes=1)


class PlanState(Enum):
    """What became of a planned callback. One that is `started` has become a callback with the
    same id, or does so as soon as it is looked at again."""

    PLANNED = "planned"
    STARTED = "started"
    PLACED = "placed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    REFUSED = "refused"

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self in (PlanState.PLANNED, PlanState.STARTED)


@dataclass(frozen=True, slots=True)
class Planned:
    """Connect these two at this instant; without a destination, the customer is asked for it."""

    account: str
    customer: PhoneNumber
    destination: PhoneNumber | None
    trigger: Trigger
    at: datetime
    planned_at: datetime
    state: PlanState = PlanState.PLANNED
    manners: Manners = AS_USUAL

    @property
    def id(self) -> str:
        """The id of the callback that it will be."""
        return self.trigger.callback_id
