"""The audit log in DynamoDB: each entry once in every list where it is looked for."""

import base64
import re
from collections.abc import Sequence
from typing import Any

from pynamodb.transactions import TransactWrite

from switchboard.aws.forms import from_text, to_text, to_us
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import AuditItem
from switchboard.errors import Malformed
from switchboard.ports import Page
from switchboard.staff.audit import AuditEntry

ALL, BEGUN = "all", "begun"
_PLACE = re.compile("[0-9]{20}#[0-9a-f]{1,64}")


class DynamoAudit:
    """`Audit` over one table."""

    def __init__(self, database: Database) -> None:
        self._items: Any = database.table(AuditItem)
        self._connection = database.connection

    def add(self, entry: AuditEntry) -> None:
        """Add an entry to its lists: one transaction, which does the same when it is repeated."""
        self._write(entry, saved=(*_lists(entry), f"about#{entry.about}"), deleted=(BEGUN,))

    def begin(self, entry: AuditEntry) -> None:
        """Add an entry that is only begun, likewise."""
        self._write(entry, saved=(*_lists(entry), BEGUN))

    def forget(self, entry: AuditEntry) -> None:
        """Take away an entry that is only begun, likewise."""
        self._write(entry, deleted=(*_lists(entry), BEGUN))

    def page(
        self,
        *,
        by: str | None = None,
        about: str | None = None,
        begun: bool = False,
        limit: int,
        cursor: str | None,
    ) -> Page[AuditEntry]:
        """A part of the log, newest first."""
        name = BEGUN if begun else f"by#{by}" if by else f"about#{about}" if about else ALL
        found = self._items.query(
            name,
            limit=limit,
            scan_index_forward=False,
            last_evaluated_key=None if cursor is None else _open(cursor, name),
            consistent_read=True,
        )
        items = list(found)
        more = found.last_evaluated_key is not None and len(items) == limit
        entries = [from_text(item.entry, AuditEntry) for item in items]
        return Page(entries, _make(items[-1].place) if more else None)

    def _write(
        self, entry: AuditEntry, *, saved: Sequence[str] = (), deleted: Sequence[str] = ()
    ) -> None:
        text, place = to_text(entry), f"{to_us(entry.at):020d}#{entry.id}"

        def write() -> None:
            with TransactWrite(connection=self._connection) as transaction:
                for name in saved:
                    transaction.save(self._items(name, place, entry=text))
                for name in deleted:
                    transaction.delete(self._items(name, place))

        made(write)


def _lists(entry: AuditEntry) -> Sequence[str]:
    return ALL, f"by#{entry.by}"


def _make(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _open(cursor: str, name: str) -> dict[str, Any]:
    try:
        place = base64.urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        place = ""
    if not _PLACE.fullmatch(place):
        raise Malformed("this cursor is not one of ours")
    return {"list": {"S": name}, "place": {"S": place}}
