"""CDRs in DynamoDB, as they are read: one, a page of a list, or all of an account."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from switchboard.aws.cdr_rows import cdr_row
from switchboard.aws.cursors import make_cursor, open_cursor
from switchboard.aws.forms import to_us, unpack
from switchboard.aws.models.calls import CdrItem
from switchboard.aws.models.database import Database
from switchboard.aws.read_ahead import read_ahead
from switchboard.calls.cdr import Cdr
from switchboard.errors import Malformed
from switchboard.ports import Page
from switchboard.tables.cells import Cell

# All calls are between these.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(5000, 1, 1, tzinfo=UTC)


class Cdrs:
    """The part of `Books` that reads CDRs."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(CdrItem)
        self._connection = database.connection

    def one(self, account: str, callback: str, requested_at: datetime) -> Cdr | None:
        """The CDR of a callback, strongly consistent."""
        try:
            key = cdr_key(requested_at, callback)
            return unpack(self._items.get(account, key, consistent_read=True).record, Cdr)
        except self._items.DoesNotExist:
            return None

    def all(self, account: str, since: datetime | None, until: datetime | None) -> Iterator[Cdr]:
        """Every CDR of an account within a span, newest request first."""
        for record in self._records(account, since, until):
            yield unpack(record, Cdr)

    def rows(
        self, account: str, since: datetime | None, until: datetime | None
    ) -> Iterator[list[Cell]]:
        """The same as rows of a file."""
        return map(cdr_row, self._records(account, since, until))

    def page(
        self,
        account: str,
        *,
        limit: int,
        cursor: str | None,
        since: datetime | None,
        until: datetime | None,
    ) -> Page[Cdr]:
        """A part of an account's CDRs within a span, newest request first."""
        begin, end = _span(since, until)
        if begin >= end:
            return Page([], None)
        found = self._items.query(
            account,
            self._items.call.between(begin, end),
            limit=limit,
            scan_index_forward=False,
            last_evaluated_key=None
            if cursor is None
            else _open_cursor(cursor, account, begin, end),
            consistent_read=True,
        )
        records = [unpack(item.record, Cdr) for item in found]
        if found.last_evaluated_key is None or len(records) < limit:
            return Page(records, None)
        last = records[-1]
        return Page(records, make_cursor(last.callback, to_us(last.requested_at)))

    def _records(
        self, account: str, since: datetime | None, until: datetime | None
    ) -> Iterator[bytes]:
        """As they are kept, newest first."""
        return chain.from_iterable(read_ahead(self._parts(account, *_span(since, until))))

    def _parts(self, account: str, begin: str, end: str) -> Iterator[Sequence[bytes]]:
        """As they are kept, by the megabyte; past the mapper, which takes as long for an item as
        the rest of its way, and without their keys, a third of the work."""
        more: Any = None
        while begin < end:
            found = self._connection.query(
                self._items.Meta.table_name,
                account,
                range_key_condition=self._items.call.between(begin, end),
                attributes_to_get=[self._items.record.attr_name],
                exclusive_start_key=more,
                consistent_read=True,
                scan_index_forward=False,
            )
            yield [item["record"]["B"] for item in found["Items"]]
            more = found.get("LastEvaluatedKey")
            if more is None:
                return


def cdr_key(requested_at: datetime, callback: str) -> str:
    """The range key of a CDR: the instant of the request first, for lists in order."""
    return f"{_key_of(requested_at)}#{callback}"


def _span(since: datetime | None, until: datetime | None) -> tuple[str, str]:
    # What follows an instant in a key makes it greater, so that the end is not included.
    return _key_of(since or EARLIEST), _key_of(until or LATEST)


def _key_of(at: datetime) -> str:
    return f"{to_us(at):017d}"


def _open_cursor(cursor: str, account: str, first: str, last: str) -> dict[str, Any]:
    callback, requested_us = open_cursor(cursor)
    key = f"{requested_us:017d}#{callback}"
    # DynamoDB would not begin outside of what is asked for.
    if not first <= key < last:
        raise Malformed("this cursor is not one of this list")
    return {"account": {"S": account}, "call": {"S": key}}
