"""Where workers leave what they counted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from switchboard.calls.minutes import Minute


class Minutes(Protocol):
    """What each worker counted in each minute, for some weeks."""

    def save(self, minute: Minute) -> None:
        """Replace what a worker has told of this minute: it tells all of it each time."""

    def between(self, begin: datetime, end: datetime) -> Iterator[Minute]:
        """The minutes that began from then on and before the end, in order."""
