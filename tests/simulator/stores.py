"""What the simulation keeps beside the fakes: a queue that delivers again, and what was heard."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from switchboard.calls.beat import Beat, LiveCall
from switchboard.clock import Clock
from switchboard.ports import Message
from tests.fakes.ports import MemoryWorkers

VISIBLE_AGAIN = timedelta(seconds=30)


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


@dataclass
class HeardWorkers(MemoryWorkers):
    """Remembers what each heartbeat told of each call."""

    heard: dict[tuple[str, str], dict[datetime, LiveCall]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def beat(self, beat: Beat) -> None:
        super().beat(beat)
        for callback, live in beat.calls.items():
            self.heard[beat.worker, callback][beat.beat_at] = live
