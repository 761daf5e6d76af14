"""The media of one call: sends a sound and pressed keys every 20 ms, records what arrives."""

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

from ringback.carrier.media.g711 import G711, SAMPLE_RATE_HZ
from ringback.carrier.media.keys import CannotPress, HeardDigits, Keypad
from ringback.carrier.media.pacer import PACKET_S, Pacer
from ringback.carrier.media.ports import bind_pair
from ringback.carrier.media.recording import Arrival, Recording
from ringback.carrier.media.rtp import MalformedRtp, RtpPacket, TelephoneEvent
from ringback.carrier.media.sound import KeyTones, Source

log = logging.getLogger(__name__)

PACKET_SAMPLES = round(SAMPLE_RATE_HZ * PACKET_S)


@dataclass(frozen=True, slots=True)
class Agreed:
    """One audio stream as both ends settled on it, seen from the phone."""

    host: str
    port: int
    codec: G711
    payload_type: int
    event_payload_type: int | None
    sends: bool


class Line:
    """The phone's end of the audio. It hears from the moment when it is open, and sends once it
    has both a sound and an agreement that lets it. With `keys_in_audio` its keys are tones."""

    def __init__(
        self, host: str, ports: range | None, pacer: Pacer, *, keys_in_audio: bool = False
    ) -> None:
        self.heard = Recording()
        self.digits = HeardDigits()
        self.port = 0
        self._host = host
        self._ports = ports
        self._pacer = pacer
        self._keys_in_audio = keys_in_audio
        self._keypad = Keypad(PACKET_SAMPLES)
        self._rtp: asyncio.DatagramTransport | None = None
        self._rtcp: socket.socket | None = None
        self._agreed: Agreed | None = None
        self._source: Source | None = None
        self._first_tick: int | None = None
        self._ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(16)
        self._clock_offset = secrets.randbits(32)
        self._key_timestamp = 0
        self._marker = True
        self._complaints: set[str] = set()

    @property
    def address(self) -> tuple[str, int]:
        return self._host, self.port

    async def open(self) -> None:
        """Takes a pair of ports. Raises PortsExhausted."""
        rtp, self._rtcp = bind_pair(self._host, self._ports)
        self.port = rtp.getsockname()[1]
        self._rtp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Ear(self._receive), sock=rtp
        )

    def close(self) -> None:
        self._pacer.leave(self._send_packet)
        self._keypad.close()
        self.digits.close()
        for held in (self._rtp, self._rtcp):
            if held is not None:
                held.close()

    def agree(self, agreed: Agreed) -> None:
        """From now on: this far end, in this form."""
        self._agreed = agreed
        self._start_or_stop()

    def play(self, source: Source) -> None:
        """Plays from the beginning of `source`, in place of what played so far."""
        self._source, self._first_tick = source, None
        self._start_or_stop()

    async def press(self, digits: str) -> None:
        """Returns when the last key is up. While the line may not send (on hold), keys wait.

        Raises CannotPress if the call ends, or if keys are no tones and the far end takes no
        telephone events.
        """
        takes_events = self._agreed is not None and self._agreed.event_payload_type is not None
        if not (takes_events or self._keys_in_audio):
            raise CannotPress("the far end takes no telephone events")
        await self._keypad.press(digits)

    def _start_or_stop(self) -> None:
        if self._agreed and self._agreed.sends and self._source:
            self._pacer.join(self._send_packet)
        else:
            self._pacer.leave(self._send_packet)
            self._marker = True

    def _send_packet(self, tick: int) -> None:
        assert self._agreed is not None
        assert self._rtp is not None
        timestamp = (self._clock_offset + tick * PACKET_SAMPLES) % 2**32
        event = self._keypad.next_packet()
        if event is not None and event.digit is not None and self._keys_in_audio:
            tones = KeyTones(event.digit).samples(tick * PACKET_SAMPLES, PACKET_SAMPLES)
            sounding = self._agreed.codec.encode(tones)
            packet = self._packet(self._agreed.payload_type, timestamp, sounding)
        elif event is None or self._agreed.event_payload_type is None:
            packet = self._packet(self._agreed.payload_type, timestamp, self._audio(tick))
        else:
            if self._keypad.is_first(event):
                self._key_timestamp, self._marker = timestamp, True
            kind = self._agreed.event_payload_type
            packet = self._packet(kind, self._key_timestamp, event.pack())
        self._rtp.sendto(packet.pack(), (self._agreed.host, self._agreed.port))
        self._sequence = (self._sequence + 1) % 2**16
        self._marker = False

    def _audio(self, tick: int) -> bytes:
        assert self._agreed is not None
        assert self._source is not None
        if self._first_tick is None:
            self._first_tick = tick
        played = (tick - self._first_tick) * PACKET_SAMPLES
        return self._agreed.codec.encode(self._source(played, PACKET_SAMPLES))

    def _packet(self, payload_type: int, timestamp: int, payload: bytes) -> RtpPacket:
        return RtpPacket(
            payload_type, self._sequence, timestamp, self._ssrc, payload, marker=self._marker
        )

    def _receive(self, datagram: bytes, sender: tuple[str, int]) -> None:
        at = asyncio.get_running_loop().time()
        try:
            packet = RtpPacket.unpack(datagram)
            codec = self._codec_of(packet)
        except MalformedRtp as error:
            self._complain(str(error))
            return
        self.heard.add(
            Arrival(
                at, packet.ssrc, packet.sequence, packet.timestamp, codec, packet.payload, sender
            )
        )

    def _codec_of(self, packet: RtpPacket) -> G711 | None:
        """The codec of an audio packet; None for a pressed key, which is noted."""
        agreed = self._agreed
        if agreed and packet.payload_type == agreed.payload_type:
            return agreed.codec
        if agreed and packet.payload_type == agreed.event_payload_type:
            event = TelephoneEvent.unpack(packet.payload)
            self.digits.hear(event, packet.ssrc, packet.timestamp)
            return None
        raise MalformedRtp(f"payload type {packet.payload_type} was not agreed")

    def _complain(self, reason: str) -> None:
        """Once a reason: a peer that errs does so fifty times a second."""
        if reason not in self._complaints:
            self._complaints.add(reason)
            log.warning("RTP port %d: ignored a datagram: %s", self.port, reason)


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, receive: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._receive = receive

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._receive(data, addr)
