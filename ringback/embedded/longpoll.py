"""Long polls that end the moment a message is there.

ministack's own ReceiveMessage looks again every 100 ms, 50 ms late on average, and the way from a
webhook to the first INVITE has 300 ms in all.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ministack.services import sqs

# What the bell does not announce: a message whose delay or visibility timeout runs out, and one
# that another of ministack's services puts into a queue.
LOOK_AGAIN_S = 0.1

Action = Callable[[dict[str, Any], str], Any]


class LongPoll:
    """Takes ReceiveMessage over from ministack, with a bell that every other SQS request rings."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._closed = False
        self._receive: Action = sqs._HANDLERS["ReceiveMessage"]

    def install(self) -> None:
        for name, act in sqs._HANDLERS.items():
            sqs._HANDLERS[name] = self._ringing(act)
        sqs._HANDLERS["ReceiveMessage"] = self._receive_when_there

    def close(self) -> None:
        """Answers all that wait, with nothing, and lets nobody wait any more."""
        self._closed = True
        self._ring()

    def _ring(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _ringing(self, act: Action) -> Action:
        def acted(data: dict[str, Any], url: str) -> Any:
            result = act(data, url)
            self._ring()
            return result

        return acted

    async def _receive_when_there(self, data: dict[str, Any], url: str) -> Any:
        loop = asyncio.get_running_loop()
        until = loop.time() + _wait_s(data, url)
        while True:
            received = await self._receive({**data, "WaitTimeSeconds": 0}, url)
            left_s = until - loop.time()
            if received or left_s <= 0 or self._closed:
                return received
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, LOOK_AGAIN_S)):
                    await self._news.wait()


def _wait_s(data: dict[str, Any], url: str) -> int:
    asked = data.get("WaitTimeSeconds")
    if asked is None:
        queue = sqs._get_q(data.get("QueueUrl", url))
        asked = queue["attributes"].get("ReceiveMessageWaitTimeSeconds", "0")
    return int(asked)
