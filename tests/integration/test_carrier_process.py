"""The simulated carrier as a process of its own: how it begins, what it tells, how it ends."""

import asyncio
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.integration.caller import a_handset, in_real_time, run_sipp

pytestmark = pytest.mark.integration

COMMAND = (sys.executable, "-m", "ringback.carrier")


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
async def test_terminated_carrier_hangs_up_and_exits_within_a_second(tmp_path):
    script = tmp_path / "phones.toml"
    script.write_text("[default]\nring_for_s = 0.1")
    async with a_carrier("--script", str(script)) as carrier, a_handset() as (caller, media):
        sipp = asyncio.create_task(run_sipp(carrier.address, "waits_to_be_hung_up", *media))
        await caller.hear(0.2)

        terminated = time.monotonic()
        carrier.process.terminate()
        _, log = await carrier.process.communicate()
        assert time.monotonic() - terminated < 1

        await sipp
    assert carrier.process.returncode == 0
    called, outcome = log.decode().splitlines()[-1].split(": ")
    assert called.endswith("+15******111 called +44*******567")
    assert re.fullmatch(
        r"answered after 0\.1 s, talked 0\.\d s \(200, ended by the phone\)", outcome
    )


@in_real_time
async def test_carrier_ends_with_the_process_that_started_it():
    command = (*COMMAND, "--port", "0", "--die-with-parent")
    async with a_process("sh", "-c", '"$@" & read line', "sh", *command) as parent:
        await parent.stdout.readline()

        parent.kill()

        # The pipe is closed when the carrier, which holds it too, has ended.
        assert await parent.stdout.read() == b""


@in_real_time
async def test_taken_port_is_named():
    async with a_carrier() as first:
        port = first.address.split(":")[1]
        async with a_process(*COMMAND, "--port", port) as second:
            said = await second.communicate()

    assert said == (b"", f"cannot listen on UDP port {port}: Address already in use\n".encode())
    assert second.returncode == 1


@in_real_time
async def test_wrong_script_is_named(tmp_path):
    script = tmp_path / "phones.toml"
    script.write_text("[default]\nverdict = 'maybe'")
    async with a_process(*COMMAND, "--script", str(script)) as process:
        _, error = await process.communicate()

    assert error.decode().startswith(f"{script}: default.verdict: must be ")
    assert process.returncode == 2


@in_real_time
async def test_datagram_that_is_no_sip_is_ignored_with_a_line_in_the_log():
    async with a_carrier() as carrier:
        host, port = carrier.address.split(":")
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=(host, int(port))
        )
        for datagram in (b"\r\n\r\n", b"hello", b"\xff" * 1500):
            transport.sendto(datagram)
        transport.close()
        await run_sipp(carrier.address, "asks_for_options")

        carrier.process.send_signal(signal.SIGINT)
        _, log = await carrier.process.communicate()
    assert log.count(b"ignored a datagram from 127.0.0.1:") == 2
    assert carrier.process.returncode == 0
