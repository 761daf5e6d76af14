"""Periods: days, weeks, months or years without gap or overlap, by the calendar of an account."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Self
from zoneinfo import ZoneInfo

from switchboard.errors import Malformed
from switchboard.rating.rounding import Rounding

MOST_DIGITS = 6
_LONGEST = {"day": 3660, "week": 520, "month": 120, "year": 10}
_INTERVAL = re.compile(r"(?:(\d{1,4})\s*)?(day|week|month|year)s?", re.ASCII)


class Unit(Enum):
    """What periods are counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Interval:
    """How long a period is: so many units."""

    unit: Unit = Unit.MONTH
    count: int = 1

    def __post_init__(self) -> None:
        most = _LONGEST[self.unit.value]
        if not 1 <= self.count <= most:
            raise Malformed(f"an interval is 1 to {most} {self.unit.value}s")

    @classmethod
    def parse(cls, text: str) -> Self:
        """An interval as people write it: `month`, `3 months`, `10 days`."""
        matched = _INTERVAL.fullmatch(text.strip().lower())
        if matched is None:
            raise Malformed(f"“{text[:40]}” is no interval: write month, 3 months or 10 days")
        return cls(Unit(matched[2]), int(matched[1] or 1))

    def __str__(self) -> str:
        return self.unit.value if self.count == 1 else f"{self.count} {self.unit.value}s"


MONTH = Interval()


class Anchor(Enum):
    """Where periods begin: with the calendar's (the 1st, Monday, January 1st), or on the day on
    which a subscription began."""

    CALENDAR = "calendar"
    ANNIVERSARY = "anniversary"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, from the first one up to, but not including, `ends_on`."""

    begins_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.ends_on - self.begins_on).days

    def __str__(self) -> str:
        return f"{self.begins_on} to {self.ends_on - timedelta(days=1)}"


@dataclass(frozen=True, slots=True)
class Cycle:
    """The periods of an interval that are counted from a day. A month without the day has its last
    one in its place: 31 January, 28 February, 31 March."""

    interval: Interval
    first: date

    @classmethod
    def of(cls, interval: Interval, anchor: Anchor, started_on: date) -> Self:
        """The periods of something that began on this day. Several units by the calendar count
        from the year 1, so that quarters begin in January, April, July and October."""
        by_calendar = anchor is Anchor.CALENDAR
        return cls(interval, _floor(interval, started_on) if by_calendar else started_on)

    def boundary(self, number: int) -> date:
        """The day on which the period of this number begins; the first one has 0."""
        unit, steps = self.interval.unit, number * self.interval.count
        if unit is Unit.DAY:
            return self.first + timedelta(days=steps)
        if unit is Unit.WEEK:
            return self.first + timedelta(weeks=steps)
        months = _months(self.first) + steps * (12 if unit is Unit.YEAR else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.first.day, monthrange(year, month + 1)[1]))

    def period(self, on: date) -> Period:
        """The period that a day is in."""
        number = self._about(on)
        while self.boundary(number) > on:
            number -= 1
        while self.boundary(number + 1) <= on:
            number += 1
        return Period(self.boundary(number), self.boundary(number + 1))

    def after(self, period: Period, periods: int) -> date:
        """The end of the period that comes so many periods later."""
        for _ in range(periods):
            period = self.period(period.ends_on)
        return period.ends_on

    def _about(self, on: date) -> int:
        unit, count = self.interval.unit, self.interval.count
        if unit in (Unit.DAY, Unit.WEEK):
            return (on - self.first).days // (count * (7 if unit is Unit.WEEK else 1))
        return (_months(on) - _months(self.first)) // (count * (12 if unit is Unit.YEAR else 1))


def prorated(micros: int, days: int, of_days: int, digits: int) -> int:
    """The part of an amount that falls on some of its days, rounded once, half up, at so many
    decimals; the whole of it is not rounded. Days that are given back get exactly what the same
    days were charged."""
    if days == of_days:
        return micros
    step: int = 10 ** (MOST_DIGITS - digits)
    return Rounding.HALF_UP.of(micros * days, of_days * step) * step


def local_date(at: datetime, time_zone: str) -> date:
    """The day that an instant is in, by the clocks of this zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def midnight(on: date, time_zone: str) -> datetime:
    """The instant at which a day begins by the clocks of this zone."""
    return datetime.combine(on, time(), ZoneInfo(time_zone)).astimezone(UTC)


def _floor(interval: Interval, on: date) -> date:
    count = interval.count
    if interval.unit in (Unit.DAY, Unit.WEEK):
        # The first day of the year 1 is a Monday.
        days = count * (7 if interval.unit is Unit.WEEK else 1)
        return date.fromordinal((on.toordinal() - 1) // days * days + 1)
    months = count * (12 if interval.unit is Unit.YEAR else 1)
    # Whole years since the year 0 would put the first one before the calendar begins.
    year, month = divmod((_months(on) - 12) // months * months + 12, 12)
    return date(year, month + 1, 1)


def _months(on: date) -> int:
    return on.year * 12 + on.month - 1
