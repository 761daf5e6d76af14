"""The journal of an account in DynamoDB, as it is read: by identity, or newest first."""

import base64
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from switchboard.aws.forms import from_text, to_us
from switchboard.aws.models.accounts import EntryItem
from switchboard.aws.models.database import Database
from switchboard.errors import Malformed
from switchboard.ledger.entries import JournalEntry
from switchboard.ports import Page

_PLACE = re.compile(r"[0-9]{17}#[^\x00-\x1f]{1,1000}")


class Journal:
    """The part of `Books` that reads the journal."""

    def __init__(self, database: Database) -> None:
        self._items: Any = database.table(EntryItem)

    def entry(self, account: str, identity: str) -> JournalEntry | None:
        """The entry of this identity, strongly consistent."""
        try:
            return _entry(self._items.get(account, identity, consistent_read=True))
        except self._items.DoesNotExist:
            return None

    def entries(self, account: str) -> Iterator[JournalEntry]:
        """All of it, by identity."""
        return map(_entry, self._items.query(account, consistent_read=True))

    def page(
        self, account: str, *, limit: int, cursor: str | None, until: datetime | None
    ) -> Page[JournalEntry]:
        """A part of it, newest first."""
        end = None if until is None else f"{to_us(until):017d}"
        found = self._items.by_place.query(
            account,
            None if end is None else self._items.place < end,
            limit=limit,
            scan_index_forward=False,
            last_evaluated_key=None if cursor is None else _open(cursor, account, end),
        )
        items = list(found)
        more = found.last_evaluated_key is not None and len(items) == limit
        return Page([_entry(item) for item in items], _make(items[-1]) if more else None)


def place_of(entry: JournalEntry) -> str:
    """Where an entry stands in a list by instants."""
    return f"{to_us(entry.entered_at):017d}#{entry.identity}"


def _entry(item: Any) -> JournalEntry:
    return from_text(item.entry, JournalEntry)


def _make(item: Any) -> str:
    return base64.urlsafe_b64encode(item.place.encode()).decode()


def _open(cursor: str, account: str, end: str | None) -> dict[str, Any]:
    try:
        place = base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        place = ""
    # DynamoDB would not begin outside of what is asked for.
    if not _PLACE.fullmatch(place) or (end is not None and place >= end):
        raise Malformed("this cursor is not one of this list")
    identity = place.partition("#")[2]
    return {"account": {"S": account}, "identity": {"S": identity}, "place": {"S": place}}
