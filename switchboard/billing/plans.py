"""Plans: included seconds to groups of destinations, granted with each period that is paid."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from switchboard.billing.buckets import Bucket
from switchboard.billing.classes import check_prefix
from switchboard.billing.periods import Cycle, Period, midnight
from switchboard.errors import Malformed

MOST_PREFIXES = 1_000
MOST_ALLOWANCES = 20
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Group:
    """Destinations under a name, by their prefixes."""

    name: str
    prefixes: tuple[str, ...]

    def __post_init__(self) -> None:
        check_name("group", self.name)
        if not 1 <= len(self.prefixes) <= MOST_PREFIXES:
            raise Malformed(f"group {self.name}: it has 1 to {MOST_PREFIXES:,} prefixes")
        for prefix in self.prefixes:
            if check_prefix(prefix) != prefix:
                raise Malformed(f"group {self.name}: prefix {prefix} is kept without its plus")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A bucket as a plan promises it for each period; the fields of `Bucket` mean the same there.

    What is not used lives for `rollover` further periods. A promotional one is granted for those
    days of a period only that are not before `from_on` and before `until_on`. Of a first period
    that is not whole the seconds are as many as the days where it is `prorated`.
    """

    name: str
    group: str
    seconds: int
    weight: int = 0
    increment_s: int = 1
    covers_fees: bool = False
    per_call_s: int | None = None
    per_day_s: int | None = None
    rollover: int = 0
    prorated: bool = False
    from_on: date | None = None
    until_on: date | None = None

    def __post_init__(self) -> None:
        check_name("bucket", self.name)
        limits = [self.seconds, self.increment_s, self.per_call_s, self.per_day_s]
        if any(limit is not None and limit < 1 for limit in limits):
            raise Malformed(f"bucket {self.name}: seconds, increment and limits are 1 at least")
        if not 0 <= self.rollover <= 120:
            raise Malformed(f"bucket {self.name}: seconds roll over for 0 to 120 periods")
        if self.from_on is not None and self.until_on is not None and self.until_on <= self.from_on:
            raise Malformed(f"bucket {self.name}: it is over before it begins")

    def window(self, period: Period, lasts_until: date) -> Period | None:
        """The days of a bucket for this period, whose seconds last until then; None where it is
        not granted for it."""
        begins = max(period.begins_on, self.from_on or period.begins_on)
        ends = min(lasts_until, self.until_on or lasts_until)
        return Period(begins, ends) if begins < min(ends, period.ends_on) else None

    def bucket(
        self,
        key: str,
        plan: str,
        group: Group,
        window: Period,
        time_zone: str,
        seconds: int | None = None,
    ) -> Bucket:
        """The bucket that is granted for these days of an account, with other seconds if given."""
        return Bucket(
            key=key,
            plan=plan,
            name=self.name,
            prefixes=group.prefixes,
            seconds=self.seconds if seconds is None else seconds,
            begins_at=midnight(window.begins_on, time_zone),
            expires_at=midnight(window.ends_on, time_zone),
            weight=self.weight,
            increment_s=self.increment_s,
            covers_fees=self.covers_fees,
            per_call_s=self.per_call_s,
            per_day_s=self.per_day_s,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan includes. Its fee is the item of the catalogue that has its name."""

    name: str
    description: str = ""
    allowances: tuple[Allowance, ...] = ()

    def __post_init__(self) -> None:
        check_name("plan", self.name)
        names = [one.name for one in self.allowances]
        if len(names) > MOST_ALLOWANCES or len({*names}) < len(names):
            raise Malformed(
                f"plan {self.name}: it has up to {MOST_ALLOWANCES} buckets, each of another name"
            )


@dataclass(frozen=True, slots=True)
class Grant:
    """What the buckets of one paid span are made from: a plan with its groups, and for whom."""

    plan: Plan
    groups: Mapping[str, Group]
    owner: str
    quantity: int
    time_zone: str

    def buckets(self, span: Period, cycle: Cycle, name: str) -> Iterator[Bucket]:
        """The buckets of a span, which is a period of the cycle or the end of one, under a name of
        its own."""
        whole = cycle.period(span.begins_on)
        for one in self.plan.allowances:
            window = one.window(span, cycle.after(whole, one.rollover))
            seconds = one.seconds * self.quantity
            if one.prorated:
                seconds = seconds * span.days // whole.days
            if window is not None and seconds:
                key = f"{self.owner}/{one.name}#{name}"
                group = self.groups[one.group]
                yield one.bucket(key, self.plan.name, group, window, self.time_zone, seconds)


def check_name(what: str, text: str) -> str:
    """A name as it may be. Malformed where it may not."""
    if not _NAME.fullmatch(text):
        raise Malformed(
            f"{what} “{text[:40]}”: use up to 32 small letters, digits, dashes and underscores"
        )
    return text
