"""An order that no worker could serve, and how its callback stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from switchboard.calls.callback import Callback


class Standing(Enum):
    """What became of the callback of a dead order, and with it what can be done."""

    WAITS = "waits"  # it may still ring
    OVER = "over"  # a worker has or had it, or its patience has ended: it does not ring
    UNKNOWN = "unknown"  # there is no such callback
    UNREADABLE = "unreadable"  # its record is broken


@dataclass(frozen=True, slots=True)
class Dead:
    """A callback whose order is dead: when that was first sent, and the callback, where it can be
    read."""

    callback_id: str
    sent_at: datetime
    standing: Standing
    callback: Callback | None = None
