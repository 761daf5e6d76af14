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
from switchboard.ports.pages import items_of

# Calls and entries that are read at once, and calls that are looked at for one answer: many may
# have cost nothing.
CALLS_AT_ONCE = 100
ENTRIES_AT_ONCE = 50
MOST_LOOKED_AT = 500
A_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(5000, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(
    r"(-?\d{1,20})_(\d{1,17})_([0-9A-Za-z-]{0,64})_(\d{1,17})_([0-9a-f]{0,2000})", re.ASCII
)


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
    """How far a statement was read: left are the calls and the entries behind these, each an
    instant and an id; the balance is that before all that was read."""

    balance_micros: int
    called: tuple[datetime, str] = (_LATEST, "")
    entered: tuple[datetime, str] = (_LATEST, "")

    def cursor(self) -> str:
        (called_at, call), (entered_at, entry) = self.called, self.entered
        behind = f"{_us(called_at)}_{call}_{_us(entered_at)}_{entry.encode().hex()}"
        return f"{self.balance_micros}_{behind}"

    @classmethod
    def read(cls, cursor: str) -> "_Place":
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise Malformed("this cursor is not one of ours")
        try:
            called = (_instant(int(found[2])), found[3])
            entered = (_instant(int(found[4])), bytes.fromhex(found[5]).decode())
        except (ValueError, OverflowError):
            raise Malformed("this cursor is not one of ours") from None
        return cls(int(found[1]), called, entered)


def statement(ports: Ports, account: Account, *, limit: int, cursor: str | None) -> Page[Movement]:
    """A part of an account's movements, newest first. Calls stand where they were asked for, and
    those that cost nothing nowhere; where there are many of these, a part may be short. Malformed
    where the cursor is not one of ours."""
    place = _Place(account.balance.posted_micros)
    if cursor is not None:
        place = _Place.read(cursor)
    items: list[Movement] = []
    for looked_at, (behind, movement) in enumerate(_movements(ports, account, place)):
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
    balance_micros = account.balance.posted_micros
    day = ports.clock.now().astimezone(zone).date()
    first = day - (days - 1) * A_DAY
    found: list[tuple[date, int]] = []
    place = _Place(balance_micros)
    for looked_at, (_, movement) in enumerate(_movements(ports, account, place)):
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


def _movements(ports: Ports, account: Account, place: _Place) -> Iterator[tuple[_Place, Movement]]:
    """Each movement behind a place, with the place behind it; also calls that cost nothing."""
    name = account.profile.account
    calls, entries = _calls(ports, name, place), _entries(ports, name, place)
    call, entry = next(calls, None), next(entries, None)
    while call is not None or entry is not None:
        after_micros = place.balance_micros
        if call is not None and (entry is None or call.requested_at >= entry.entered_at):
            at, micros = call.requested_at, -call.settlement.total_micros
            movement = Movement(at, micros, after_micros, call=call)
            # Entries of its own instant come behind it.
            entered = min(place.entered, (at + timedelta.resolution, ""))
            place = _Place(after_micros - micros, (at, call.callback), entered)
            call = next(calls, None)
        else:
            assert entry is not None
            at, micros = entry.entered_at, entry.amount_micros
            movement = Movement(at, micros, after_micros, entry=entry)
            called = min(place.called, (at, ""))
            place = _Place(after_micros - micros, called, (at, entry.identity))
            entry = next(entries, None)
        yield place, movement


def _calls(ports: Ports, account: str, place: _Place) -> Iterator[Cdr]:
    """The calls behind a place, newest first, read as they are asked for."""
    # Whatever was asked for at the same instant is within this, and before it in the list.
    until, books = place.called[0] + timedelta.resolution, ports.books
    found = items_of(
        lambda cursor: books.cdr_page(account, limit=CALLS_AT_ONCE, cursor=cursor, until=until)
    )
    return dropwhile(lambda cdr: (cdr.requested_at, cdr.callback) >= place.called, found)


def _entries(ports: Ports, account: str, place: _Place) -> Iterator[JournalEntry]:
    """The entries behind a place, newest first, read as they are asked for."""
    until, books = place.entered[0] + timedelta.resolution, ports.books
    found = items_of(
        lambda cursor: books.entry_page(account, limit=ENTRIES_AT_ONCE, cursor=cursor, until=until)
    )
    return dropwhile(lambda entry: (entry.entered_at, entry.identity) >= place.entered, found)


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta.resolution


def _instant(us: int) -> datetime:
    return _EPOCH + us * timedelta.resolution
