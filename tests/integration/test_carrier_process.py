"""The simulated carrier as a process of its own: how it begins, what it tells, how it ends."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.integration.caller import NUMBER, in_real_time, run_sipp

pytestmark = pytest.mark.integration

COMMAND = (sys.executable, "-m", "ringback.carrier")
NO_MEDIA = ("-key", "media", "9")


@dataclass(frozen=True)
class Carrier:
    address: str
    process: asyncio.subprocess.Process


@asynccontextmanager
async def a_process(*command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def a_carrier(*options: str) -> AsyncIterator[Carrier]:
    async with a_process(*COMMAND, "--port", "0", *options) as process:
        line = (await process.stdout.readline()).decode()
        assert line.startswith("carrier listening on 127.0.0.1:")
        yield Carrier(line.split()[-1], process)


@in_real_time
async def test_default_phone_rings_two_seconds_and_plays_its_tone(): ...
