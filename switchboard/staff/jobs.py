"""Jobs: long work that a user asked for, how far it is, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from switchboard.tables.cells import BadRow

# A job and its files are forgotten after this.
KEPT = timedelta(days=7)
# A file of secrets goes sooner.
SECRETS_KEPT = timedelta(days=1)
# How many days files are kept at least, by what their keys begin with.
FILE_DAYS: Mapping[str, int] = {"uploads/": 1, "secrets/": 1, "results/": 8}
# Of the rows that were not taken, so many stand in the job; all are in a file.
ROWS_SHOWN = 50


class JobState(Enum):
    """A job waits, runs, and ends in one of the others."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more happens to the job."""
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file that a job made, until when it can be had. One of secrets is for nobody but who asked
    for the job."""

    name: str
    key: str = field(repr=False)
    size: int
    until: datetime
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a job: what was counted, and the first of the `bad` rows that were not taken."""

    counts: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[BadRow, ...] = ()
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What the function of a kind gives: counts by their names, every row that was not taken, and
    the files that it kept."""

    counts: Mapping[str, int] = field(default_factory=dict)
    bad: Sequence[BadRow] = ()
    files: tuple[JobFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `arguments` are what JSON can say, without secrets. While it runs, `runner` has it
    until `lease_until`, and has done `done` of `total` of what it is `doing`. `tries` counts the
    runners that had it. `shows` is what its files may have that not everybody is shown."""

    id: str
    kind: str
    arguments: Mapping[str, Any]
    by: str
    address: str
    asked_at: datetime
    state: JobState = JobState.WAITING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    done: int = 0
    total: int | None = None
    doing: str = ""
    files: tuple[JobFile, ...] = ()
    report: Report = Report()
    failure: str = ""
    cancelling: bool = False
    tries: int = 0
    runner: str = ""
    lease_until: datetime | None = None
    shows: tuple[str, ...] = ()

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten."""
        return self.asked_at + KEPT

    @property
    def percent(self) -> int | None:
        """How far it is; None where nobody knows."""
        return min(100, 100 * self.done // self.total) if self.total else None

    def file(self, name: str) -> JobFile | None:
        """The file of this name, if there is one."""
        return next((file for file in self.files if file.name == name), None)
