"""A phone behind a carrier: SIP by sipp, which follows one scenario, and RTP by the test itself."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ringback.carrier.media.g711 import G711, Samples
from ringback.carrier.media.ports import bind_pair
from ringback.carrier.media.rtp import MalformedRtp, RtpPacket
from ringback.carrier.media.sound import Tone
from switchboard.calls.trunk import Trunk

HOST = "127.0.0.1"
SCENARIOS = Path(__file__).parent / "sipp"
PACKET_SAMPLES = 160
PACKET_S = 0.02
DEADLINE_S = 10


@dataclass(frozen=True)
class FarEnd:
    """A scenario that waits for its INVITE at `trunk`, and the mouth and ear of its phone."""

    trunk: Trunk
    handset: "Handset"


class Handset(asyncio.DatagramProtocol):
    """Sends a tone, or what else it is given, to where RTP comes from, and keeps what it hears."""

    def __init__(self, tone: Tone | None) -> None:
        self._tone = tone
        self._heard: list[bytes] = []
        self._worker: tuple[str, int] | None = None
        self._found = asyncio.Event()

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
        if packet.payload_type == G711.PCMU.value:
            self._heard.append(packet.payload)
        self._worker = address
        self._found.set()

    async def hear_at_least(self, seconds: float) -> None:
        """Return when so much more has been heard."""
        enough = len(self._heard) + round(seconds / PACKET_S)
        async with asyncio.timeout(DEADLINE_S):
            while len(self._heard) < enough:
                await asyncio.sleep(PACKET_S)

    async def speak(self) -> None:
        """Send the tone until cancelled."""
        await self._found.wait()
        loop = asyncio.get_running_loop()
        start = loop.time()
        sequence = 0
        while self._tone is not None:
            samples = self._tone.samples(sequence * PACKET_SAMPLES, PACKET_SAMPLES)
            self._send(
                RtpPacket(0, sequence, sequence * PACKET_SAMPLES, 1, G711.PCMU.encode(samples))
            )
            sequence += 1
            await asyncio.sleep(start + sequence * PACKET_S - loop.time())

    async def replay(self, capture: Path) -> None:
        """Send the RTP packets of a pcap file at the times at which they were captured."""
        await self._found.wait()
        loop = asyncio.get_running_loop()
        packets = list(_packets_of(capture))
        start = loop.time() - packets[0][0]
        for captured, payload in packets:
            await asyncio.sleep(start + captured - loop.time())
            self._transport.sendto(payload, self._worker)

    def _send(self, packet: RtpPacket) -> None:
        self._transport.sendto(packet.pack(), self._worker)


def _packets_of(capture: Path):
    """The seconds and the UDP payload of each packet, behind Ethernet, IPv4 and UDP headers."""
    content = capture.read_bytes()
    at = 24
    while at < len(content):
        seconds, microseconds, size, _ = struct.unpack_from("<IIII", content, at)
        yield seconds + microseconds / 1e6, content[at + 16 + 14 + 20 + 8 : at + 16 + size]
        at += 16 + size


@asynccontextmanager
async def far_end(
    scenario: str, *, status: str = "", tone: Tone | None = None
) -> AsyncIterator[FarEnd]:
    """Play a scenario for one call. Leaving the block waits for its end and expects success.

    `status` is the final answer of a scenario that refuses, "486 Busy Here".
    """
    loop = asyncio.get_running_loop()
    rtp, rtcp = bind_pair(HOST, None)
    transport, handset = await loop.create_datagram_endpoint(lambda: Handset(tone), sock=rtp)
    speaking = asyncio.create_task(handset.speak())
    port = _free_port()
    sipp = await _started(scenario, status, port=port, media_port=rtp.getsockname()[1])
    try:
        await _listening(port, sipp)
        yield FarEnd(Trunk("sipp", HOST, port), handset)
        async with asyncio.timeout(DEADLINE_S):
            said, _ = await sipp.communicate()
        assert sipp.returncode == 0, f"{scenario}: {said.decode()}"
    finally:
        if sipp.returncode is None:
            sipp.kill()
            await sipp.communicate()
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
    scenario: str, status: str, *, port: int, media_port: int
) -> asyncio.subprocess.Process:
    script = (SCENARIOS / f"{scenario}.xml").read_text(encoding="utf-8")
    sipp = await asyncio.create_subprocess_exec(
        "sipp",
        *("-sf", "/dev/stdin", "-i", HOST, "-p", str(port), "-m", "1", "-nostdin"),
        *("-mp", str(_free_port()), "-timeout", f"{DEADLINE_S}s", "-timeout_error"),
        *("-key", "media", str(media_port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert sipp.stdin is not None
    # sipp wants to see the status code when it reads the file, so that no `-key` can give it.
    sipp.stdin.write(script.replace("[status]", status).encode())
    sipp.stdin.close()
    return sipp


async def _listening(port: int, sipp: asyncio.subprocess.Process) -> None:
    """Return when sipp has bound its port; it has no other way of saying that it is ready."""
    bound = f":{port:04X} "
    async with asyncio.timeout(DEADLINE_S):
        while bound not in Path("/proc/net/udp").read_text():
            assert sipp.returncode is None, "sipp has ended"
            await asyncio.sleep(0.01)
