"""The clock of all media: one tick every 20 ms for every call that sends."""

import asyncio
from collections.abc import Callable

PACKET_S = 0.020

# After a stall longer than this the missed packets are not sent in a burst: the RTP clock jumps,
# as behind a phone that was silent for so long.
_MOST_LATE_TICKS = 5

Ticked = Callable[[int], None]


class Pacer:
    """Calls everyone who joined with the number of the tick, which is the count of 20 ms spans
    since the pacer was made. Deadlines are absolute, so that lateness never adds up."""

    def __init__(self) -> None:
        self._members: dict[Ticked, None] = {}
        self._joined = asyncio.Event()

    def join(self, member: Ticked) -> None:
        self._members[member] = None
        self._joined.set()

    def leave(self, member: Ticked) -> None:
        self._members.pop(member, None)
        if not self._members:
            self._joined.clear()

    async def run(self) -> None:
        """Ticks until cancelled; stands still while nobody sends."""
        now = asyncio.get_running_loop().time
        start = now()
        tick = 0
        while True:
            current = int((now() - start) / PACKET_S)
            if current - tick > _MOST_LATE_TICKS:
                tick = current
            await asyncio.sleep(start + tick * PACKET_S - now())
            for member in tuple(self._members):
                member(tick)
            tick += 1
            if not self._members:
                await self._joined.wait()
                tick = max(tick, int((now() - start) / PACKET_S) + 1)
