"""A phone behind a carrier: SIP by sipp, which follows one scenario, and RTP by the test itself."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ringback.carrier.media.g711 import G711, Samples
from ringback.carrier.media.ports import bind_pair
from ringback.carrier.media.rtp import MalformedRtp, RtpPacket
from ringback.carrier.media.sound import Tone
from switchboard.calls.ending import Party
from switchboard.calls.trunk import Trunk
from tests.fakes.phone import an_order
from workers.phone import LegOrder

HOST = "127.0.0.1"
SCENARIOS = Path(__file__).parent / "sipp"
PACKET_SAMPLES = 160
PACKET_S = 0.02
DEADLINE_S = 10


@dataclass(frozen=True)
class FarEnd:
    """A scenario that waits for its INVITE at `trunk`, and the handset of its phone."""

    trunk: Trunk
    handset: "Handset"

    def order(self, party: Party = Party.CUSTOMER, **limits: timedelta) -> LegOrder:
        return an_order(party, trunk=self.trunk, **limits)


class Handset(asyncio.DatagramProtocol):
    """Keeps what it hears, and speaks to where that comes from."""

    def __init__(self) -> None:
        self._heard: list[bytes] = []
        self._worker: tuple[str, int] | None = None
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def heard(self) -> Samples:
        return G711.PCMU.decode(b"".join(self._heard))

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, datagram: bytes, address: tuple[str, int]) -> None:
        try:
            packet = RtpPacket.unpack(datagram)
        except MalformedRtp:
            return
        self._worker = address
        if packet.payload_type == G711.PCMU.value:
            self._heard.append(packet.payload)
        task = asyncio.create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def hear(self, seconds: float) -> Samples:
        """What is heard from now on, so long."""
        start = len(self._heard)
        enough = start + round(seconds / PACKET_S)
        await self._until(lambda: len(self._heard) >= enough)
        return self.heard[start * PACKET_SAMPLES :]

    async def speak(self, tone: Tone) -> None:
        """Play a tone until cancelled."""
        loop = asyncio.get_running_loop()
        await self._until(lambda: self._worker is not None)
        start = loop.time()
        sequence = 0
        while True:
            first = sequence * PACKET_SAMPLES
            payload = G711.PCMU.encode(tone.samples(first, PACKET_SAMPLES))
            packet = RtpPacket(G711.PCMU.value, sequence, first, 1, payload)
            self._transport.sendto(packet.pack(), self._worker)
            sequence += 1
            await asyncio.sleep(start + sequence * PACKET_S - loop.time())

    async def replay(self, capture: Path) -> None:
        """Send the RTP packets of a pcap file at the times at which they were captured."""
        loop = asyncio.get_running_loop()
        await self._until(lambda: self._worker is not None)
        packets = list(_packets_of(capture))
        start = loop.time() - packets[0][0]
        for captured, payload in packets:
            await asyncio.sleep(start + captured - loop.time())
            self._transport.sendto(payload, self._worker)

    async def _until(self, condition) -> None:
        async with asyncio.timeout(DEADLINE_S), self._news:
            await self._news.wait_for(condition)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


def _packets_of(capture: Path) -> Iterator[tuple[float, bytes]]:
    """The seconds and the UDP payload of each packet, behind Ethernet, IPv4 and UDP headers."""
    content = capture.read_bytes()
    at = 24
    while at < len(content):
        seconds, microseconds, size, _ = struct.unpack_from("<IIII", content, at)
        yield seconds + microseconds / 1e6, content[at + 16 + 14 + 20 + 8 : at + 16 + size]
        at += 16 + size


@asynccontextmanager
async def far_end(
    scenario: str, *, status: str = "", tone: Tone | None = None, calls: int = 1
) -> AsyncIterator[FarEnd]:
    """Play a scenario, for one call or several. Leaving the block waits until it has been played
    so often, and expects success.

    `status` is the final answer of a scenario that refuses, "486 Busy Here"; `tone` is what the
    phone plays as long as there is audio.
    """
    rtp, rtcp = bind_pair(HOST, None)
    loop = asyncio.get_running_loop()
    transport, handset = await loop.create_datagram_endpoint(Handset, sock=rtp)
    port = _free_port()
    script = (SCENARIOS / f"{scenario}.xml").read_bytes().replace(b"[status]", status.encode())
    sipp = await _started(script, port, calls, media_port=rtp.getsockname()[1])
    speaking = None if tone is None else asyncio.create_task(handset.speak(tone))
    try:
        await _listening(port, sipp)
        yield FarEnd(Trunk("sipp", HOST, port), handset)
        async with asyncio.timeout(DEADLINE_S):
            said = await sipp.stdout.read()
            assert await sipp.wait() == 0, f"{scenario}: {said.decode()}"
    finally:
        if sipp.returncode is None:
            sipp.kill()
            await sipp.wait()
        if speaking is not None:
            speaking.cancel()
        transport.close()
        rtcp.close()


def _free_port() -> int:
    pair = bind_pair(HOST, None)
    port = pair[0].getsockname()[1]
    for held in pair:
        held.close()
    return port


async def _started(
    script: bytes, port: int, calls: int, *, media_port: int
) -> asyncio.subprocess.Process:
    sipp = await asyncio.create_subprocess_exec(
        "sipp",
        *("-sf", "/dev/stdin", "-i", HOST, "-p", str(port), "-m", str(calls)),
        *("-mp", str(_free_port()), "-timeout", f"{DEADLINE_S}s", "-timeout_error", "-nostdin"),
        *("-key", "media", str(media_port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    # Not a file and a `-key`: sipp wants to see the status code when it reads the scenario.
    sipp.stdin.write(script)
    sipp.stdin.close()
    return sipp


async def _listening(port: int, sipp: asyncio.subprocess.Process) -> None:
    """Return when sipp has bound its port; it has no other way of saying that it is ready."""
    async with asyncio.timeout(DEADLINE_S):
        while not _is_bound(port):
            assert sipp.returncode is None, (await sipp.stdout.read()).decode()
            await asyncio.sleep(0.01)


def _is_bound(port: int) -> bool:
    return f":{port:04X} " in Path("/proc/net/udp").read_text()
