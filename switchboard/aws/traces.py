"""Traces in DynamoDB, which takes them away after their time."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count, groupby

from switchboard.aws.forms import pack, to_us, unpack
from switchboard.aws.models.calls import TraceItem
from switchboard.aws.models.database import Database
from switchboard.calls.tracing import Trace

# An item has 400 KB at most.
BYTES_AN_ITEM = 350_000


class DynamoTraces:
    """`Traces` over one table: compressed, in one item a worker, and more where it is long."""

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

    def find(self, callback: str, now: datetime) -> Sequence[Trace]:
        """Those whose time is not over."""
        found = self._items.query(callback, consistent_read=True)
        living = [item for item in found if item.gone_at > now]
        traces = []
        for _, group in groupby(living, key=lambda item: item.part.rpartition("#")[0]):
            items = list(group)
            if len(items) == items[0].pieces:
                traces.append(unpack(b"".join(item.piece for item in items), Trace))
        return traces
