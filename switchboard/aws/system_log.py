"""The system log in DynamoDB: the entries of a day together, taken away after their time."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from switchboard.aws.forms import from_text, to_text, to_us
from switchboard.aws.models.database import Database
from switchboard.aws.models.system import SystemLogItem
from switchboard.errors import Malformed
from switchboard.ports import Page
from switchboard.staff.system_log import KEPT, LogSearch, SystemEntry

DAY = timedelta(days=1)
# Read for one part of the list, where a search lets few of them through.
MOST_READ = 1_000
ITEMS_AT_ONCE = 100
_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{20}#[0-9a-zA-Z#-]{1,128}|)", re.ASCII)

# A day, and the entry before which a part begins; none: at the end of the day.
Place = tuple[str, str]


class DynamoSystemLog:
    """`SystemLog` over one table."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(SystemLogItem)

    def keep(self, entries: Sequence[SystemEntry]) -> None:
        """Written whole, so that it may be repeated."""
        latest = {(_day(one.at), f"{to_us(one.at):020d}#{one.id}"): one for one in entries}
        with self._items.batch_write() as batch:
            for key, entry in latest.items():
                batch.save(self._items(*key, entry=to_text(entry), gone_at=entry.at + KEPT))

    def page(
        self, search: LogSearch, now: datetime, *, limit: int, cursor: str | None
    ) -> Page[SystemEntry]:
        """Day by day, back to the first that may have any."""
        # A clock of a process may be before ours.
        begin = (_day(now + DAY), "") if cursor is None else _open(cursor)
        oldest = now - KEPT if search.since is None else max(search.since, now - KEPT)
        found: list[SystemEntry] = []
        last = begin
        for count, (place, entry) in enumerate(self._back_from(begin, _day(oldest)), start=1):
            if entry.at < oldest:
                return Page(found, None)
            if len(found) == limit or count > MOST_READ:
                return Page(found, _make(last))
            if search.has(entry):
                found.append(entry)
            last = place
        return Page(found, None)

    def _back_from(self, begin: Place, oldest: str) -> Iterator[tuple[Place, SystemEntry]]:
        day, before = begin
        while day >= oldest:
            older = self._items.place < before if before else None
            for item in self._items.query(
                day, older, scan_index_forward=False, page_size=ITEMS_AT_ONCE
            ):
                yield (day, item.place), from_text(item.entry, SystemEntry)
            day, before = _day(datetime.fromisoformat(day).replace(tzinfo=UTC) - DAY), ""


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _make(place: Place) -> str:
    return urlsafe_b64encode("/".join(place).encode()).decode()


def _open(cursor: str) -> Place:
    try:
        plain = _CURSOR.fullmatch(urlsafe_b64decode(cursor.encode()).decode())
        if plain is None:
            raise ValueError
        datetime.fromisoformat(plain[1])
    except ValueError:
        raise Malformed("this cursor is not one of ours") from None
    return plain[1], plain[2]
