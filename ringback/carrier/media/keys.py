"""Pressed keys as RFC 4733 telephone events: sending them, and hearing them."""

import asyncio
from collections import deque
from collections.abc import Iterator

from ringback.carrier.media.rtp import DIGITS, TelephoneEvent

# A key is held for 100 ms; its end is told three times (RFC 4733 §2.5.1.4); the next one follows
# 80 ms later, a pause that slow detectors need.
_HELD_PACKETS = 5
_END_PACKETS = 3
_PAUSE_PACKETS = 4


class CannotPress(Exception):
    """The far end takes no telephone events, or the call is over."""


class Keypad:
    """The keys of one phone: says for each packet due whether an event takes the audio's place."""

    def __init__(self, packet_samples: int) -> None:
        self._packet_samples = packet_samples
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()
        self._pressing: asyncio.Future[None] | None = None
        self._packets = self._all_packets()
        self._closed = False

    async def press(self, digits: str) -> None:
        """Returns when the last key is up; keys pressed meanwhile wait for their turn."""
        if not set(digits) <= set(DIGITS):
            raise ValueError(f"{digits!r} are not keys of a phone ({DIGITS})")
        if self._closed:
            raise CannotPress("the call is over")
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((digits, done))
        await done

    def next_packet(self) -> TelephoneEvent | None:
        """The event for the next packet; None leaves it to the audio."""
        return next(self._packets)

    def is_first(self, event: TelephoneEvent) -> bool:
        return event.duration == self._packet_samples

    def close(self) -> None:
        """Whoever waits for a key gets CannotPress."""
        self._closed = True
        for done in (self._pressing, *(done for _, done in self._waiting)):
            if done is not None and not done.done():
                done.set_exception(CannotPress("the call is over"))

    def _all_packets(self) -> Iterator[TelephoneEvent | None]:
        while True:
            if not self._waiting:
                yield None
                continue
            digits, self._pressing = self._waiting.popleft()
            for digit in digits:
                yield from self._stroke(DIGITS.index(digit))
            if not self._pressing.done():
                self._pressing.set_result(None)

    def _stroke(self, key: int) -> Iterator[TelephoneEvent | None]:
        for held in range(1, _HELD_PACKETS):
            yield TelephoneEvent(key, held * self._packet_samples)
        for _ in range(_END_PACKETS):
            yield TelephoneEvent(key, _HELD_PACKETS * self._packet_samples, end=True)
        for _ in range(_PAUSE_PACKETS):
            yield None


class HeardDigits:
    """The keys that the far end pressed. Each counts once, from its first packet that arrives."""

    def __init__(self) -> None:
        self.text = ""
        self._known: deque[tuple[int, int]] = deque(maxlen=8)
        self._closed = False
        self._changed = asyncio.Event()

    def hear(self, event: TelephoneEvent, ssrc: int, timestamp: int) -> None:
        # All packets of one key carry the timestamp of its beginning (RFC 4733 §2.2.1).
        if event.digit is None or (ssrc, timestamp) in self._known:
            return
        self._known.append((ssrc, timestamp))
        self.text += event.digit
        self._changed.set()

    async def wait(self, count: int) -> str:
        """The digits so far, as soon as there are `count`, or as many as came before the end."""
        while len(self.text) < count and not self._closed:
            self._changed.clear()
            await self._changed.wait()
        return self.text

    def close(self) -> None:
        self._closed = True
        self._changed.set()
