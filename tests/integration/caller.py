"""Callers of the simulated carrier: SIP by sipp, which follows a scenario, and RTP by the test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import wraps
from pathlib import Path

from ringback.carrier import PhoneCall, PhoneScript, SimulatedCarrier, Tone
from ringback.carrier.media.rtp import RtpPacket, TelephoneEvent
from tests.integration.far_end import DEADLINE_S, HOST, SCENARIOS, Handset

NUMBER = "+442071234567"
CAPTURES = Path("/usr/share/sip-tester")
SOON = timedelta(seconds=0.1)

# sipp sends again what it sent last when something arrives again; two that do so never end.
LITERALLY = "-nr"


def in_real_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Lets pytest run a coroutine, which has to end by the deadline."""

    @wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(asyncio.wait_for(test(**fixtures), 6 * DEADLINE_S))

    return run


class Caller(Handset):
    """Besides what it hears, it knows which keys were pressed, under payload type 101."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[int, str] = {}

    @property
    def keys(self) -> str:
        return "".join(self._keys.values())

    def datagram_received(self, datagram: bytes, address: tuple[str, int]) -> None:
        super().datagram_received(datagram, address)
        packet = RtpPacket.unpack(datagram)
        if packet.payload_type == 101:
            self._keys[packet.timestamp] = TelephoneEvent.unpack(packet.payload).digit


@asynccontextmanager
async def a_handset(tone: Tone | None = None) -> AsyncIterator[tuple[Caller, tuple[str, str, str]]]:
    """A mouth and ear, and the options that make sipp's offer name them."""
    transport, caller = await asyncio.get_running_loop().create_datagram_endpoint(
        Caller, local_addr=(HOST, 0)
    )
    speaking = None if tone is None else asyncio.create_task(caller.speak(tone))
    try:
        yield caller, ("-key", "media", str(transport.get_extra_info("sockname")[1]))
    finally:
        if speaking is not None:
            speaking.cancel()
        transport.close()


@asynccontextmanager
async def calling(
    scenario: str, *options: str, tone: Tone | None = None, **script: object
) -> AsyncIterator[tuple[Caller, PhoneCall]]:
    """A call by `carrier_{scenario}.xml` to a phone that, unless `script` says otherwise, answers
    soon. Leaving the block waits for the end of the scenario and expects success."""
    phone = PhoneScript(**{"ring_for": SOON, **script})
    async with SimulatedCarrier(default=phone) as carrier, a_handset(tone) as (caller, media):
        sipp = asyncio.create_task(run_sipp(carrier.address, scenario, *media, *options))
        try:
            yield caller, await carrier.next_call(NUMBER)
            await sipp
        finally:
            sipp.cancel()
            await asyncio.wait({sipp})


async def called(scenario: str, *options: str, **script: object) -> tuple[Caller, PhoneCall]:
    """What is left of a call by `carrier_{scenario}.xml` when it is over."""
    async with calling(scenario, *options, **script) as (caller, call):
        pass
    return caller, call


async def run_sipp(address: str, scenario: str, *options: str) -> None:
    """Plays `carrier_{scenario}.xml` to the carrier at `address`; returns after its success."""
    sipp = await asyncio.create_subprocess_exec(
        "sipp",
        address,
        *("-sf", str(SCENARIOS / f"carrier_{scenario}.xml"), "-s", NUMBER, "-m", "1"),
        *("-i", HOST, "-mi", HOST, "-p", str(_free_port()), "-mp", str(_free_port())),
        *("-nostdin", "-timeout", f"{DEADLINE_S}s", "-timeout_error"),
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
