"""What the function of a job has at hand: its arguments, its uploaded file, and a way to tell how
far it is and to keep what it makes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from switchboard.billing.pins import PinKey
from switchboard.errors import Malformed, NotFound
from switchboard.ports import Ports, Spreadsheets
from switchboard.staff.jobs import SECRETS_KEPT, Job, JobFile, JobState
from switchboard.tables.cells import Cell, Worksheet

# A runner that told nothing for so long has died.
LEASE = timedelta(minutes=2)
# So often it is written how far a job is.
PACE = timedelta(seconds=2)
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


class Stopped(Exception):
    """A job goes no further: it is cancelled, or another runner has it."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What jobs work with besides the ports; wired by the door."""

    spreadsheets: Spreadsheets
    pin_key: PinKey


class Work:
    """A job while one runner has it."""

    def __init__(self, ports: Ports, tools: Tools, job: Job) -> None:
        self.tools = tools
        self.job = job
        self._ports = ports
        self._told_at = ports.clock.now()

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was asked for."""
        return self.job.arguments

    def tell(self, done: int, total: int | None = None, doing: str = "") -> None:
        """Say how far the job is, as often as you like: it is written every other second. Stopped
        where the job is cancelled, or another runner has it."""
        now = self._ports.clock.now()
        if now - self._told_at < PACE and doing in ("", self.job.doing):
            return
        self._told_at = now
        doing = doing or self.job.doing
        self.write(replace(self.job, done=done, total=total, doing=doing, lease_until=now + LEASE))

    def write(self, changed: Job) -> None:
        """Keep a change of the job. Stopped where it is this runner's no more, or cancelled while
        it was to go on."""
        if self._ports.jobs.replace(self.job, changed):
            self.job = changed
            return
        found = self._ports.jobs.find(self.job.id)
        if found is None or found.runner != self.job.runner or found.state is not JobState.RUNNING:
            raise Stopped
        self.job = found
        if not changed.state.final:
            raise Stopped
        # What is done by now is done.
        self.write(changed)

    @contextmanager
    def uploaded(
        self, *, worksheet: str | None = None, delimiter: str | None = None
    ) -> Iterator[Iterator[Worksheet]]:
        """The worksheets of the file that the argument `upload` names; what is not told of it is
        found out. NotFound where it is gone, Malformed where it cannot be read."""
        key = upload_key(self.job.by, self.arguments["upload"])
        tools = self.tools.spreadsheets
        with read_upload(
            self._ports, tools, key, worksheet=worksheet, delimiter=delimiter
        ) as worksheets:
            yield worksheets

    def keep(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        secret: bool = False,
    ) -> JobFile:
        """A table as a file of the job, of the kind that its name ends in; a `secret` one is for
        nobody but who asked for it, and kept for a day. A repeated job replaces its files."""
        kind = name.rpartition(".")[2]
        with self.tools.spreadsheets.written(kind, header, rows) as content:
            key = self._key(name, secret=secret)
            size = self._ports.files.put(key, content, CONTENT_TYPES[kind])
        return self._file(name, size, secret=secret)

    def kept(self, name: str, *, secret: bool = False) -> JobFile | None:
        """The file that an earlier runner of this job kept under this name."""
        size = self._ports.files.size(self._key(name, secret=secret))
        return None if size is None else self._file(name, size, secret=secret)

    def _file(self, name: str, size: int, *, secret: bool) -> JobFile:
        until = self.job.expires_at
        if secret:
            until = min(until, self._ports.clock.now() + SECRETS_KEPT)
        return JobFile(name, self._key(name, secret=secret), size, until, secret)

    def _key(self, name: str, *, secret: bool) -> str:
        return f"{'secrets' if secret else 'results'}/{self.job.id}/{name}"


def check_file_kind(kind: str) -> str:
    """A kind of file that a job writes. Malformed where it is none."""
    if kind not in CONTENT_TYPES:
        raise Malformed("this kind of file is none of ours")
    return kind


def upload_key(login: str, upload: str) -> str:
    """Where a user's upload of this name is: nobody else's name leads there."""
    return f"uploads/{login}/{upload}"


@contextmanager
def read_upload(
    ports: Ports,
    spreadsheets: Spreadsheets,
    key: str,
    *,
    worksheet: str | None = None,
    delimiter: str | None = None,
) -> Iterator[Iterator[Worksheet]]:
    """The worksheets of an uploaded file. NotFound where it is gone."""
    if ports.files.size(key) is None:
        raise NotFound("the file is gone: upload it again")
    with ports.files.open(key) as file:
        data = file.read()
    with spreadsheets.read(data, worksheet=worksheet, delimiter=delimiter) as worksheets:
        yield worksheets
