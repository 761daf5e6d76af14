"""Where a simulation keeps what it is about: the fakes in memory, and a queue that delivers
again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Protocol

from switchboard.clock import Clock
from switchboard.ports import Message
from tests.fakes.ports import MemoryAccounts, MemoryBooks, MemoryCallbacks, MemoryWorkers
from tests.simulator.trouble import Fate, Troubled

VISIBLE_AGAIN = timedelta(seconds=30)


class Stores(Protocol):
    """The ports that a story is about, by their names in `Ports`: as they are for somebody who
    looks on, and as they are for those who act."""

    def calm(self) -> dict[str, Any]:
        """Where nothing goes wrong."""

    def troubled(self, fate: Fate) -> dict[str, Any]:
        """The same stores, where every request meets its fate."""


class MemoryStores:
    """The fakes."""

    def __init__(
        self,
        books: type[MemoryBooks] = MemoryBooks,
        callbacks: type[MemoryCallbacks] = MemoryCallbacks,
    ) -> None:
        kept = books()
        self._ports = {
            "books": kept,
            "accounts": MemoryAccounts(kept),
            "callbacks": callbacks(),
            "workers": MemoryWorkers(),
        }

    def calm(self) -> dict[str, Any]:
        return self._ports

    def troubled(self, fate: Fate) -> dict[str, Any]:
        return {name: Troubled(port, fate) for name, port in self._ports.items()}


@dataclass(frozen=True)
class SkewedClock:
    """A clock that is wrong, always by as much."""

    clock: Clock
    off: timedelta

    def now(self) -> datetime:
        return self.clock.now() + self.off


@dataclass
class Orders:
    """`Queue`, and where hosts receive from: any message that waits, now and then one twice."""

    clock: Clock
    random: Random
    waiting: dict[Message, datetime] = field(default_factory=dict)
    _receipts: count = field(default_factory=count)

    def send(self, callback: str, *, delay: timedelta = timedelta()) -> None:
        self.waiting[Message(callback, str(next(self._receipts)))] = self.clock.now() + delay

    def receive(self) -> Message | None:
        now = self.clock.now()
        visible = [message for message, at in self.waiting.items() if at <= now]
        if not visible:
            return None
        message = self.random.choice(visible)
        if self.random.random() < 0.9:
            self.waiting[message] = now + VISIBLE_AGAIN
        return message

    def delete(self, message: Message) -> None:
        self.waiting.pop(message, None)
