"""A worker's heartbeat: who is alive, and how far each of its calls has run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.calls.ending import Party
from switchboard.calls.leg import LegRecord


@dataclass(frozen=True, slots=True)
class LiveCall:
    """How far a callback has run: the seconds for which each leg is charged by now, None for a
    leg that was not placed, and the trunks that carry them. The destination leg is on the same
    one as the other where it names none. `earlier` are the legs to destinations before that one,
    with what they cost; `destination_answered_at` is told where there are some. `cost_micros` is
    what the account pays for all of its legs by now, and `trunk_micros` what trunks take for them
    in the same currency, None where that is not known."""

    trunk: str = ""
    customer_s: int | None = None
    destination_s: int | None = None
    destination_trunk: str | None = None
    earlier: tuple[LegRecord, ...] = ()
    destination_answered_at: datetime | None = None
    cost_micros: int = 0
    trunk_micros: int | None = None

    def trunk_of(self, party: Party) -> str:
        """The trunk that carries a leg, if that was placed."""
        both_on_one = party is Party.CUSTOMER or self.destination_trunk is None
        return self.trunk if both_on_one else self.destination_trunk or ""

    def legs_on(self, trunk: str) -> int:
        """How many of its legs a trunk carries."""
        placed = {Party.CUSTOMER: self.customer_s, Party.DESTINATION: self.destination_s}
        return sum(
            seconds is not None and self.trunk_of(party) == trunk
            for party, seconds in placed.items()
        )


@dataclass(frozen=True, slots=True)
class TrunkHealth:
    """How a worker finds a trunk: how many of its calls in a row failed, and by what the last did;
    until when it gets no call for that, or did, None where it never had to; and whether it answers
    when it is asked for its options, None where it is not asked. `registration` is what the last
    registration there was answered with, None where there is none."""

    failures: int = 0
    why: str = ""
    rests_until: datetime | None = None
    answers: bool | None = None
    registration: int | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat of a worker; the next one is due before `stale_at`. Of trunks that nothing is
    known of, `trunks` says nothing. Of the callbacks that it took lately, `waited_ms` is how long
    that had waited which waited longest from when it might have rung."""

    worker: str
    beat_at: datetime
    stale_at: datetime
    capacity: int
    calls: Mapping[str, LiveCall] = field(default_factory=dict)
    trunks: Mapping[str, TrunkHealth] = field(default_factory=dict)
    waited_ms: int = 0
