"""When a window is open: by the clocks of a time zone, its weekdays and its holidays.

What the clock on the wall shows decides. Where it is put forward, the hour that is left out never
comes, and a window that would begin in it is open as soon as it is over; where it is put back, the
hour that comes twice is in a window both times.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from switchboard.rating.row import Day, Window

_WEEK = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI, Day.SAT, Day.SUN)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Hours:
    """The clocks and the holidays of one sheet."""

    time_zone: str = "UTC"
    holidays: frozenset[date] = frozenset()

    def opened_on(self, window: Window, at: datetime) -> date | None:
        """The day whose window is open at this instant: yesterday's, where it goes on over
        midnight; None where it is closed. A holiday is still the day of the week it falls on."""
        local = at.astimezone(ZoneInfo(self.time_zone))
        today, clock = local.date(), local.time()
        overnight = window.end <= window.start
        if clock >= window.start and (overnight or clock < window.end):
            return today if self._counts(window, today) else None
        if overnight and clock < window.end:
            return today - _DAY if self._counts(window, today - _DAY) else None
        return None

    def is_holiday(self, window: Window, day: date) -> bool:
        """Whether it is as a holiday that a window is open on this day."""
        return Day.HOLIDAY in window.days and day in self.holidays

    def turns(
        self, windows: Iterable[Window], start: datetime, end: datetime
    ) -> Iterator[datetime]:
        """Every instant after `start`, up to `end`, at which one of these windows may open or
        close: a superset, in no order. The span is a few days at most."""
        zone = ZoneInfo(self.time_zone)
        clocks = {_MIDNIGHT}.union(*((window.start, window.end) for window in windows))
        day, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date() + _DAY
        while day <= last:
            for clock in clocks:
                # Both readings of a clock that shows this twice; an hour left out adds nothing.
                for fold in (0, 1):
                    local = datetime.combine(day, clock.replace(fold=fold), tzinfo=zone)
                    yield from _within(start, local.astimezone(UTC), end)
            day += _DAY
        yield from _within(start, _shift(zone, start, end), end)

    def _counts(self, window: Window, day: date) -> bool:
        in_week = not window.days or _WEEK[day.weekday()] in window.days
        return in_week or self.is_holiday(window, day)


def _within(start: datetime, at: datetime, end: datetime) -> Iterator[datetime]:
    if start < at <= end:
        yield at


def _shift(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The first second of the offset that `zone` has at the end; `end` where it has it already at
    the start. No zone has two shifts in a few days."""
    offset = end.astimezone(zone).utcoffset()
    low, high = 0, (end - start) // _SECOND
    while low < high:
        middle = (low + high) // 2
        if (start + middle * _SECOND).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    whole = (start + low * _SECOND).replace(microsecond=0)
    return whole if low else end
