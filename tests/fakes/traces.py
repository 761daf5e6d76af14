"""Traces in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.calls.tracing import Trace, TraceTitle
from switchboard.ports import Page
from tests.fakes.pages import page_of


@dataclass
class MemoryTraces:
    kept: dict[tuple[str, datetime, str], tuple[Trace, datetime]] = field(default_factory=dict)

    def keep(self, trace: Trace, until: datetime) -> None:
        self.kept[trace.callback, trace.began_at, trace.worker] = trace, until

    def find(self, callback: str, now: datetime) -> Sequence[Trace]:
        return [
            trace
            for key, (trace, until) in sorted(self.kept.items(), key=lambda pair: pair[0])
            if key[0] == callback and until > now
        ]

    def recent(self, now: datetime, *, limit: int, cursor: str | None) -> Page[TraceTitle]:
        found = [trace.title for trace, until in self.kept.values() if until > now]
        found.sort(key=lambda one: (one.began_at, one.callback, one.worker), reverse=True)
        names = [f"{one.callback}#{one.worker}" for one in found]
        return page_of(found, names, limit=limit, cursor=cursor)
