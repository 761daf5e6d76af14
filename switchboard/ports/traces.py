"""Where traces are kept for a while."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from switchboard.calls.tracing import Trace, TraceTitle
from switchboard.ports.pages import Page


class Traces(Protocol):
    """Traces of callbacks, which go by themselves."""

    def keep(self, trace: Trace, until: datetime) -> None:
        """Keep what a worker saw; again the same, it is there once."""

    def find(self, callback: str, now: datetime) -> Sequence[Trace]:
        """What workers saw of a callback, in the order in which they began; mostly it is one."""

    def recent(self, now: datetime, *, limit: int, cursor: str | None) -> Page[TraceTitle]:
        """Of which callbacks there are traces, those first that began last. Malformed where the
        cursor is not ours."""
