"""What this worker counts, by the minute, until it is told to the stores."""

from datetime import datetime

from switchboard.calls.cdr import Cdr
from switchboard.calls.minutes import Counts, Minute, counted, minute_of, passed_over
from switchboard.clock import Clock
from switchboard.ports import Minutes


class MinuteBook:
    """Counts on the loop's thread. A minute is told whole each time that it has changed, so that
    telling it may be repeated, and costs as much for many calls as for one."""

    def __init__(self, clock: Clock, worker: str) -> None:
        self._clock = clock
        self._worker = worker
        self._minutes: dict[datetime, Counts] = {}
        self._told: dict[datetime, Counts] = {}

    def ended(self, cdr: Cdr) -> None:
        """A callback is settled."""
        self._count(counted(cdr))

    def passed_over(self, trunk: str) -> None:
        """A leg that this trunk did not carry goes to another one."""
        self._count(passed_over(trunk))

    @property
    def untold(self) -> list[Minute]:
        """The minutes that the stores do not know as they are now."""
        return [
            Minute(self._worker, at, counts)
            for at, counts in self._minutes.items()
            if self._told.get(at) is not counts
        ]

    def told(self, minutes: list[Minute]) -> None:
        """The stores know of these; what is over and told is forgotten."""
        self._told.update({minute.at: minute.counts for minute in minutes})
        present = minute_of(self._clock.now())
        for at in [at for at, counts in self._told.items() if at < present]:
            if self._minutes.get(at) is self._told[at]:
                del self._minutes[at]
            del self._told[at]

    def _count(self, more: Counts) -> None:
        at = minute_of(self._clock.now())
        self._minutes[at] = self._minutes.get(at, Counts()) + more


def tell(minutes: list[Minute], stores: Minutes) -> None:
    """Write them down."""
    for minute in minutes:
        stores.save(minute)
