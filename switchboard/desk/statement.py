"""Statements: every movement of a balance, newest first, and what the balance was after each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import dropwhile
from zoneinfo import ZoneInfo

from switchboard.billing.account import Account
from switchboard.calls.cdr import Cdr
from switchboard.errors import Malformed
from switchboard.ledger.entries import JournalEntry
from switchboard.ports import Page, Ports

# Calls that are read at once, and that are looked at for one answer: many may have cost nothing.
CALLS_AT_ONCE = 100
MOST_LOOKED_AT = 500
A_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(\d{1,9})_(-?\d{1,20})_(\d{1,17})_([0-9A-Za-z-]{0,64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed a balance, by how much, and what it was then: a journal entry or a call."""

    at: datetime
    micros: int
    after_micros: int
    entry: JournalEntry | None = None
    call: Cdr | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a statement was read: so many older entries are left, and the calls that were asked
    for before this one; the balance is that before all that was read."""

    entries_left: int
    balance_micros: int
    called_at: datetime | None = None
    call: str = ""

    def cursor(self) -> str:
        since = timedelta(0) if self.called_at is None else self.called_at - _EPOCH
        called_us = since // timedelta.resolution
        return f"{self.entries_left}_{self.balance_micros}_{called_us}_{self.call}"

    @classmethod
    def read(cls, cursor: str) -> "_Place":
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise Malformed("this cursor is not one of ours")
        entries_left, balance_micros, called_us = (int(found[part]) for part in (1, 2, 3))
        called_at = _EPOCH + called_us * timedelta.resolution if called_us else None
        return cls(entries_left, balance_micros, called_at, found[4])


def statement(ports: Ports, account: Account, *, limit: int, cursor: str | None) -> Page[Movement]:
    """A part of an account's movements, newest first. Calls stand where they were asked for, and
    those that cost nothing nowhere; where there are many of these, a part may be short. Malformed
    where the cursor is not one of ours."""
    entries = _entries(ports, account)
    place = _Place(len(entries), account.balance.posted_micros)
    if cursor is not None:
        place = _Place.read(cursor)
    items: list[Movement] = []
    for looked_at, (behind, movement) in enumerate(_movements(ports, account, entries, place)):
        if len(items) == limit or looked_at == MOST_LOOKED_AT:
            return Page(items, place.cursor())
        if movement.micros:
            items.append(movement)
        place = behind
    return Page(items, None)


def balance_by_day(ports: Ports, account: Account, days: int) -> Sequence[tuple[date, int]]:
    """The balance at the end of each of the last days by the account's clocks, up to now; of fewer
    days where there were so many calls that they are not all looked at."""
    zone = ZoneInfo(account.profile.time_zone)
    entries = _entries(ports, account)
    balance_micros = account.balance.posted_micros
    day = ports.clock.now().astimezone(zone).date()
    first = day - (days - 1) * A_DAY
    found: list[tuple[date, int]] = []
    place = _Place(len(entries), balance_micros)
    for looked_at, (_, movement) in enumerate(_movements(ports, account, entries, place)):
        on = movement.at.astimezone(zone).date()
        if looked_at == MOST_LOOKED_AT:
            first = day + A_DAY
        if on < first or looked_at == MOST_LOOKED_AT:
            break
        while day >= on:
            found.append((day, balance_micros))
            day -= A_DAY
        balance_micros = movement.after_micros - movement.micros
    while day >= first:
        found.append((day, balance_micros))
        day -= A_DAY
    return found[::-1]


def _movements(
    ports: Ports, account: Account, entries: Sequence[JournalEntry], place: _Place
) -> Iterator[tuple[_Place, Movement]]:
    """Each movement behind a place, with the place behind it; also calls that cost nothing."""
    left = list(entries[: place.entries_left])
    calls = _calls(ports, account.profile.account, place)
    call = next(calls, None)
    balance_micros, called_at, called = place.balance_micros, place.called_at, place.call
    while call is not None or left:
        if call is not None and (not left or call.requested_at >= left[-1].entered_at):
            called_at, called = call.requested_at, call.callback
            micros = -call.settlement.total_micros
            movement = Movement(called_at, micros, balance_micros, call=call)
            call = next(calls, None)
        else:
            entry = left.pop()
            micros = entry.amount_micros
            movement = Movement(entry.entered_at, micros, balance_micros, entry=entry)
        balance_micros -= micros
        yield _Place(len(left), balance_micros, called_at, called), movement


def _calls(ports: Ports, account: str, place: _Place) -> Iterator[Cdr]:
    """The calls behind a place, newest first, read as they are asked for."""
    if place.called_at is None:
        return _all_calls(ports, account, None)
    # Whatever was asked for at the same instant is within this, and before it in the list.
    found = _all_calls(ports, account, place.called_at + timedelta.resolution)
    last = (place.called_at, place.call)
    return dropwhile(lambda cdr: (cdr.requested_at, cdr.callback) >= last, found)


def _all_calls(ports: Ports, account: str, until: datetime | None) -> Iterator[Cdr]:
    cursor = None
    while True:
        page = ports.books.cdr_page(account, limit=CALLS_AT_ONCE, cursor=cursor, until=until)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return


def _entries(ports: Ports, account: Account) -> Sequence[JournalEntry]:
    """The oldest first: new ones come to the end, so that a place among them stays."""
    found = ports.books.entries(account.profile.account)
    return sorted(found, key=lambda entry: (entry.entered_at, entry.identity))
