"""A worker's process: it takes orders, beats, and dies with all its attempts at once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from switchboard.calls.beat import Beat, LiveCall
from switchboard.desk.purse import Purse
from switchboard.ports import Message, Ports
from tests.simulator.attempt import Attempt
from tests.simulator.stores import Orders
from tests.simulator.trouble import OUT_OF_REACH

BEAT_EVERY = timedelta(seconds=5)


@dataclass(eq=False)
class Host:
    """As `workers.host`, by the step. `log` has every attempt that it ever made, and `told` what
    its heartbeats tell of each call."""

    name: str
    ports: Ports
    orders: Orders
    random: Random
    purse: type[Purse] = Purse
    alive: bool = True
    log: list[Attempt] = field(default_factory=list)
    told: dict[str, dict[datetime, LiveCall]] = field(default_factory=dict)
    _serving: dict[str, Attempt] = field(default_factory=dict)
    _beat_at: datetime | None = None

    @property
    def actors(self) -> "list[Host | Attempt]":
        """Who may take the next step; nobody, in a dead process."""
        return [self, *self._serving.values()] if self.alive else []

    def step(self) -> None:
        """Beat where that is due, else take an order."""
        now = self.ports.clock.now()
        if self._beat_at is None or now - self._beat_at >= BEAT_EVERY:
            self._beat_at = now
            self._beat(now)
        elif (message := self.orders.receive()) is not None:
            self._take(message)

    def crash(self) -> None:
        """kill -9"""
        self.alive = False

    def leave(self, attempt: Attempt, *, served: bool) -> None:
        """An attempt is over; where it was not served, its message comes again."""
        del self._serving[attempt.message.body]
        if served:
            self.orders.delete(attempt.message)

    def _take(self, message: Message) -> None:
        if message.body in self._serving:
            self.orders.delete(message)
        else:
            self._serving[message.body] = Attempt(self, message)
            self.log.append(self._serving[message.body])

    def _beat(self, now: datetime) -> None:
        ringing = [attempt for attempt in self._serving.values() if attempt.rings]
        calls = {attempt.message.body: attempt.live() for attempt in ringing}
        for callback, live in calls.items():
            self.told.setdefault(callback, {})[now] = live
        try:
            self.ports.workers.beat(Beat(self.name, now, now + 3 * BEAT_EVERY, 9, calls))
        except OUT_OF_REACH:
            return
        for attempt in ringing:
            self.orders.delete(attempt.message)
