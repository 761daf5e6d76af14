"""When a time of day comes next, by the clocks of an account."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from switchboard.errors import UnreadableText

# Nobody remembers having ordered what comes later.
FURTHEST = timedelta(days=60)


def instant_of(at: time, on: date | None, now: datetime, zone: str) -> datetime:
    """The next time, or on this day, that clocks in `zone` show `at`, in UTC; always after now.

    A time that clocks skip in spring is as much later as they are put forward; of a time that they
    show twice in autumn it is the first, while that is to come. UnreadableText where the day is
    over, or too far ahead.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    days = [today, today + timedelta(days=1)] if on is None else [on]
    for day in days:
        for fold in (0, 1):
            local = datetime.combine(day, at, ZoneInfo(zone)).replace(fold=fold)
            try:
                instant = local.astimezone(UTC)
            except OverflowError:
                break
            if now < instant <= now + FURTHEST and not (fold and _is_skipped(local)):
                return instant
    raise UnreadableText(f"A callback can be planned for the next {FURTHEST.days} days")


def _is_skipped(local: datetime) -> bool:
    """Whether no clock shows this time: there and back again it is another."""
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) != local.replace(tzinfo=None)
