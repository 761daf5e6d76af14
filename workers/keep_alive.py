"""Keep-alive: trunks that want it are registered at, and asked for their options, whether there are
calls or not."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from switchboard.calls.trunk import Trunk
from workers.chores import go_on_after_faults
from workers.threads import persist
from workers.trunk_watch import TrunkWatch

RENEWED_EVERY_S = 10.0
TICK_S = 1.0
# What says that it takes no calls, and what the engine says where it could not reach it.
NO_ANSWERS = frozenset({None, 408, 503})


class Asks(Protocol):
    """What it asks of the telephone."""

    async def ask(self, trunk: Trunk) -> int | None:
        """The final answer to an OPTIONS, None where there was none in time."""

    def registration(self, trunk: Trunk) -> int | None:
        """Be registered there from now on; what the last registration was answered with."""

    def unregister(self, trunk: Trunk) -> None:
        """Be registered there no more."""


class KeepAlive:
    """Asks each trunk in its own rhythm and tells the watch."""

    def __init__(
        self, trunks: Callable[[], Sequence[Trunk]], phone: Asks, watch: TrunkWatch
    ) -> None:
        self._trunks = trunks
        self._phone = phone
        self._watch = watch
        self._known: Sequence[Trunk] = ()
        self._asked: dict[str, float] = {}
        self._registered: dict[str, Trunk] = {}

    async def run(self) -> None:
        """Until cancelled; where the stores are out of reach, the trunks stay what they were."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_renewing())
            while True:
                now = asyncio.get_running_loop().time()
                for trunk in self._known:
                    if self._is_due(trunk, now):
                        self._asked[trunk.name] = now
                        asking = partial(self._tell, trunk)
                        # A fault of one is none of the others'.
                        group.create_task(go_on_after_faults(asking, asyncio.Event()))
                self._register()
                await asyncio.sleep(TICK_S)

    async def _keep_renewing(self) -> None:
        while True:
            self._known = await persist(self._trunks)
            await asyncio.sleep(RENEWED_EVERY_S)

    def _register(self) -> None:
        wanted = {one.name: one for one in self._known if one.enabled and one.link.registers}
        for name, trunk in self._registered.items():
            if name not in wanted or _registration(wanted[name]) != _registration(trunk):
                self._phone.unregister(trunk)
                self._watch.registered(trunk, None)
        for trunk in wanted.values():
            self._watch.registered(trunk, self._phone.registration(trunk))
        self._registered = wanted

    def _is_due(self, trunk: Trunk, now: float) -> bool:
        if trunk.keep_alive is None or not trunk.enabled:
            return False
        asked = self._asked.get(trunk.name)
        return asked is None or now - asked >= trunk.keep_alive.total_seconds()

    async def _tell(self, trunk: Trunk) -> None:
        self._watch.asked(trunk, answers=await self._phone.ask(trunk) not in NO_ANSWERS)


def _registration(trunk: Trunk) -> object:
    """What a registration depends on."""
    return trunk.host, trunk.port, trunk.credentials, trunk.link
