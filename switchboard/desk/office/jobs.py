"""Jobs, as users look after their own; whoever may see the system looks at those of others."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from switchboard.desk import jobs
from switchboard.desk.office.job_kinds import KINDS
from switchboard.desk.office.known import check_sees_all, tells_of_hidden
from switchboard.desk.office.rights import log, right_of
from switchboard.errors import Conflict, NoRight, NotFound
from switchboard.ports import Page, Ports
from switchboard.staff.audit import Change
from switchboard.staff.jobs import Job, JobFile
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

SEE_SYSTEM = Right(Area.SYSTEM, Action.SEE)
CHANGE_SYSTEM = Right(Area.SYSTEM, Action.CHANGE)


def list_jobs(
    ports: Ports, by: Operator, *, everybody: bool = False, limit: int, cursor: str | None = None
) -> Page[Job]:
    """A part of one's own jobs, or of everybody's, newest first; it may be shorter than the limit,
    and not the last. NotAllowed to look at those of others for who has own accounts only."""
    if everybody:
        by.check(SEE_SYSTEM)
        check_sees_all(by)
    page = ports.jobs.page(by=None if everybody else by.login, limit=limit, cursor=cursor)
    hides = tells_of_hidden(ports, by)
    return Page([job for job in page.items if not _hidden(job, hides)], page.cursor)


def find_job(ports: Ports, by: Operator, name: str) -> Job:
    """A job. NotFound where there is none, or none for this operator."""
    job = ports.jobs.find(name)
    now = ports.clock.now()
    if job is None or now >= job.expires_at or not (_is_own(by, job) or sees_all(by)):
        raise NotFound("there is no such job")
    if _hidden(job, tells_of_hidden(ports, by)):
        raise NotFound("there is no such job")
    return job


def cancel_job(ports: Ports, by: Operator, name: str) -> Job:
    """The job, which ends as soon as its runner notices. Conflict where it has ended."""
    job = find_job(ports, by, name)
    if not _is_own(by, job):
        by.check(CHANGE_SYSTEM)
    cancelled = jobs.cancel_job(ports, job)
    log(ports, by, "cancel", f"job {job.kind}", [Change("job", "", job.id)])
    return cancelled


def link_to_file(ports: Ports, by: Operator, name: str, file_name: str) -> str:
    """Where a file of a job is for a minute. NotFound where it is gone; NoRight where the job was
    somebody else's, or where whoever asked for it may ask for such jobs no more, or is not shown by
    now what the file may have."""
    job, file = _file(ports, by, name, file_name)
    about = f"job {job.kind}"
    log(ports, by, "download", about, [Change("job", "", job.id), Change("file", "", file.name)])
    return ports.files.link(file.key, file.name)


def delete_file(ports: Ports, by: Operator, name: str, file_name: str) -> Job:
    """The job without this file, which nobody gets any more. Conflict where the job has changed
    meanwhile."""
    job, file = _file(ports, by, name, file_name)
    ports.files.delete(file.key)
    left = tuple(one for one in job.files if one != file)
    new = replace(job, files=left)
    if not ports.jobs.replace(job, new):
        raise Conflict("somebody changed this job at the same moment: try again")
    log(ports, by, "delete file", f"job {job.kind}", [Change("file", file.name, "")])
    return new


def _file(ports: Ports, by: Operator, name: str, file_name: str) -> tuple[Job, JobFile]:
    job = find_job(ports, by, name)
    file = job.file(file_name)
    if file is None or ports.clock.now() >= file.until:
        raise NotFound("this file is gone")
    if not _is_own(by, job):
        raise NoRight("this file is for whoever asked for the job")
    by.check(right_of(KINDS[job.kind]))
    if lost := [name for name in job.shows if name not in by.is_shown]:
        raise NoRight(f"this file may have what you are not shown any more: {', '.join(lost)}")
    return job, file


def sees_all(by: Operator) -> bool:
    """Whether they look at jobs of others, too: these tell of everybody's accounts."""
    return by.may(SEE_SYSTEM) and not by.role.own_accounts_only


def _hidden(job: Job, hides: Callable[[Any], bool]) -> bool:
    """Whether a job is about a sheet that does not exist for who asks."""
    return any(map(hides, job.arguments.values()))


def _is_own(by: Operator, job: Job) -> bool:
    return job.by == by.login
