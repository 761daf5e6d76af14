"""Channels: how many legs each trunk carries now, over this worker and over the others."""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from switchboard.calls.beat import Beat
from switchboard.calls.trunk import Trunk
from switchboard.clock import Clock
from switchboard.ports import Workers

# A heartbeat is hardly newer than that.
OTHERS_KEPT_S = 3.0


class Channels:
    """Counts this worker's own legs exactly, those of others by their last heartbeats, which are
    read where a trunk has a limit, and after some seconds again."""

    def __init__(self, workers: Workers, clock: Clock, worker: str) -> None:
        self._workers = workers
        self._clock = clock
        self._worker = worker
        self._mine: Counter[str] = Counter()
        self._others: Sequence[Beat] = ()
        self._asked = -math.inf

    @asynccontextmanager
    async def taken(self, trunk: Trunk) -> AsyncIterator[bool]:
        """Whether the trunk has room for one leg more, which is taken while the block lasts."""
        has_room = True
        if trunk.capacity is not None:
            await self._ask_others()
            has_room = self._legs_on(trunk.name) < trunk.capacity
        self._mine[trunk.name] += has_room
        try:
            yield has_room
        finally:
            self._mine[trunk.name] -= has_room

    async def count_workers(self) -> int:
        """How many workers live, with this one."""
        await self._ask_others()
        now = self._clock.now()
        others = (beat.worker for beat in self._others if beat.stale_at >= now)
        return len({self._worker, *others})

    def _legs_on(self, trunk: str) -> int:
        now = self._clock.now()
        told = (
            call.legs_on(trunk)
            for beat in self._others
            if beat.worker != self._worker and beat.stale_at >= now
            for call in beat.calls.values()
        )
        return self._mine[trunk] + sum(told)

    async def _ask_others(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._asked >= OTHERS_KEPT_S:
            self._others = await asyncio.to_thread(self._workers.all)
            self._asked = now
