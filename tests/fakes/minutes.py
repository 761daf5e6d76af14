"""Counted minutes in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.calls.minutes import Minute


@dataclass
class MemoryMinutes:
    kept: dict[tuple[datetime, str], Minute] = field(default_factory=dict)
    writes: int = 0

    def save(self, minute: Minute) -> None:
        self.writes += 1
        self.kept[minute.at, minute.worker] = minute

    def between(self, begin: datetime, end: datetime) -> Iterator[Minute]:
        return (self.kept[key] for key in sorted(self.kept) if begin <= key[0] < end)
