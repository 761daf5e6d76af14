"""Pace: how many calls a second a trunk gets, from all workers together."""

import asyncio
from collections import defaultdict, deque
from datetime import timedelta

from switchboard.calls.trunk import Trunk
from switchboard.clock import Clock
from switchboard.ports import Limit, Throttle
from workers.channels import Channels

WINDOW_S = 1.0


class Pace:
    """Each worker has the same share, as many as live by their heartbeats, and keeps to it without
    asking anybody. Where there are more workers than calls a second, a counter in the stores deals
    them out, which costs a write a call."""

    def __init__(self, channels: Channels, throttle: Throttle, clock: Clock) -> None:
        self._channels = channels
        self._throttle = throttle
        self._clock = clock
        self._begun: dict[str, deque[float]] = defaultdict(deque)

    async def take(self, trunk: Trunk) -> bool:
        """Whether a call over this trunk may begin now; it counts where it may."""
        if trunk.calls_per_second is None:
            return True
        share = trunk.calls_per_second // await self._channels.count_workers()
        if share:
            return self._take_own(trunk.name, share)
        limit = Limit(trunk.calls_per_second, timedelta(seconds=WINDOW_S))
        key, now = f"trunk#{trunk.name}", self._clock.now()
        return await asyncio.to_thread(self._throttle.take, key, limit, now)

    def _take_own(self, name: str, share: int) -> bool:
        begun, now = self._begun[name], asyncio.get_running_loop().time()
        while begun and now - begun[0] >= WINDOW_S:
            begun.popleft()
        if len(begun) >= share:
            return False
        begun.append(now)
        return True
