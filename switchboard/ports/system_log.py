"""Where the system log is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from switchboard.ports.pages import Page
from switchboard.staff.system_log import LogSearch, SystemEntry


class SystemLog(Protocol):
    """What processes told, for thirty days."""

    def keep(self, entries: Sequence[SystemEntry]) -> None:
        """Keep entries, each in the place of one of the same id and instant."""

    def page(
        self, search: LogSearch, now: datetime, *, limit: int, cursor: str | None
    ) -> Page[SystemEntry]:
        """A part of what is searched for, newest first. A part may be shorter than the limit, or
        empty, and not the last: only so much is read for one. Malformed where the cursor is not
        one of ours."""
