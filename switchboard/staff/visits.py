"""Visits: a browser where a user is signed in, kept here so that it can be listed and ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Whoever does nothing for so long has left their desk; a day's work is done after the other.
IDLE_LIMIT = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# To find the phone and type its code.
CODE_WAITS = timedelta(minutes=5)
# How late the end of an idle visit may be noticed: so seldom a visit is written.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """`id` is the hash of what the browser bears. It is good for nothing but a code while it is not
    `complete`."""

    user: str
    id: str
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str
    complete: bool = True

    @property
    def ends_at(self) -> datetime:
        """When it is over, if nothing more is done."""
        if not self.complete:
            return self.began_at + CODE_WAITS
        return min(self.began_at + LONGEST, self.seen_at + IDLE_LIMIT)
