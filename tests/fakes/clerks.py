"""Jane, who starts jobs, and what she has of them."""

import io
from dataclasses import replace
from datetime import timedelta

from switchboard.ports import Ports
from switchboard.staff.jobs import KEPT, Job, JobFile, JobState, Report
from switchboard.staff.rights import ADMINISTRATOR, Role
from switchboard.staff.users import Operator
from switchboard.tables.cells import BadRow
from tests.fakes.console import add_jane

CHECKED, RUNNING, PINS, FAILED, WAITING, UPLOAD = (f"{number:032x}" for number in range(21, 27))
FILE = b"Customer id;Full name;Funds;Mobile\nbob;Bob;5,00;+442079460001\n"


def clerk(ports: Ports, role: Role = ADMINISTRATOR, login: str = "jane") -> Operator:
    """A user of this role, at the console."""
    add_jane(ports, role, login)
    return Operator(login, role, "console", "192.0.2.1")


def leave_jobs(ports: Ports) -> None:
    """A job in each state, with a report and with files, and an upload, all of them Jane's."""
    now = ports.clock.now()
    ports.files.put(f"uploads/jane/{UPLOAD}", io.BytesIO(FILE), "text/csv")
    bad = (
        BadRow(3, "balance: “much” is not an amount: write it like 12.50"),
        BadRow(4, "account alice is there already, and differs in: name, numbers, time_zone"),
    )
    plan = {"name": "winter-2026-for-the-resellers-of-the-north", "count": 5_000, "file": "csv"}
    secret = JobFile("winter.csv", "secrets/3/winter.csv", 312_345, now + KEPT / 7, secret=True)
    running = {"done": 120_000, "total": 250_000, "doing": "writing calls"}
    told = {"upload": UPLOAD, "columns": {}, "sheet": "retail", "country": "GB", "decimal": None}
    jobs = (
        _job(WAITING, "account-export", {"file": "xlsx"}),
        _job(RUNNING, "cdr-export", {"account": "alice"}, state=JobState.RUNNING, **running),
        _job(PINS, "pin-batch", plan, done=5_000, total=5_000, files=(secret,)),
        _job(
            CHECKED,
            "account-check",
            told,
            report=Report({"opens": 1_204, "unchanged": 3}, bad, 2),
        ),
        _job(
            FAILED,
            "account-import",
            told,
            state=JobState.FAILED,
            failure="the file is gone: upload it again",
        ),
    )
    for minutes, job in enumerate(jobs):
        ports.jobs.add(replace(job, asked_at=now - timedelta(minutes=minutes)))


def _job(name: str, kind: str, arguments: dict[str, object], **more) -> Job:
    told = {"state": JobState.DONE, **more}
    if name == WAITING:
        told["state"] = JobState.WAITING
    return Job(name, kind, arguments, "jane", "192.0.2.1", asked_at=None, **told)
