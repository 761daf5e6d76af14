"""Rate sheets in DynamoDB: compiled versions that never change, and one pointer to the published.

Four kinds of item: under `published` the head of each sheet's present version; under `versions/…`
the heads of all its versions; under `pages/…/…` the pages of one version; and under
`names/pages/…/…` the names of its destinations, for who looks for one. A head names the first
prefix of each page, so that it tells which one a number is in: a cold lookup reads that page, and
a warm one nothing.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database, made, may_be_key
from switchboard.aws.models.sales import SheetItem
from switchboard.aws.pages import PagedRows, PageTable
from switchboard.errors import Conflict, NotFound
from switchboard.rating.destinations import destinations_of
from switchboard.rating.pages import cut
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms

PUBLISHED = "published"


class DynamoSheets:
    """`Sheets` over one table. Pages that were read stay in memory, the least used leave it; which
    version is published is asked again after `pointer_age`."""

    def __init__(
        self, database: Database, *, pointer_age: timedelta = timedelta(seconds=10)
    ) -> None:
        self._items: Any = database.table(SheetItem)
        self._pointer_age_s = pointer_age.total_seconds()
        self._known: dict[str, tuple[float, RateSheet]] = {}
        self._pages = PageTable(self._items)

    def publish(self, sheet: RateSheet, *, after: str | None = None) -> None:
        """Store this version, where it is not stored yet, and make it the published one."""
        head = self._head(sheet.name, sheet.version) or self._store(sheet)
        pointer = self._items(
            PUBLISHED,
            sheet.name,
            version=head.version,
            terms=head.terms,
            prefixes=head.prefixes,
            firsts=head.firsts,
        )
        unmoved = None if after is None else self._items.version == after
        self._known.pop(sheet.name, None)
        if not made(lambda: pointer.save(unmoved)) and not self._is_published(sheet):
            raise Conflict(f"sheet {sheet.name} was published by somebody else in between")

    def version(self, name: str, version: str) -> RateSheet:
        """A version that was published once."""
        head = self._head(name, version)
        if head is None:
            raise NotFound(f"there is no version {version} of sheet {name}")
        return self._opened(name, head)

    def current(self, name: str, *, fresh: bool = False) -> RateSheet:
        """The published version; its pages are read when they are asked for."""
        asked, sheet = self._known.get(name, (0.0, None))
        if sheet is not None and not fresh and time.monotonic() - asked < self._pointer_age_s:
            return sheet
        head = self._item(PUBLISHED, name)
        if head is None:
            raise NotFound(f"there is no rate sheet {name}")
        if sheet is None or sheet.version != head.version:
            sheet = self._opened(name, head)
        self._known[name] = (time.monotonic(), sheet)
        return sheet

    def versions(self, name: str) -> Sequence[str]:
        """Every stored version, in their order."""
        found = self._items.query(_versions(name), attributes_to_get=["part"])
        return [item.part for item in found]

    def names(self) -> Sequence[str]:
        """Every sheet."""
        found = self._items.query(PUBLISHED, attributes_to_get=["part"])
        return [item.part for item in found]

    def _opened(self, name: str, head: Any) -> RateSheet:
        terms = from_text(head.terms, SheetTerms)
        key, firsts = _pages(name, head.version), head.firsts.split(" ")
        rows = PagedRows(self._pages, key, firsts, int(head.prefixes), terms)
        return RateSheet(name, head.version, terms, rows)

    def _head(self, name: str, version: str) -> Any | None:
        return self._item(_versions(name), version)

    def _item(self, kind: str, part: str) -> Any | None:
        if not (may_be_key(kind) and may_be_key(part)):
            return None
        try:
            return self._items.get(kind, part, consistent_read=True)
        except self._items.DoesNotExist:
            return None

    def _store(self, sheet: RateSheet) -> Any:
        # The head comes last: a version that has one is whole.
        key = _pages(sheet.name, sheet.version)
        firsts = self._pages.write(key, cut(sheet.rows))
        self._pages.write_names(key, list(destinations_of(sheet.rows)))
        head = self._items(
            _versions(sheet.name),
            sheet.version,
            version=sheet.version,
            terms=to_text(sheet.terms),
            prefixes=sheet.rows.prefixes,
            firsts=" ".join(firsts),
        )
        head.save()
        return head

    def _is_published(self, sheet: RateSheet) -> bool:
        # A write whose reply was lost is repeated by the client, and then meets itself.
        return self.current(sheet.name, fresh=True).version == sheet.version


def _versions(name: str) -> str:
    return f"versions/{name}"


def _pages(name: str, version: str) -> str:
    return f"pages/{name}/{version}"
