"""Rings in DynamoDB: which came first by its key, and the refused ones by day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from switchboard.aws.forms import to_us
from switchboard.aws.models.calls import RingItem
from switchboard.aws.models.database import Database, made
from switchboard.numbering import PhoneNumber

FIRST = "first"
# How long after its use an item is kept.
KEPT = timedelta(days=1)
REFUSALS_KEPT = timedelta(days=90)


class DynamoRings:
    """`Rings` over one table, which forgets by itself."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(RingItem)

    def first(self, key: str, callback: str, *, now: datetime, until: datetime) -> str:
        """The callback that has this key now."""
        items, item = self._items, self._items(f"{FIRST}#{key}", FIRST)
        actions: list[Any] = [
            items.callback.set(callback),
            items.until.set(to_us(until)),
            items.gone_at.set(until + KEPT),
        ]
        free = items.ring.does_not_exist() | (items.until <= to_us(now))
        # A repeated write after a lost reply finds its own callback.
        if made(lambda: item.update(actions, condition=free)):
            return callback
        return str(items.get(f"{FIRST}#{key}", FIRST, consistent_read=True).callback)

    def count_refused(self, service: PhoneNumber, code: str, day: date) -> None:
        """Count a ring that was refused; twice at most where a reply was lost."""
        items = self._items
        gone_at = datetime(day.year, day.month, day.day, tzinfo=UTC) + REFUSALS_KEPT
        items(_refused(service, day), code).update([items.times.add(1), items.gone_at.set(gone_at)])

    def refused(self, service: PhoneNumber, day: date) -> Mapping[str, int]:
        """How many rings were refused on a day, by the code of the refusal."""
        found = self._items.query(_refused(service, day), consistent_read=True)
        return {item.part: int(item.times) for item in found}


def _refused(service: PhoneNumber, day: date) -> str:
    return f"refused#{service}#{day.isoformat()}"
