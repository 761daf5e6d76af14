"""Rate sheets in DynamoDB: compiled versions that never change, and one pointer to the published.

Five kinds of item: under `published` the head of each sheet's present version; under `versions/…`
the heads of all its versions; under `pages/…/…` the pages of one version; under `names/pages/…/…`
the names of its destinations, for who looks for one; and under `drafts` what is to be changed of
each. A head names the first prefix of each page, so that it tells which one a number is in: a cold
lookup reads that page, and a warm one nothing.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from switchboard.aws.forms import from_text, pack, to_text, unpack
from switchboard.aws.models.database import Database, made, may_be_key
from switchboard.aws.models.sales import SheetItem
from switchboard.aws.pages import PagedRows, PageTable
from switchboard.errors import Conflict, Malformed, NotFound
from switchboard.ports import Page
from switchboard.rating.destinations import destinations_of
from switchboard.rating.drafts import Draft
from switchboard.rating.pages import cut
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms

PUBLISHED, DRAFTS = "published", "drafts"


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

    def newest(self, name: str, *, limit: int, cursor: str | None) -> Page[RateSheet]:
        """A part of the stored versions, newest first."""
        found = self._items.query(
            _versions(name),
            limit=limit,
            scan_index_forward=False,
            last_evaluated_key=None if cursor is None else _behind(name, cursor),
            consistent_read=True,
        )
        items = list(found)
        more = found.last_evaluated_key is not None and len(items) == limit
        sheets = [self._opened(name, item) for item in items]
        return Page(sheets, sheets[-1].version if more else None)

    def names(self) -> Sequence[str]:
        """Every sheet."""
        found = self._items.query(PUBLISHED, attributes_to_get=["part"])
        return [item.part for item in found]

    def all(self) -> Sequence[RateSheet]:
        """The published version of every sheet."""
        found = self._items.query(PUBLISHED, consistent_read=True)
        return [self._opened(item.part, item) for item in found]

    def draft(self, name: str) -> Draft | None:
        """The draft of a sheet, strongly consistent."""
        item = self._item(DRAFTS, name)
        return None if item is None else unpack(item.rows, Draft)

    def replace_draft(self, name: str, old: Draft | None, new: Draft | None) -> bool:
        """Keep a draft of a sheet in the place of the old one, or of none; or take it away, where
        it is not gone yet. False where its draft is another one by now."""
        known, mark = self._items(DRAFTS, name), self._items.version
        was = mark.does_not_exist() if old is None else mark == old.mark
        # Where a reply was lost, the write is repeated, and meets itself.
        if new is None:
            return made(lambda: known.delete(was | mark.does_not_exist()))
        item = self._items(DRAFTS, name, version=new.mark, rows=pack(new))
        return made(lambda: item.save(was | (mark == new.mark)))

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


def _behind(name: str, version: str) -> dict[str, Any]:
    if not may_be_key(version):
        raise Malformed("this cursor is not one of ours")
    return {"name": {"S": _versions(name)}, "part": {"S": version}}


def _pages(name: str, version: str) -> str:
    return f"pages/{name}/{version}"
