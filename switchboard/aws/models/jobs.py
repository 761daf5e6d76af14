"""The table of jobs."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from switchboard.aws.models.database import TableItem


class _ByAsker(GlobalSecondaryIndex["JobItem"]):
    """The jobs of a user, by instant."""

    class Meta:
        """Whole: a list shows how far they are."""

        index_name = "by_asker"
        projection = AllProjection()

    asker = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class _AllJobs(GlobalSecondaryIndex["JobItem"]):
    """All jobs, by instant."""

    class Meta:
        """Whole, as the index by user."""

        index_name = "all_jobs"
        projection = AllProjection()

    listed = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class JobItem(TableItem):
    """A job; `place` is its instant and its id."""

    table_name = "jobs"

    id = UnicodeAttribute(hash_key=True)
    asker = UnicodeAttribute()
    listed = UnicodeAttribute()
    place = UnicodeAttribute()
    job = UnicodeAttribute()
    gone_at = TTLAttribute()
    by_asker = _ByAsker()
    all_jobs = _AllJobs()
