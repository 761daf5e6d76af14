"""Jobs."""

from switchboard.staff.jobs import Job
from switchboard.wire.forms import Body, instant, maybe_instant


def job_body(job: Job) -> Body:
    """A job with its report; its files without their keys."""
    return {
        "job": job.id,
        "kind": job.kind,
        "status": job.state.value,
        "done": job.done,
        "total": job.total,
        "by": job.by,
        "asked_at": instant(job.asked_at),
        "started_at": maybe_instant(job.started_at),
        "ended_at": maybe_instant(job.ended_at),
        "failure": job.failure or None,
        "counts": dict(job.report.counts),
        "not_taken": job.report.bad,
        "rows": [f"{row.line}: {row.reason}" for row in job.report.rows],
        "files": [
            {"name": file.name, "bytes": file.size, "until": instant(file.until)}
            for file in job.files
        ],
        "arguments": dict(job.arguments),
    }
