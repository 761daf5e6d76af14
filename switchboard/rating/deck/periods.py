"""Days and hours of a period: `mon-fri`, `sat,sun`, `holiday`; `08:00-19:00`."""

import re
from datetime import time

from switchboard.errors import Malformed
from switchboard.rating.row import Day, Window

_WEEK = list(Day)[:7]
_WORDS = {
    "weekend": frozenset({Day.SAT, Day.SUN}),
    "weekdays": frozenset(_WEEK[:5]),
    "daily": frozenset[Day](),
    "all": frozenset[Day](),
}
_CLOCK = r"(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
_HOURS = re.compile(rf"{_CLOCK}\s*[-\u2013]\s*{_CLOCK}", re.ASCII)
_MIDNIGHT = time(0)


def parse_window(days: str, hours: str) -> Window:
    """The window that two cells describe; an empty one does not limit. Malformed says why not."""
    start, end = _parse_hours(hours)
    return Window(_parse_days(days), start, end)


def format_days(window: Window) -> str:
    """The days as `parse_window` reads them: neighbours as a range."""
    parts: list[list[Day]] = []
    for day in (day for day in _WEEK if day in window.days):
        if parts and _WEEK.index(parts[-1][-1]) == _WEEK.index(day) - 1:
            parts[-1].append(day)
        else:
            parts.append([day])
    written = [_format_run(run) for run in parts]
    return ",".join([*written, *(["holiday"] if Day.HOLIDAY in window.days else [])])


def format_hours(window: Window) -> str:
    """The hours as `parse_window` reads them; nothing for the whole day."""
    if window.start == window.end == _MIDNIGHT:
        return ""
    return f"{_format_clock(window.start)}-{_format_clock(window.end)}"


def _format_run(run: list[Day]) -> str:
    joint = "," if len(run) == 2 else "-"
    return run[0].value if len(run) == 1 else f"{run[0].value}{joint}{run[-1].value}"


def _format_clock(clock: time) -> str:
    return clock.isoformat("minutes" if not (clock.second or clock.microsecond) else "auto")


def _parse_days(text: str) -> frozenset[Day]:
    days: set[Day] = set()
    joined = re.sub("\\s*[-\u2010-\u2015]\\s*", "-", text.strip().lower())
    for part in re.split(r"[,;/&+\s]+", joined):
        if part in _WORDS or not part:
            days |= _WORDS.get(part, frozenset())
            continue
        first, dash, last = part.partition("-")
        begin = _day(first)
        if not dash:
            days.add(begin)
            continue
        end = _day(last)
        if Day.HOLIDAY in (begin, end):
            raise Malformed(f"days: “{text[:40]}”: write holiday by itself")
        span = (_WEEK.index(end) - _WEEK.index(begin)) % 7
        days |= {_WEEK[(_WEEK.index(begin) + step) % 7] for step in range(span + 1)}
    return frozenset(days)


def _day(text: str) -> Day:
    if text in {"holiday", "holidays"}:
        return Day.HOLIDAY
    for day in _WEEK:
        if re.fullmatch(rf"{day.value}[a-z]*", text):
            return day
    raise Malformed(f"days: “{text[:20]}” is no day: write them like mon-fri, or holiday")


def _parse_hours(text: str) -> tuple[time, time]:
    if not text.strip():
        return _MIDNIGHT, _MIDNIGHT
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise Malformed(f"hours: “{text[:40]}”: write one span, like 08:00-19:00")
    return _clock(found[1]), _clock(found[2])


def _clock(text: str) -> time:
    try:
        if text in {"24:00", "24:00:00"}:
            return _MIDNIGHT
        return time.fromisoformat(f"0{text}" if text[1] == ":" else text)
    except ValueError:
        raise Malformed(f"hours: “{text}” is no time of the day") from None
