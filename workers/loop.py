"""An asyncio event loop that also runs a media engine: one thread, no locks, no busy waiting."""

import asyncio
import math
import selectors
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

# The longest that a wake-up from another thread or a socket of asyncio's waits while the engine
# waits for its own. An idle worker spends about 1.3 % of a core on this.
SLICE_MS = 5
# How many questions to the stores are under way at once. asyncio's own number goes by the cores of
# the machine; a worker has one of them, and hundreds of callbacks that wait for answers.
THREADS = 32

Poll = Callable[[int], None]


class SharedSelector(selectors.DefaultSelector):
    """Looks after asyncio's file descriptors, and lets the engine do the waiting.

    `poll(ms)` handles the engine's events and waits at most so many milliseconds for the first.
    """

    def __init__(self, poll: Poll) -> None:
        super().__init__()
        self._poll = poll

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; where nothing is, after one slice of waiting at most, so that the
        loop comes back early with nothing."""
        ready = super().select(0)
        self._poll(0 if ready else _slice_ms(timeout))
        return ready


def _slice_ms(timeout: float | None) -> int:
    if timeout is None:
        return SLICE_MS
    # Rounded up: a wait of half a millisecond cut to none would spin until it is over.
    return max(0, min(SLICE_MS, math.ceil(timeout * 1000)))


def shared_loop(poll: Poll) -> asyncio.AbstractEventLoop:
    """A new event loop whose thread also runs the engine behind `poll`."""
    loop = asyncio.SelectorEventLoop(SharedSelector(poll))
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    return loop
