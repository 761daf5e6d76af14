"""The steps of a call in time: reached at a moment, or missed because the call ended before."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self


class CallEnded(Exception):
    """The call was over before what was waited for."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on two clocks: for people, and (the event loop's, in seconds) for durations."""

    at: datetime
    monotonic: float

    @classmethod
    def now(cls) -> Self:
        return cls(datetime.now(UTC), asyncio.get_running_loop().time())


class Milestone:
    """A step that happens at most once. `moment` is None until it has, and for good if it was
    missed."""

    def __init__(self) -> None:
        self.moment: Moment | None = None
        self._decided = asyncio.Event()

    def reach(self) -> None:
        if not self._decided.is_set():
            self.moment = Moment.now()
            self._decided.set()

    def miss(self) -> None:
        self._decided.set()

    async def wait(self) -> Moment:
        """Raises CallEnded if the step was missed."""
        await self._decided.wait()
        if self.moment is None:
            raise CallEnded
        return self.moment
