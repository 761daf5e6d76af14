"""A worker's heartbeat: who is alive, and how far each of its calls has run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LiveCall:
    """How far a callback has run: the seconds for which each leg is charged by now, None for a
    leg that was not placed, and the trunk that carries them."""

    trunk: str = ""
    customer_s: int | None = None
    destination_s: int | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat of a worker; the next one is due before `stale_at`."""

    worker: str
    beat_at: datetime
    stale_at: datetime
    capacity: int
    calls: Mapping[str, LiveCall] = field(default_factory=dict)
