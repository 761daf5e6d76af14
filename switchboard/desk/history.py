"""Call histories as customers look through them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from switchboard.calls.cdr import Cdr
from switchboard.errors import Malformed
from switchboard.ports import Page, Ports

# Calls that are looked at for one part of a list that only few of them may be in: 0.2 s.
MOST_LOOKED_AT = 500
AT_ONCE = 100


class MoreCalls(Malformed):
    """More calls are sought than may be looked through at once."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which calls: asked for since an instant and before another, and with these digits in one of
    their numbers."""

    since: datetime | None = None
    until: datetime | None = None
    digits: str = ""

    def has(self, cdr: Cdr) -> bool:
        """Whether a call within the span of time is one of them."""
        return not self.digits or any(self.digits in leg.number.digits for leg in cdr.legs)


def find_calls(
    ports: Ports, account: str, sought: Sought, *, limit: int, cursor: str | None
) -> Page[Cdr]:
    """A part of an account's calls, newest first. Where few of many are sought it may have none,
    and yet go on: so many are looked at, and no more. Malformed where the cursor is not one of
    this list."""
    found: list[Cdr] = []
    for _ in range(MOST_LOOKED_AT // limit):
        page = ports.books.cdr_page(
            account, limit=limit, cursor=cursor, since=sought.since, until=sought.until
        )
        found += filter(sought.has, page.items)
        cursor = page.cursor
        if cursor is None or len(found) >= limit:
            break
    return Page(found, cursor)


def all_calls(ports: Ports, account: str, sought: Sought, *, among: int) -> Iterator[Cdr]:
    """All of them, newest first, read as they are asked for. MoreCalls, at the end, where there are
    more than so many within the span of time."""
    cursor = None
    for _ in range(among // AT_ONCE):
        page = ports.books.cdr_page(
            account, limit=AT_ONCE, cursor=cursor, since=sought.since, until=sought.until
        )
        yield from filter(sought.has, page.items)
        cursor = page.cursor
        if cursor is None:
            return
    # A part that is full may have been the last.
    if ports.books.cdr_page(
        account, limit=1, cursor=cursor, since=sought.since, until=sought.until
    ).items:
        raise MoreCalls(f"there are more than {among:,} calls: choose fewer days")
