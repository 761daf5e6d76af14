"""The pages of compiled sheets: read one by one for quotes, all together for exports."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from switchboard.aws.forms import from_json, pack, to_text
from switchboard.rating.destinations import Destination
from switchboard.rating.pages import Page, page_of
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import PrefixLengths
from switchboard.rating.tariff import Tariff
from switchboard.rating.terms import SheetTerms

# A page takes 0.3 MB as it is read, and twice that when all of its rows were used.
PAGES_KEPT = 256
PAGES_AT_ONCE = 25
# Some 100 KB compressed. A sheet has a few thousand names.
NAMES_AN_ITEM = 10_000
VERSIONS_KEPT = 8
NAME_FIELDS = len(fields(Destination))


class PageTable:
    """The pages in the table, by the key of their version; those used last stay in memory. Beside
    the pages stand the names of their destinations."""

    def __init__(self, items: Any) -> None:
        self._items = items
        self.one = lru_cache(maxsize=PAGES_KEPT)(self._read)
        self.names = lru_cache(maxsize=VERSIONS_KEPT)(self._read_names)

    def write(self, key: str, pages: Iterator[Page]) -> list[str]:
        """Write the pages of a version; gives the first prefix of each."""
        firsts = []
        with self._items.batch_write() as batch:
            for number, page in enumerate(pages):
                rows = zlib.compress(to_text(page.rows).encode())
                batch.save(self._items(key, _part(number), rows=rows))
                firsts.append(page.first)
        return firsts

    def write_names(self, key: str, names: Sequence[Destination]) -> None:
        """Write the names of a version's destinations."""
        with self._items.batch_write() as batch:
            for number, start in enumerate(range(0, len(names), NAMES_AN_ITEM)):
                part = tuple(names[start : start + NAMES_AN_ITEM])
                batch.save(self._items(f"names/{key}", _part(number), rows=pack(part)))

    def all(self, key: str, count: int) -> Iterator["LoadedPage"]:
        """Every page of a version, in order; nothing stays in memory."""
        for at in range(0, count, PAGES_AT_ONCE):
            keys = [(key, _part(number)) for number in range(at, min(count, at + PAGES_AT_ONCE))]
            found = self._items.batch_get(keys, consistent_read=True)
            read = {item.part: LoadedPage(item.rows) for item in found}
            yield from (read[part] for _, part in keys)

    def _read_names(self, key: str) -> Sequence[Destination]:
        found = self._items.query(f"names/{key}", consistent_read=True)
        lists = (one for item in found for one in json.loads(zlib.decompress(item.rows)))
        # Made of their lists at once: a sheet may have as many names as prefixes, and somebody
        # waits for them.
        return [Destination(*one[:NAME_FIELDS]) for one in lists]

    def _read(self, key: str, number: int) -> "LoadedPage":
        # Consistent: the page may have been written a moment ago.
        return LoadedPage(self._items.get(key, _part(number), consistent_read=True).rows)


class LoadedPage:
    """A page as it was read. Its rows are made when a number needs them."""

    def __init__(self, compressed: bytes) -> None:
        self._rows: Mapping[str, list[Any]] = json.loads(zlib.decompress(compressed))
        self._lengths = PrefixLengths(self._rows)
        self._tariffs: dict[str, Tariff] = {}

    def under(self, digits: str, terms: SheetTerms) -> Iterator[Tariff]:
        """The tariffs of those prefixes that a number begins with, the longest first."""
        for prefix in self._lengths.beginnings(digits):
            if prefix not in self._tariffs and prefix in self._rows:
                self._tariffs[prefix] = Tariff(self._made(prefix), terms)
            if prefix in self._tariffs:
                yield self._tariffs[prefix]

    def since(self, first: str) -> Iterator[RateRow]:
        """The rows of the page's own prefixes, without those that it inherits."""
        for prefix in self._rows:
            if prefix >= first:
                yield from self._made(prefix)

    def _made(self, prefix: str) -> tuple[RateRow, ...]:
        return tuple(from_json(row, RateRow) for row in self._rows[prefix])


class PagedRows:
    """`Rows` of one version that are read where they are asked for."""

    def __init__(
        self,
        pages: PageTable,
        key: str,
        firsts: Sequence[str],
        prefixes: int,
        terms: SheetTerms,
    ) -> None:
        self._pages = pages
        self._key = key
        self._firsts = firsts
        self._prefixes = prefixes
        self._terms = terms

    @property
    def prefixes(self) -> int:
        """How many prefixes have rows."""
        return self._prefixes

    def under(self, digits: str) -> Iterator[Tariff]:
        """The tariffs of those prefixes that a number begins with, the longest first."""
        page = self._pages.one(self._key, page_of(self._firsts, digits))
        return page.under(digits, self._terms)

    def destinations(self) -> Sequence[Destination]:
        """The names of its destinations, in their order; none of a version that was stored before
        they were kept."""
        return self._pages.names(self._key)

    def since(self, prefix: str) -> Iterator[RateRow]:
        """The rows of this prefix and of all behind it, by prefix; each page is read when it is
        reached."""
        for number in range(page_of(self._firsts, prefix), len(self._firsts)):
            page = self._pages.one(self._key, number)
            yield from page.since(max(prefix, self._firsts[number]))

    def __iter__(self) -> Iterator[RateRow]:
        pages = self._pages.all(self._key, len(self._firsts))
        for first, page in zip(self._firsts, pages, strict=True):
            yield from page.since(first)


def _part(number: int) -> str:
    return f"{number:05d}"
