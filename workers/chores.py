"""Chores: what a worker does all the time, and goes on doing after a fault."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

AGAIN_AFTER_S = 2

logger = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]


async def go_on_after_faults(work: Work, hurry: asyncio.Event) -> None:
    """Do it; a fault is logged, and costs a pause, which ends with the event."""
    try:
        await work()
    except Exception:
        logger.exception("will go on in %s s", AGAIN_AFTER_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_AFTER_S):
                await hurry.wait()


async def for_ever(work: Work) -> None:
    """Do it again and again, until cancelled."""
    while True:
        await go_on_after_faults(work, asyncio.Event())


@asynccontextmanager
async def beside(work: Work) -> AsyncIterator[None]:
    """Do it for ever while the block runs."""
    doing = asyncio.create_task(for_ever(work))
    try:
        yield
    finally:
        doing.cancel()
