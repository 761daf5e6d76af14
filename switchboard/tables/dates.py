"""Dates as people write them; which of day and month comes first is told by the column."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum

from switchboard.errors import Malformed
from switchboard.tables.cells import Cell, text_of


class DateOrder(Enum):
    """How a date with slashes is read."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


_MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_TIME = (
    r"(?:[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.ASCII | re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})",
        r"(?P<d>\d{1,2})[- ](?P<mon>[a-z]{3,9})[-, ]+(?P<y>\d{4}|\d{2})",
        r"(?P<mon>[a-z]{3,9})[- ](?P<d>\d{1,2})[-, ]+(?P<y>\d{4}|\d{2})",
    )
)
_SLASHED = re.compile(r"(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4}|\d{2})" + _TIME, re.ASCII)
# Excel counts days from here; its 1900 has a 29th of February. The serials of 1955 to 2119.
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  a serial has no time zone
_SERIALS = range(20_000, 80_000)


def date_order(name: str, cells: Iterable[tuple[int, Cell]]) -> DateOrder | None:
    """Whether the day or the month comes first in a column; None where nothing depends on it.
    Malformed where its cells contradict each other."""
    seen: dict[DateOrder, tuple[int, str]] = {}
    for line, cell in cells:
        found = _SLASHED.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found and int(found["a"]) > 12:
            seen.setdefault(DateOrder.DAY_FIRST, (line, found[0]))
        elif found and int(found["b"]) > 12:
            seen.setdefault(DateOrder.MONTH_FIRST, (line, found[0]))
    if len(seen) == 2:
        day, month = seen[DateOrder.DAY_FIRST], seen[DateOrder.MONTH_FIRST]
        raise Malformed(
            f"{name}: “{day[1][:20]}” in line {day[0]} begins with the day,"
            f" “{month[1][:20]}” in line {month[0]} with the month"
        )
    return next(iter(seen), None)


def instant_of(cell: Cell, order: DateOrder | None, zone: tzinfo) -> datetime:
    """The instant that a cell names, in UTC; a date is its midnight, by the clocks of `zone`.
    Malformed where it is none, or where the day and the month can be told from nothing."""
    if isinstance(cell, datetime):
        return _by_clocks_of(cell, zone)
    text = text_of(cell)
    serial = _serial(text)
    if serial is not None:
        return _by_clocks_of(serial, zone)
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _instant(found, _month(found), int(found["d"]), zone)
    found = _SLASHED.fullmatch(text)
    if found is None:
        raise Malformed(f"“{text[:40]}” is not a date: write it like 2026-12-31")
    first, second = int(found["a"]), int(found["b"])
    if order is None and first != second:
        raise Malformed(f"“{text[:40]}” has the day or the month first: say which (--dates)")
    day_first = order is DateOrder.DAY_FIRST
    month, day = (second, first) if day_first else (first, second)
    return _instant(found, month, day, zone)


def _serial(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{5}(\.\d{1,12})?", text, re.ASCII) or int(text[:5]) not in _SERIALS:
        return None
    # The time is a fraction of the day: to the second is as exact as it is meant.
    return _EXCEL_EPOCH + timedelta(seconds=round(Decimal(text) * 86_400))


def _month(found: re.Match[str]) -> int:
    named = found.groupdict().get("mon")
    if named is None:
        return int(found["m"])
    try:
        return _MONTHS[named[:3].lower()]
    except KeyError:
        raise Malformed(f"“{named}” is not a month") from None


def _instant(found: re.Match[str], month: int, day: int, zone: tzinfo) -> datetime:
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    clock = found["time"] or "00:00"
    written = f"{year:04d}-{month:02d}-{day:02d}T{'0' * (clock[1] == ':')}{clock}"
    try:
        local = datetime.fromisoformat(written)
        offset = found["zone"]
        if offset is None:
            return _by_clocks_of(local, zone)
        if offset.upper() in {"Z", "UTC"}:
            return local.replace(tzinfo=UTC)
        return datetime.fromisoformat(f"{written}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"“{found[0][:40]}” is no day of the calendar") from None


def _by_clocks_of(local: datetime, zone: tzinfo) -> datetime:
    try:
        return local.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"“{local}” is no day of the calendar") from None
