"""What a worker counted in a minute: of callbacks, and of legs by trunk and by destination."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction

from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Party
from switchboard.calls.leg import LegRecord
from switchboard.numbering import region_of

MINUTE = timedelta(minutes=1)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """Attempts and what came of them. `pdd_ms` is the sum over those that `rang`; revenue is what
    accounts paid and cost what trunks take, in millionths by currency."""

    attempts: int = 0
    answers: int = 0
    seconds: int = 0
    rang: int = 0
    pdd_ms: int = 0
    revenue: Mapping[str, int] = field(default_factory=dict)
    cost: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.attempts + other.attempts,
            self.answers + other.answers,
            self.seconds + other.seconds,
            self.rang + other.rang,
            self.pdd_ms + other.pdd_ms,
            _together(self.revenue, other.revenue),
            _together(self.cost, other.cost),
        )

    @property
    def answer_ratio(self) -> Fraction | None:
        """ASR: the part of the attempts that was answered."""
        return Fraction(self.answers, self.attempts) if self.attempts else None

    @property
    def mean_talk_s(self) -> int | None:
        """ACD: how long an answered attempt lasted."""
        return round(Fraction(self.seconds, self.answers)) if self.answers else None

    @property
    def mean_pdd_ms(self) -> int | None:
        """How long it took until it rang."""
        return round(Fraction(self.pdd_ms, self.rang)) if self.rang else None

    @property
    def margin(self) -> Mapping[str, int]:
        """What is left of the revenue, by currency; trunks may take another than accounts pay."""
        taken = {currency: -micros for currency, micros in self.cost.items()}
        return _together(self.revenue, taken)


@dataclass(frozen=True, slots=True)
class Counts:
    """Callbacks, of which those are answered that connected two people, by the minute in which they
    ended; legs by trunk, also those that went to another trunk then; and destination legs by the
    region (ISO 3166) that was called, of which there are few enough, empty where it is none."""

    callbacks: Tally = field(default_factory=Tally)
    trunks: Mapping[str, Tally] = field(default_factory=dict)
    destinations: Mapping[str, Tally] = field(default_factory=dict)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.callbacks + other.callbacks,
            _by_name(self.trunks, other.trunks),
            _by_name(self.destinations, other.destinations),
        )


@dataclass(frozen=True, slots=True)
class Minute:
    """What one worker counted in the minute that began then."""

    worker: str
    at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Live:
    """What runs now by the last heartbeats, and what was counted `lately`, up to five minutes ago
    and in the present one. `legs` are those that each trunk carries. Of `waiting` callbacks no
    worker has taken the order yet; that one which was taken lately and had waited longest waited
    for `waited_ms`. The order that was sent first of those that are `dead` was so at
    `oldest_dead_at`, None where it cannot be looked at now."""

    workers: int
    capacity: int
    callbacks: int
    talking: int
    legs: Mapping[str, int]
    lately: Counts
    waiting: int = 0
    waited_ms: int = 0
    dead: int = 0
    oldest_dead_at: datetime | None = None


def minute_of(at: datetime) -> datetime:
    """When the minute began."""
    return at.replace(second=0, microsecond=0)


def counted(cdr: Cdr) -> Counts:
    """What a callback that is over counts for."""
    tallies = [(leg, _tally(cdr.currency, leg)) for leg in cdr.legs]
    in_all = sum((tally for _, tally in tallies), Tally())
    # What is talked, and whether, is told by the callback itself.
    callback = replace(in_all, attempts=1, answers=int(cdr.talked_s > 0), seconds=cdr.talked_s)
    return sum((_of_leg(leg, tally) for leg, tally in tallies), Counts(callback))


def passed_over(trunk: str) -> Counts:
    """What a leg counts for that went to another trunk."""
    return Counts(trunks={trunk: Tally(attempts=1)})


def _of_leg(leg: LegRecord, tally: Tally) -> Counts:
    is_destination = leg.party is Party.DESTINATION
    return Counts(
        trunks={leg.trunk: tally},
        destinations={region_of(leg.number): tally} if is_destination else {},
    )


def _tally(currency: str, leg: LegRecord) -> Tally:
    pdd, cost = leg.pdd, leg.trunk_cost
    return Tally(
        attempts=1,
        answers=int(leg.answered_at is not None),
        seconds=leg.seconds,
        rang=int(pdd is not None),
        pdd_ms=0 if pdd is None else pdd // _MILLISECOND,
        revenue=_amount(currency, leg.cost_micros),
        cost={} if cost is None else _amount(cost.currency, cost.micros),
    )


def _amount(currency: str, micros: int) -> Mapping[str, int]:
    return {currency: micros} if micros else {}


def _by_name(one: Mapping[str, Tally], other: Mapping[str, Tally]) -> Mapping[str, Tally]:
    names = {**one, **other}
    return {name: one.get(name, Tally()) + other.get(name, Tally()) for name in names}


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
