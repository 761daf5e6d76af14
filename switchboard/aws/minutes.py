"""Counted minutes in DynamoDB: an item a worker and minute, the minutes of an hour together."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database
from switchboard.aws.models.system import MinuteItem
from switchboard.calls.minutes import Counts, Minute

KEPT = timedelta(days=35)
HOUR = timedelta(hours=1)


class DynamoMinutes:
    """`Minutes` over one table: a day is read in 24 queries, however many calls it had."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(MinuteItem)

    def save(self, minute: Minute) -> None:
        """Written whole, so that it may be repeated."""
        self._items(
            _hour(minute.at),
            f"{_minute(minute.at)}#{minute.worker}",
            counts=to_text(minute.counts),
            gone_at=minute.at + KEPT,
        ).save()

    def between(self, begin: datetime, end: datetime) -> Iterator[Minute]:
        """Hour by hour."""
        hour = begin.replace(minute=0, second=0, microsecond=0)
        while hour < end:
            for item in self._items.query(_hour(hour), consistent_read=True):
                minute, _, worker = item.part.partition("#")
                at = hour + timedelta(minutes=int(minute))
                if begin <= at < end:
                    yield Minute(worker, at, from_text(item.counts, Counts))
            hour += HOUR


def _hour(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H}"


def _minute(at: datetime) -> str:
    return f"{at:%M}"
