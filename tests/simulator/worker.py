"""A worker's process: its host, and its attempts at callbacks, as `workers/` makes them.

The same steps in the same order as `workers.host` and `workers.session` take, without a loop and
a telephone: each step may be the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import LegRecord, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.desk.orders import dialled
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.till import Till
from switchboard.errors import Conflict, Refusal
from switchboard.ports import Message, Ports
from tests.fakes.world import BOB
from tests.simulator.trouble import OutOfReach

if TYPE_CHECKING:
    from tests.simulator.queue import Orders

LEASE = timedelta(seconds=15)
BEAT_EVERY = timedelta(seconds=5)
TERMS = PurseTerms(
    quantum=timedelta(seconds=60), ring_limit=timedelta(seconds=20), margin=timedelta(seconds=5)
)
HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)


@dataclass(eq=False)
class Host:
    """Takes orders, beats, and dies with all its attempts. `forgotten`: a sweep took it for dead
    while it lived."""

    name: str
    ports: Ports
    orders: Orders
    random: Random
    alive: bool = True
    forgotten: bool = False
    beat_at: datetime | None = None
    attempts: dict[str, Attempt] = field(default_factory=dict)

    @property
    def process(self) -> Host:
        return self

    def step(self) -> None:
        now = self.ports.clock.now()
        if self.beat_at is None or now - self.beat_at >= BEAT_EVERY:
            self._beat(now)
        elif (message := self.orders.receive(now)) is not None:
            if message.body in self.attempts:
                self.orders.delete(message)
            else:
                self.attempts[message.body] = Attempt(self, message)

    def crash(self) -> None:
        self.alive = False

    def _beat(self, now: datetime) -> None:
        told = {name: one.told_now for name, one in self.attempts.items() if one.rings}
        calls = {name: LiveCall("carrier", *seconds) for name, seconds in told.items()}
        self.beat_at = now
        try:
            self.ports.workers.beat(Beat(self.name, now, now + 3 * BEAT_EVERY, 9, calls))
        except OutOfReach:
            return
        for name in calls.keys() & self.attempts.keys():
            self.orders.delete(self.attempts[name].message)


class Attempt:
    """One worker's try at one callback. `told` is what its heartbeats said, as far as a store may
    have heard it; `settled` that its CDR was written and applied."""

    def __init__(self, host: Host, message: Message) -> None:
        self.host = host
        self.message = message
        self.callback: Callback = None  # type: ignore[assignment]  until it is claimed
        self.rings = False
        self.is_over = False
        self.settled = False
        self.told: list[tuple[int | None, int | None]] = []
        self._purse: Purse = None  # type: ignore[assignment]  until it is opened
        self._answered_at: datetime | None = None
        self._connected_at: datetime | None = None
        self._before_s = 0
        self._limit_s = 0
        self._life = self._serve()
