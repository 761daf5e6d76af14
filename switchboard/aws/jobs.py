"""Jobs in DynamoDB, which takes them away after their time."""

from typing import Any

from switchboard.aws.cursors import make_cursor, open_cursor
from switchboard.aws.forms import from_text, to_text, to_us
from switchboard.aws.models.database import Database, made, may_be_key
from switchboard.aws.models.jobs import JobItem
from switchboard.ports import Page
from switchboard.staff.jobs import Job

ALL = "all"


class DynamoJobs:
    """`Jobs` over one table."""

    def __init__(self, database: Database) -> None:
        self._items: Any = database.table(JobItem)

    def add(self, job: Job) -> bool:
        """Add a job, if its id is new."""
        item = self._item(job)
        # Where a reply was lost, it is there already, and is what was to be added.
        new = self._items.id.does_not_exist() | (self._items.job == item.job)
        return made(lambda: item.save(new))

    def find(self, job: str) -> Job | None:
        """A job, strongly consistent."""
        if not may_be_key(job):
            return None
        try:
            return from_text(self._items.get(job, consistent_read=True).job, Job)
        except self._items.DoesNotExist:
            return None

    def replace(self, old: Job, new: Job) -> bool:
        """Replace a job, if it is still `old`."""
        item = self._item(new)
        return made(lambda: item.save(self._items.job.is_in(to_text(old), item.job)))

    def page(self, *, by: str | None = None, limit: int, cursor: str | None) -> Page[Job]:
        """A part of the jobs of a user, or of all, newest first."""
        index, key = (self._items.all_jobs, ALL) if by is None else (self._items.by_asker, by)
        older = None if cursor is None else self._items.place < _behind(cursor)
        found = index.query(key, older, scan_index_forward=False, limit=limit + 1)
        jobs = [from_text(item.job, Job) for item in found]
        if len(jobs) <= limit:
            return Page(jobs, None)
        last = jobs[limit - 1]
        return Page(jobs[:limit], make_cursor(last.id, to_us(last.asked_at)))

    def _item(self, job: Job) -> Any:
        place = _place(job.id, to_us(job.asked_at))
        return self._items(
            job.id,
            asker=job.by,
            listed=ALL,
            place=place,
            job=to_text(job),
            gone_at=job.expires_at,
        )


def _place(job: str, asked_us: int) -> str:
    return f"{asked_us:020d}#{job}"


def _behind(cursor: str) -> str:
    return _place(*open_cursor(cursor))
