"""Waiting in a thread that does not keep the process from ending."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


async def in_daemon_thread(work: Callable[[], Answer]) -> Answer:
    """What `work` gives, done in a thread of its own. Where the waiter is cancelled, the thread
    goes on alone, and the interpreter does not wait for it: long polls of a queue are of that
    kind, and the threads of `asyncio.to_thread` are not."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Answer] = loop.create_future()

    def tell(setter: Callable[[], None]) -> None:
        if not answer.done():
            setter()

    def run() -> None:
        try:
            found = work()
        except BaseException as fault:  # noqa: BLE001  it is raised again where it is awaited
            loop.call_soon_threadsafe(tell, lambda fault=fault: answer.set_exception(fault))
        else:
            loop.call_soon_threadsafe(tell, lambda: answer.set_result(found))

    threading.Thread(target=run, daemon=True).start()
    return await answer
