"""Opening hours: when a service number takes orders."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.billing.account import check_time_zone
from switchboard.errors import Malformed
from switchboard.rating.deck.periods import format_days, format_hours, parse_window
from switchboard.rating.hours import Hours
from switchboard.rating.row import Day, Window

# Every window opens once in this time, also where a week has a shift of the clocks in it.
LONGEST_CLOSED = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open in any of these windows, by the clocks of a time zone (IANA)."""

    windows: tuple[Window, ...]
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        check_time_zone(self.time_zone)
        if not self.windows:
            raise Malformed("opening hours have one window at least")
        if any(Day.HOLIDAY in window.days for window in self.windows):
            raise Malformed("opening hours know no holidays")

    def __str__(self) -> str:
        return f"{', '.join(map(format_opening, self.windows))} ({self.time_zone})"

    def opens_at(self, at: datetime) -> datetime:
        """This instant where it is open then, else the next at which it opens."""
        hours = Hours(self.time_zone)
        turns = sorted(hours.turns(self.windows, at, at + LONGEST_CLOSED))
        opened = (
            turn
            for turn in (at, *turns)
            if any(hours.opened_on(window, turn) for window in self.windows)
        )
        return next(opened)


def parse_opening(text: str) -> Window:
    """The window in “mon-fri 09:00-17:00”, either part of which may be missing. Malformed says why
    it is none."""
    days, _, hours = text.strip().rpartition(" ")
    return parse_window(days, hours) if ":" in hours else parse_window(text, "")


def format_opening(window: Window) -> str:
    """A window as `parse_opening` reads it."""
    return f"{format_days(window)} {format_hours(window)}".strip() or "daily"
