"""The system log in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.ports import Page
from switchboard.staff.system_log import KEPT, LogSearch, SystemEntry
from tests.fakes.pages import page_of


@dataclass
class MemorySystemLog:
    kept: dict[tuple[datetime, str], SystemEntry] = field(default_factory=dict)

    def keep(self, entries: Sequence[SystemEntry]) -> None:
        self.kept |= {(entry.at, entry.id): entry for entry in entries}

    def page(
        self, search: LogSearch, now: datetime, *, limit: int, cursor: str | None
    ) -> Page[SystemEntry]:
        entries = [entry for _, entry in sorted(self.kept.items(), reverse=True)]
        found = [entry for entry in entries if entry.at >= now - KEPT and search.has(entry)]
        return page_of(found, [entry.id for entry in found], limit=limit, cursor=cursor)
