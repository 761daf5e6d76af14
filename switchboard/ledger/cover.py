"""The cover of a call: the seconds of buckets that its hold sets aside, and those that it burns."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from switchboard.calls.ending import Party


@dataclass(frozen=True, slots=True)
class Take:
    """Seconds of one bucket, for the legs whose numbers it fits: the customer leg burns of them
    first. Each leg burns whole increments, and no more than `per_call_s` unless that is 0. Where
    the bucket has a limit a day they count on that `day`, whatever day it is by then."""

    bucket: str
    seconds: int
    for_customer: bool = True
    for_destination: bool = True
    increment_s: int = 1
    covers_fees: bool = False
    per_call_s: int = 0
    day: str = ""
    per_day_s: int = 0

    def is_for(self, party: Party) -> bool:
        """Whether this leg may burn of it."""
        return self.for_customer if party is Party.CUSTOMER else self.for_destination

    def opened_to(self, party: Party) -> Self:
        """The same for this leg as well."""
        if party is Party.CUSTOMER:
            return replace(self, for_customer=True)
        return replace(self, for_destination=True)

    def closed_to_destination(self) -> Self:
        """The same for the customer leg alone, or for none."""
        return replace(self, for_destination=False)

    @property
    def counter(self) -> str:
        """The daily counter that they are part of."""
        return f"{self.day} {self.bucket}"

    def most_s(self, seconds: int) -> int:
        """What of so many seconds a leg may burn."""
        return min(seconds, self.per_call_s) if self.per_call_s else seconds

    def burned_s(self, due_s: int) -> int:
        """What a leg burns that has so many seconds due, if there is enough."""
        return self.most_s(-(-due_s // self.increment_s) * self.increment_s)


@dataclass(frozen=True, slots=True)
class Cover:
    """What both legs burn of, in the order in which it burns."""

    takes: tuple[Take, ...] = ()

    @property
    def customer(self) -> tuple[Take, ...]:
        """What the customer leg can burn."""
        mine = (take for take in self.takes if take.for_customer)
        return tuple(replace(take, seconds=take.most_s(take.seconds)) for take in mine)

    def destination(self, customer_due_s: int) -> tuple[Take, ...]:
        """What the destination leg can burn, after the customer leg."""
        burned = burn(self.customer, customer_due_s)
        left = ((take, take.seconds - burned.get(take.bucket, 0)) for take in self.takes)
        return tuple(
            replace(take, seconds=take.most_s(seconds))
            for take, seconds in left
            if take.for_destination
        )

    def after(self, burned_s: Mapping[str, int]) -> "Cover":
        """What is left for other legs when some have burned so much of it."""
        left = ((take, take.seconds - burned_s.get(take.bucket, 0)) for take in self.takes)
        return Cover(tuple(replace(take, seconds=seconds) for take, seconds in left))

    def closed_to_destination(self) -> "Cover":
        """The same for the customer leg alone: another destination fits other buckets."""
        return Cover(tuple(take.closed_to_destination() for take in self.takes))

    @property
    def taken_s(self) -> Mapping[str, int]:
        """The seconds by bucket."""
        return {take.bucket: take.seconds for take in self.takes}

    @property
    def counters(self) -> Mapping[str, str]:
        """The daily counter of each bucket that has a limit a day."""
        return {take.bucket: take.counter for take in self.takes if take.day}

    @property
    def limits_s(self) -> Mapping[str, int]:
        """What each of these counters may come to."""
        return {take.counter: take.per_day_s for take in self.takes if take.day}

    def beyond(self, old: "Cover") -> Mapping[str, int]:
        """The seconds by bucket that this has and an older cover has not."""
        before = old.taken_s
        more = ((key, seconds - before.get(key, 0)) for key, seconds in self.taken_s.items())
        return {key: seconds for key, seconds in more if seconds}

    def counted(self, seconds: Mapping[str, int]) -> Mapping[str, int]:
        """Seconds by bucket as they are counted: by daily counter."""
        counters = self.counters
        return {counters[key]: more for key, more in seconds.items() if key in counters}


NO_COVER = Cover()


def length_s(takes: Iterable[Take]) -> int:
    """How many seconds of a leg these cover."""
    return sum(take.seconds for take in takes)


def covers_fees(takes: Iterable[Take]) -> bool:
    """Whether the fees of a leg are covered: they go with its first second, which may be of a later
    bucket where the customer leg has burned all of the first ones. Of those none may leave the
    fees uncovered, or a call would become cheaper by lasting longer."""
    for take in takes:
        if not take.covers_fees or take.seconds:
            return take.covers_fees
    return False


def burn(takes: Iterable[Take], due_s: int) -> Mapping[str, int]:
    """The seconds by bucket that a leg burns of which so many were neither free nor of a grace
    period."""
    burned = {}
    for take in takes:
        burned[take.bucket] = min(take.seconds, take.burned_s(due_s))
        due_s = max(0, due_s - take.seconds)
    return {bucket: seconds for bucket, seconds in burned.items() if seconds}


def summed(pairs: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Seconds by bucket."""
    seconds: Counter[str] = Counter()
    for bucket, more in pairs:
        seconds[bucket] += more
    return dict(seconds)
