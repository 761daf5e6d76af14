"""A caller of the simulated carrier: SIP by sipp, which follows one scenario, RTP as a test wants."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path

from ringback.carrier import SimulatedCarrier, Tone
from ringback.carrier.media.rtp import RtpPacket, TelephoneEvent
from tests.integration.far_end import DEADLINE_S, HOST, SCENARIOS, Handset

NUMBER = "+442071234567"


def in_real_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Lets pytest run a coroutine, which has to end by the deadline."""

    @wraps(test)
    def run(*fixtures: object, **named: object) -> None:
        asyncio.run(asyncio.wait_for(test(*fixtures, **named), 2 * DEADLINE_S))

    return run


class Caller(Handset):
    """Besides what it hears, it knows which keys were pressed, under payload type 101."""

    def __init__(self, tone: Tone | None) -> None:
        super().__init__(tone)
        self._events: dict[int, TelephoneEvent] = {}

    @property
    def keys(self) -> str:
        return "".join(event.digit for event in self._events.values())

    def datagram_received(self, datagram: bytes, address: tuple[str, int]) -> None:
        super().datagram_received(datagram, address)
        packet = RtpPacket.unpack(datagram)
        if packet.payload_type == 101:
            self._events[packet.timestamp] = TelephoneEvent.unpack(packet.payload)


@asynccontextmanager
async def caller(
    carrier: SimulatedCarrier, scenario: str, *options: str, tone: Tone | None = None
) -> AsyncIterator[Caller]:
    """One call that follows `carrier_{scenario}.xml`, and the mouth and ear of its phone. Leaving
    the block waits for its end and expects success."""
    transport, handset = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Caller(tone), local_addr=(HOST, 0)
    )
    port = transport.get_extra_info("sockname")[1]
    speaking = asyncio.create_task(handset.speak())
    sipp = asyncio.create_task(
        run_sipp(carrier, scenario, "-m", "1", "-s", NUMBER, "-key", "media", str(port), *options)
    )
    try:
        yield handset
        await sipp
    finally:
        for task in (sipp, speaking):
            task.cancel()
        await asyncio.wait({sipp, speaking})
        transport.close()


async def run_sipp(carrier: SimulatedCarrier, scenario: str, *options: str) -> None:
    """Returns when the scenario has been played with success."""
    sipp = await asyncio.create_subprocess_exec(
        "sipp",
        carrier.address,
        *("-sf", str(SCENARIOS / f"carrier_{scenario}.xml"), "-i", HOST, "-mi", HOST),
        *("-p", str(_free_port()), "-nostdin", "-timeout", f"{DEADLINE_S}s", "-timeout_error"),
        *options,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await sipp.communicate()
    finally:
        if sipp.returncode is None:
            sipp.kill()
            await sipp.wait()
    assert sipp.returncode == 0, f"{scenario}: {said.decode()}"


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind((HOST, 0))
        return held.getsockname()[1]


def capture(name: str) -> Path:
    """An RTP capture of the package sip-tester."""
    return Path("/usr/share/sip-tester") / name
