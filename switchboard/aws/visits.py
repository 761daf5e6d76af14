"""Visits in DynamoDB, which takes them away by itself when they are over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from switchboard.aws.forms import from_text, to_text, to_us
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import DialerItem, PassingItem
from switchboard.ports import Dialer, Visit

ALL = "all"


class DynamoVisits:
    """`Visits`: one item an account, and one a dialer in a table of theirs."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(PassingItem)
        self._dialers = database.table(DialerItem)

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

    def list_dialer(self, dialer: Dialer) -> None:
        """Written whole, so that it may be repeated."""
        gone_at, text = dialer.visit.expires_at, to_text(dialer)
        key = (ALL, _place(dialer.visit))
        self._dialers(*key, owner=dialer.owner, dialer=text, gone_at=gone_at).save()

    def unlist_dialer(self, visit: Visit) -> None:
        """Take the dialer of a visit from the list."""
        self._dialers(ALL, _place(visit)).delete()

    def dialers(self, now: datetime, *, owner: str | None = None, limit: int) -> Sequence[Dialer]:
        """Those whose visits go on, the last to be over first, eventually consistent."""
        lists: Any = self._dialers if owner is None else self._dialers.by_owner
        found = lists.query(
            ALL if owner is None else owner,
            self._dialers.place > _instant(now + timedelta.resolution),
            scan_index_forward=False,
            limit=limit,
        )
        return [from_text(item.dialer, Dialer) for item in found]


def _key(account: str) -> str:
    return f"visits#{account}"


def _place(visit: Visit) -> str:
    return f"{_instant(visit.expires_at)}#{visit.id}"


def _instant(at: datetime) -> str:
    return f"{to_us(at):020d}"


def _end(visits: Sequence[Visit]) -> datetime:
    return max(visit.expires_at for visit in visits)
