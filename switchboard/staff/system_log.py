"""The system log: what the processes themselves have to tell those who run them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

KEPT = timedelta(days=30)
# Whose lines they are: of a process, or of a work that several of them do.
PARTS = (
    "api",
    "command",
    "recurring",
    "supervisor",
    "sweep",
    "trunks",
    "up",
    "webhooks",
    "worker",
)


class Severity(Enum):
    """How much it matters: something to know, to look at, to repair."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """The worse, the higher."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """One line of a process: of which part of the system (`api`, `worker`, `sweep`, …), by which
    process, about what (`callback`, `account`, …). The same line said again within minutes is the
    same entry: it came `times`, at last at `last_at`. Of a fault it has the traceback."""

    id: str
    at: datetime
    severity: Severity
    part: str
    process: str
    text: str
    fault: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogSearch:
    """Which entries: at least so severe, of one part, with all of these words, not older than."""

    severity: Severity = Severity.INFO
    part: str = ""
    words: str = ""
    since: datetime | None = None

    def has(self, entry: SystemEntry) -> bool:
        """Whether an entry is searched for."""
        told = " ".join((entry.text, entry.process, *entry.facts.values(), entry.fault)).lower()
        return (
            entry.severity.rank >= self.severity.rank
            and self.part in ("", entry.part)
            and all(word in told for word in self.words.lower().split())
            and (self.since is None or entry.at >= self.since)
        )
