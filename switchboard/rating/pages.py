"""The pages of a compiled sheet: ranges of prefixes, each complete for the numbers in it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from switchboard.rating.row import RateRow

# Some 8 KB compressed: a cold lookup costs two read units and a millisecond of unpacking.
ROWS_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of all prefixes from `first` on, up to the first one of the next page, and before
    them what its range inherits: the rows of the prefixes that `first` itself begins with."""

    first: str
    rows: Mapping[str, Sequence[RateRow]]


def cut(rows: Iterable[RateRow], rows_a_page: int = ROWS_A_PAGE) -> Iterator[Page]:
    """Rows, which come by prefix, as pages. The rows of one prefix stay together, so that a page
    may have a few more than it should.

    Whatever number lies between two prefixes of a page begins with no other prefix of the sheet
    than those in the page: text that lies between a prefix and its continuation begins with that
    prefix too.
    """
    page: dict[str, Sequence[RateRow]] = {}
    first, size = "", 0
    for prefix, of_prefix in groupby(rows, attrgetter("prefix")):
        if size >= rows_a_page:
            yield Page(first, page)
            page = {known: its for known, its in page.items() if prefix.startswith(known)}
            first, size = prefix, 0
        page[prefix] = list(of_prefix)
        size += len(page[prefix])
    yield Page(first, page)


def page_of(firsts: Sequence[str], digits: str) -> int:
    """Which page has the prefixes of a number, by the first prefixes of all pages; the first one
    is empty, so that every number has a page."""
    return bisect_right(firsts, digits) - 1
