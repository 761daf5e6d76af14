"""Simulated time: an event loop whose clock jumps to the next timer, and a clock that shows it."""

import asyncio
import inspect
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class NothingWillHappen(RuntimeError):
    """Everything waits, and nothing is due: without simulated time this would hang for ever."""


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Time stands still while something runs, and jumps to the next timer when nothing does.

    It begins at zero. What is given to a thread runs at once, in this one, and takes no time;
    work that has to wait gives a coroutine in place of its answer, and that is awaited.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.seconds

    def run_in_executor(
        self, _executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        async def call() -> T:
            answer = func(*args)
            return await answer if inspect.iscoroutine(answer) else answer

        return self.create_task(call())


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: SimulatedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingWillHappen
        self._loop.seconds += max(0.0, timeout)
        return super().select(0)


@dataclass(frozen=True)
class SimulatedClock:
    """The running loop's time as a date."""

    start: datetime = datetime(2026, 1, 2, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=asyncio.get_running_loop().time())


def run_simulated(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result, in no time. NothingWillHappen where it would wait for ever."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(coroutine)
