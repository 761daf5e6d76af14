"""Queues under simulated time, which deliver again what is not deleted, as SQS does."""

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count

from switchboard.ports import Message, NoQueue

VISIBLE_AGAIN_S = 30
WAIT_S = 5
LONGEST_DELAY_S = 900
MOST_RECEIPTS = 5


class SimulatedQueue:
    """`Queue` and `Inbox`. `waiting` holds the bodies of the messages that are not deleted, `dead`
    those of messages that came too often."""

    def __init__(self) -> None:
        self.dead: list[str] = []
        self._messages: dict[Message, float] = {}
        self._came = Counter[str]()
        self._receipts = count()
        self._sent = asyncio.Event()

    @property
    def waiting(self) -> list[str]:
        return [message.body for message in self._messages]

    def send(self, body: str, *, delay: timedelta = timedelta()) -> None:
        delay_s = min(math.ceil(delay.total_seconds()), LONGEST_DELAY_S)
        visible_at = asyncio.get_running_loop().time() + delay_s if delay_s else 0.0
        self._messages[Message(body, str(next(self._receipts)))] = visible_at
        self._sent.set()

    def depth(self) -> int:
        return len(self._visible())

    async def receive(self, *, most: int) -> Sequence[Message]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + WAIT_S
        while not (found := self._visible()[:most]) and loop.time() < deadline:
            self._sent.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min([deadline, *self._messages.values()])):
                    await self._sent.wait()
        for message in found:
            self._came[message.receipt] += 1
            self._messages[message] = loop.time() + VISIBLE_AGAIN_S
        return found

    def delete(self, message: Message) -> None:
        self._messages.pop(message, None)

    def _visible(self) -> list[Message]:
        now = asyncio.get_running_loop().time()
        visible = [message for message, visible_at in self._messages.items() if visible_at <= now]
        for message in visible:
            if self._came[message.receipt] >= MOST_RECEIPTS:
                del self._messages[message]
                self.dead.append(message.body)
        return [message for message in visible if message in self._messages]


class SimulatedControlQueue(SimulatedQueue):
    """`ControlInbox`; `there` is whether it was made."""

    there = False

    def create(self) -> None:
        self.there = True

    def remove(self) -> None:
        self.there = False

    async def receive(self, *, most: int) -> Sequence[Message]:
        found = await super().receive(most=most) if self.there else ()
        if not self.there:
            raise NoQueue
        return found


class SimulatedControl:
    """`Control`: the queue of the one worker that there is."""

    def __init__(self, queue: SimulatedControlQueue) -> None:
        self._queue = queue

    def hang_up(self, worker: str, callback: str) -> None:
        if self._queue.there:
            self._queue.send(callback)

    def forget(self, worker: str) -> None:
        self._queue.remove()
