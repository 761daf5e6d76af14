"""Jobs and files in memory, and a runner that runs what waits."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from switchboard.desk.jobs import Kinds, run_job
from switchboard.desk.office.job_kinds import KINDS
from switchboard.desk.work import Tools
from switchboard.errors import NotFound
from switchboard.ports import Page, Ports, UploadForm
from switchboard.spreadsheets.files import FileSpreadsheets
from switchboard.staff.jobs import Job
from tests.fakes.pages import page_of
from tests.fakes.texts import PIN_KEY

TOOLS = Tools(FileSpreadsheets(), PIN_KEY)
ELSEWHERE = "https://files.example.com/"


@dataclass
class MemoryJobs:
    kept: dict[str, Job] = field(default_factory=dict)

    def add(self, job: Job) -> bool:
        return self.kept.setdefault(job.id, job) == job

    def find(self, job: str) -> Job | None:
        return self.kept.get(job)

    def replace(self, old: Job, new: Job) -> bool:
        if self.kept.get(old.id) not in (old, new):
            return False
        self.kept[new.id] = new
        return True

    def page(self, *, by: str | None = None, limit: int, cursor: str | None) -> Page[Job]:
        found = [job for job in self.kept.values() if by in (None, job.by)]
        found.sort(key=lambda job: (job.asked_at, job.id), reverse=True)
        return page_of(found, [job.id for job in found], limit=limit, cursor=cursor)


@dataclass
class MemoryFiles:
    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, content: IO[bytes], content_type: str) -> int:
        self.kept[key] = content.read()
        return len(self.kept[key])

    @contextmanager
    def open(self, key: str) -> Iterator[IO[bytes]]:
        if key not in self.kept:
            raise NotFound("this file is gone")
        yield io.BytesIO(self.kept[key])

    def size(self, key: str) -> int | None:
        return len(self.kept[key]) if key in self.kept else None

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    def link(self, key: str, name: str) -> str:
        return f"{ELSEWHERE}{key}?name={name}"

    def upload_form(self, key: str, *, most_bytes: int, then: str) -> UploadForm:
        fields = {"key": key, "most": str(most_bytes), "success_action_redirect": then}
        return UploadForm(ELSEWHERE, fields)


def run_waiting(ports: Ports, kinds: Kinds = KINDS) -> None:
    """Takes every message that is in the queue now, once."""
    taken, ports.job_queue.sent[:] = list(ports.job_queue.sent), []
    for job in taken:
        run_job(ports, kinds, TOOLS, job)
