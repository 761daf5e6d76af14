"""Traces in DynamoDB, which takes them away after their time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count, groupby, islice

from switchboard.aws.cursors import make_cursor, open_cursor
from switchboard.aws.forms import from_us, pack, to_us, unpack
from switchboard.aws.models.calls import TraceItem
from switchboard.aws.models.database import Database
from switchboard.calls.tracing import Trace, TraceTitle
from switchboard.ports import Page

# An item has 400 KB at most.
BYTES_AN_ITEM = 350_000
# A trace is kept for a week after its call, which may have begun the day before that.
DAYS = 9
DAY = timedelta(days=1)


class DynamoTraces:
    """`Traces` over one table: compressed, in one item a worker, and more where it is long; and a
    title for each, under its day."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(TraceItem)

    def keep(self, trace: Trace, until: datetime) -> None:
        """The last part first: without the first, nothing is found."""
        packed = pack(trace)
        starts = range(0, len(packed), BYTES_AN_ITEM)
        mark = f"{to_us(trace.began_at):020d}#{trace.worker}"
        for number, start in reversed([*zip(count(), starts, strict=False)]):
            piece = packed[start : start + BYTES_AN_ITEM]
            self._items(
                trace.callback,
                f"{mark}#{number:04d}",
                pieces=len(starts),
                piece=piece,
                gone_at=until,
            ).save()
        # Last: what a list has is there.
        name = f"{to_us(trace.began_at):020d}#{trace.callback}#{trace.worker}"
        title = pack(trace.title)
        self._items(_day(trace.began_at), name, pieces=1, piece=title, gone_at=until).save()

    def recent(self, now: datetime, *, limit: int, cursor: str | None) -> Page[TraceTitle]:
        """Day by day, back to the first that may have any."""
        before, begin = f"{to_us(now + DAY):020d}", now
        if cursor is not None:
            callback, began_us = open_cursor(cursor)
            before, begin = f"{began_us:020d}#{callback}", min(now, from_us(began_us))
        titles: list[TraceTitle] = []
        for day in (begin - number * DAY for number in range(DAYS)):
            wanted = limit + 1 - len(titles)
            older = self._items.part < before
            found = self._items.query(_day(day), older, scan_index_forward=False, page_size=wanted)
            living = (item for item in found if item.gone_at > now)
            titles += [unpack(item.piece, TraceTitle) for item in islice(living, wanted)]
            if len(titles) > limit:
                last = titles[limit - 1]
                return Page(titles[:limit], make_cursor(last.callback, to_us(last.began_at)))
        return Page(titles, None)

    def find(self, callback: str, now: datetime) -> Sequence[Trace]:
        """Those whose time is not over."""
        if "#" in callback:
            return []
        found = self._items.query(callback, consistent_read=True)
        living = [item for item in found if item.gone_at > now]
        traces = []
        for _, group in groupby(living, key=lambda item: item.part.rpartition("#")[0]):
            items = list(group)
            if len(items) == items[0].pieces:
                traces.append(unpack(b"".join(item.piece for item in items), Trace))
        return traces


def _day(at: datetime) -> str:
    return f"day#{at:%Y-%m-%d}"
