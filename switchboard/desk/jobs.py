"""Jobs are asked for, run by whoever takes them from the queue, and cancelled.

To add a kind of job, say `deck-import`, write two use cases in switchboard/desk/office:

    @needs(Area.RATES, Action.CHANGE)
    def start_deck_import(ports, by, upload, sheet, *, token) -> Job:
        check_upload(ports, by, upload)              # whatever can be refused at once
        return start_job(ports, by, "deck-import", {"upload": upload, "sheet": sheet}, token=token)

    @needs(Area.RATES, Action.CHANGE)
    def run_deck_import(ports: Ports, by: Operator, work: Work) -> Result:
        with work.uploaded() as worksheets:          # of the argument `upload`
            for number, row in enumerate(rows, start=1):
                work.tell(number, len(rows), "writing")
                …
        return Result({"rates": number}, bad_rows, (work.keep("old.xlsx", header, rows),))

an entry in `KINDS` (switchboard/desk/office/job_kinds.py), its words and what follows it in
api/chalicelib/admin/job_kinds.py, and a form that starts it and goes to `/admin/jobs/{id}`. `token`
is the nonce of the form: the same form, posted twice, makes one job. Files are uploaded by
`ask_for_file` of api/chalicelib/admin/uploads.py.

The function of a kind (switchboard/desk/work.py has what it is given) must be safe to repeat: a
runner can die at any moment, and another begins anew. It tells how far it is at least once a
minute, else another runner takes it for dead; that is also where it is cancelled, by an exception
that it lets pass. What it refuses, it says by a Refusal, which is shown. Arguments are what JSON
can say, without secrets. It is called with the rights that whoever asked for the job has at that
moment, and `needs` refuses them where those are gone.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from switchboard.desk.office.known import operator_now
from switchboard.desk.office.rights import log
from switchboard.desk.work import LEASE, Stopped, Tools, Work
from switchboard.errors import Conflict, Refusal
from switchboard.ports import Ports
from switchboard.staff.audit import Change, said
from switchboard.staff.jobs import ROWS_SHOWN, Job, JobState, Report, Result
from switchboard.staff.users import Operator

# A job whose runner died so often is given up: it would kill the next one, too.
MOST_TRIES = 3
AGAIN = timedelta(seconds=5)
# What was not taken, where that is more than the job shows.
NOT_TAKEN = "not-taken.csv"

Kind = Callable[[Ports, Operator, Work], Result]
Kinds = Mapping[str, Kind]


def start_job(
    ports: Ports, by: Operator, kind: str, arguments: Mapping[str, Any], *, token: str
) -> Job:
    """A job of this kind, which waits for a runner; the same token is the same job. Whether it may
    be started at all, the caller has checked."""
    id_ = job_id(by, kind, token)
    job = Job(id_, kind, arguments, by.login, by.address, ports.clock.now())
    known = ports.jobs.find(id_)
    if known is None and ports.jobs.add(job):
        told = [Change(name, "", said(value)) for name, value in arguments.items()]
        log(ports, by, "start", f"job {kind}", told)
    # Once more where it was added before: whoever added it may have died before they sent it.
    ports.job_queue.send(id_)
    return known or job


def job_id(by: Operator, kind: str, token: str) -> str:
    """The id of the job that `start_job` makes of these."""
    return hashlib.sha256(f"{by.login}#{kind}#{token}".encode()).hexdigest()[:32]


def run_job(ports: Ports, kinds: Kinds, tools: Tools, job: str) -> None:
    """Run a job that came from the queue, unless another runner has it, or it has ended. A fault of
    its kind is raised: the job is tried again in a moment, a few times in all."""
    claimed = _claim(ports, job)
    if claimed is None:
        return
    work = Work(ports, tools, claimed)
    try:
        ended = _ended(ports, kinds, work)
        work.write(replace(ended, ended_at=ports.clock.now(), lease_until=None))
    except Stopped:
        _stop(ports, work)
    finally:
        if work.job.state is JobState.RUNNING:
            _give_back(ports, work.job)


def cancel_job(ports: Ports, job: Job) -> Job:
    """The job, which ends as soon as its runner notices. Conflict where it has ended."""
    if job.state.final:
        raise Conflict("this job has ended already")
    if job.state is JobState.WAITING:
        new = replace(job, state=JobState.CANCELLED, ended_at=ports.clock.now())
    else:
        new = replace(job, cancelling=True)
    if not ports.jobs.replace(job, new):
        found = ports.jobs.find(job.id)
        assert found is not None, "a job that was there is not forgotten in a moment"
        return cancel_job(ports, found)
    return new


def _claim(ports: Ports, name: str) -> Job | None:
    """The job, if it is this runner's from now on."""
    job, now = ports.jobs.find(name), ports.clock.now()
    if job is None or job.state.final:
        return None
    if job.lease_until is not None and job.lease_until > now:
        # Should its runner die, somebody has to come back to it.
        ports.job_queue.send(name, delay=job.lease_until - now)
        return None
    if job.cancelling:
        _end(ports, job, JobState.CANCELLED)
        return None
    if job.tries == MOST_TRIES:
        _end(ports, job, JobState.FAILED, "it broke off again and again: the log says why")
        return None
    claimed = replace(
        job,
        state=JobState.RUNNING,
        started_at=job.started_at or now,
        runner=uuid4().hex,
        lease_until=now + LEASE,
        tries=job.tries + 1,
        done=0,
        total=None,
        doing="",
    )
    if not ports.jobs.replace(job, claimed):
        return None
    ports.job_queue.send(name, delay=LEASE)
    return claimed


def _ended(ports: Ports, kinds: Kinds, work: Work) -> Job:
    """The job as it ended. Stopped where it did not."""
    try:
        by = operator_now(ports, work.job.by, work.job.address)
        result = kinds[work.job.kind](ports, by, work)
        return replace(_with_result(work, result), shows=by.is_shown)
    except Refusal as refusal:
        return replace(work.job, state=JobState.FAILED, failure=refusal.message)


def _with_result(work: Work, result: Result) -> Job:
    files = result.files
    if len(result.bad) > ROWS_SHOWN:
        rows = ([str(row.line), row.reason] for row in result.bad)
        files = (*files, work.keep(NOT_TAKEN, ("line", "reason"), rows))
    report = Report(result.counts, tuple(result.bad[:ROWS_SHOWN]), len(result.bad))
    job = work.job
    done = job.total or job.done
    return replace(job, state=JobState.DONE, done=done, files=files, report=report)


def _stop(ports: Ports, work: Work) -> None:
    """The end of a job that was cancelled; one that is another runner's is left to it."""
    if work.job.cancelling:
        _end(ports, work.job, JobState.CANCELLED)
        work.job = replace(work.job, state=JobState.CANCELLED)


def _end(ports: Ports, job: Job, state: JobState, failure: str = "") -> None:
    ended_at = ports.clock.now()
    new = replace(job, state=state, failure=failure, ended_at=ended_at, lease_until=None)
    ports.jobs.replace(job, new)


def _give_back(ports: Ports, job: Job) -> None:
    """Let the next runner have it, if it is still this one's."""
    if ports.jobs.replace(job, replace(job, lease_until=None)):
        ports.job_queue.send(job.id, delay=AGAIN)
