"""Group commit: requests that are served side by side share one write to the disk."""

import asyncio
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from ringback.embedded.log import Change

logger = logging.getLogger(__name__)


class Disk(Protocol):
    """Where changes are kept, see `Log`."""

    def append(self, changes: Sequence[bytes]) -> None:
        """Returns when these encoded changes are on the disk."""


class Journal:
    """Takes changes in the order in which they are made and says when they are on the disk.

    If the disk refuses, the process ends at once: memory is then ahead of the log, and no client
    may hear of what a restart would take back.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        # A thread of its own: fdatasync must stop neither the event loop nor ministack's workers.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._noted: list[bytes] = []
        self._count = 0
        self._settled = 0
        self._writing: asyncio.Future[None] | None = None

    def note(self, change: Change) -> None:
        """Encodes at once: the emulator goes on to alter what it handed over."""
        self._noted.append(change.encode())
        self._count += 1

    async def settled(self) -> None:
        """Returns when everything noted before the call is on the disk."""
        target = self._count
        while self._settled < target:
            if self._writing is None:
                self._writing = asyncio.ensure_future(self._write())
            # A client that gives up must not take the others' write with it.
            await asyncio.shield(self._writing)

    async def close(self) -> None:
        """Writes what is left."""
        await self.settled()
        self._thread.shutdown()

    async def _write(self) -> None:
        changes, self._noted = self._noted, []
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._disk.append, changes)
        except OSError as error:
            logger.critical("cannot write the log, giving up: %s", error)
            os._exit(1)
        self._settled += len(changes)
        self._writing = None
