"""What a worker does in threads beside its loop: long polls, and writes that must not be lost."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Answer = TypeVar("Answer")

AGAIN_AFTER_S = 2

logger = logging.getLogger(__name__)


class DaemonThreads(Executor):
    """Gives each piece of work a thread of its own, for which the interpreter does not wait at
    its end, as it does for the threads of `asyncio.to_thread`."""

    def submit(
        self, work: Callable[P, Answer], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[Answer]:
        """The future of what `work` gives; it cannot be cancelled."""
        answer: Future[Answer] = Future()
        answer.set_running_or_notify_cancel()

        def run() -> None:
            try:
                answer.set_result(work(*args, **kwargs))
            except BaseException as fault:  # noqa: BLE001  it is raised again where it is awaited
                answer.set_exception(fault)

        threading.Thread(target=run, daemon=True).start()
        return answer


async def in_daemon_thread(work: Callable[[], Answer]) -> Answer:
    """What `work` gives. Where the waiter is cancelled, the thread goes on alone: long polls of
    a queue are of that kind."""
    return await asyncio.get_running_loop().run_in_executor(DaemonThreads(), work)


async def persist(write: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer:
    """Make a write that may be repeated, until it is made: a call that happened is not forgotten
    because a store was out of reach."""
    while True:
        try:
            return await asyncio.to_thread(write, *args, **kwargs)
        except Exception:
            logger.exception("will be tried again in %s s", AGAIN_AFTER_S)
            await asyncio.sleep(AGAIN_AFTER_S)


async def to_the_end(
    take: Callable[[Answer], None], work: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs
) -> None:
    """Work in a thread, and take what it gives even where the waiter is cancelled meanwhile."""
    task = asyncio.create_task(asyncio.to_thread(work, *args, **kwargs))
    try:
        await asyncio.shield(task)
    finally:
        while not task.done():
            # Whoever cancels again is obeyed as soon as this is over.
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if task.exception() is None:
            take(task.result())
