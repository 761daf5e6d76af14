"""Visits in DynamoDB, which takes them away by itself when they are over."""

from collections.abc import Sequence
from datetime import datetime

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import PassingItem
from switchboard.ports import Visit


class DynamoVisits:
    """`Visits`: one item an account."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(PassingItem)

    def of(self, account: str) -> Sequence[Visit]:
        """Those of an account, strongly consistent."""
        try:
            kept = self._items.get(_key(account), consistent_read=True).visits
        except self._items.DoesNotExist:
            return ()
        return from_text(kept, tuple[Visit, ...])

    def save(self, account: str, old: Sequence[Visit], new: Sequence[Visit]) -> bool:
        """Replace them, if they are still the old ones."""
        items = self._items
        unchanged = items.visits == to_text(tuple(old)) if old else items.visits.does_not_exist()
        item = items(_key(account), visits=to_text(tuple(new)), gone_at=_end(new or old))
        # A write whose reply was lost is repeated, and fails the second time.
        if new:
            return made(lambda: item.save(unchanged)) or self.of(account) == tuple(new)
        return made(lambda: item.delete(unchanged)) or not self.of(account)


def _key(account: str) -> str:
    return f"visits#{account}"


def _end(visits: Sequence[Visit]) -> datetime:
    return max(visit.expires_at for visit in visits)
