"""Keep-alive: trunks that want it are asked for their options, whether there are calls or not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from switchboard.calls.trunk import Trunk
from workers.threads import persist
from workers.trunk_watch import TrunkWatch

RENEWED_EVERY_S = 10.0
TICK_S = 1.0
# What says that it takes no calls, and what the engine says where it could not reach it.
NO_ANSWERS = frozenset({None, 408, 503})

Ask = Callable[[Trunk], Awaitable[int | None]]


class KeepAlive:
    """Asks each trunk in its own rhythm and tells the watch. `ask` gives the final answer, None
    where there was none in time."""

    def __init__(self, trunks: Callable[[], Sequence[Trunk]], ask: Ask, watch: TrunkWatch) -> None:
        self._trunks = trunks
        self._ask = ask
        self._watch = watch
        self._known: Sequence[Trunk] = ()
        self._asked: dict[str, float] = {}

    async def run(self) -> None:
        """Until cancelled; where the stores are out of reach, the trunks stay what they were."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_renewing())
            while True:
                now = asyncio.get_running_loop().time()
                for trunk in self._known:
                    if self._is_due(trunk, now):
                        self._asked[trunk.name] = now
                        group.create_task(self._tell(trunk))
                await asyncio.sleep(TICK_S)

    async def _keep_renewing(self) -> None:
        while True:
            self._known = await persist(self._trunks)
            await asyncio.sleep(RENEWED_EVERY_S)

    def _is_due(self, trunk: Trunk, now: float) -> bool:
        if trunk.keep_alive is None or not trunk.enabled:
            return False
        asked = self._asked.get(trunk.name)
        return asked is None or now - asked >= trunk.keep_alive.total_seconds()

    async def _tell(self, trunk: Trunk) -> None:
        self._watch.asked(trunk, answers=await self._ask(trunk) not in NO_ANSWERS)
