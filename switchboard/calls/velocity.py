"""Velocity: how often something may happen (design §11); a caller ID is no proof."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in a window of time; windows follow each other without a gap."""

    most: int
    window: timedelta

    def window_at(self, now: datetime) -> int:
        """The number of the window that this instant is in."""
        return (now - _EPOCH) // self.window

    def ends_at(self, now: datetime) -> datetime:
        """When the window of this instant is over."""
        return _EPOCH + (self.window_at(now) + 1) * self.window
