"""Channels: how many legs each trunk carries now, over this worker and over the others."""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from switchboard.calls.beat import Beat
from switchboard.calls.trunk import Trunk
from switchboard.clock import Clock
from switchboard.ports import Workers

# A heartbeat is hardly newer than that.
OTHERS_KEPT_S = 3.0
# The same, where a trunk is nearly full: each of the others may have placed a leg since.
NEARLY_FULL_KEPT_S = 0.2
# For how long a call waits to hear of the others; what was heard before has to do then.
HEARD_WITHIN_S = 1.0

logger = logging.getLogger(__name__)


class Channels:
    """Counts this worker's own legs exactly, those of others by their last heartbeats, which are
    read when a leg is placed, and after some seconds again.

    `news` is called when a leg is placed that the other workers are to hear of."""

    def __init__(self, workers: Workers, clock: Clock, worker: str) -> None:
        self._workers = workers
        self._clock = clock
        self._worker = worker
        self._mine: Counter[str] = Counter()
        self._others: Sequence[Beat] = ()
        self._asked = -math.inf
        self._asking: asyncio.Task[None] | None = None
        self.news: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def taken(self, trunk: Trunk) -> AsyncIterator[bool]:
        """Whether the trunk has room for one leg more, which is taken while the block lasts."""
        has_room = True
        if trunk.capacity is not None:
            has_room = await self._has_room(trunk.name, trunk.capacity)
            if has_room:
                self.news()
        self._mine[trunk.name] += has_room
        try:
            yield has_room
        finally:
            self._mine[trunk.name] -= has_room

    async def count_workers(self) -> int:
        """How many workers live, with this one."""
        return 1 + len(await self.others())

    async def _has_room(self, trunk: str, capacity: int) -> bool:
        others = await self.others()
        if capacity - self._legs_on(trunk, others) <= 1 + len(others):
            others = await self.others(kept_s=NEARLY_FULL_KEPT_S)
        return self._legs_on(trunk, others) < capacity

    def _legs_on(self, trunk: str, others: Sequence[Beat]) -> int:
        told = (call.legs_on(trunk) for beat in others for call in beat.calls.values())
        return self._mine[trunk] + sum(told)

    async def others(self, *, kept_s: float = OTHERS_KEPT_S) -> Sequence[Beat]:
        """The last heartbeats of the other workers that live, as they were lately."""
        loop_now = asyncio.get_running_loop().time()
        if self._asking is None and loop_now - self._asked >= kept_s:
            self._asked = loop_now
            self._asking = asyncio.create_task(self._ask())
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=HEARD_WITHIN_S)
        now = self._clock.now()
        return [beat for beat in self._others if beat.stale_at >= now]

    async def _ask(self) -> None:
        try:
            beats = await asyncio.to_thread(self._workers.all)
            self._others = [beat for beat in beats if beat.worker != self._worker]
        except Exception:
            logger.exception("the other workers are not heard of")
        finally:
            self._asking = None
