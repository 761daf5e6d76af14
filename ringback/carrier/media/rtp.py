"""RTP packets and the telephone events in them, as values and as bytes (RFC 3550, RFC 4733)."""

import struct
from dataclasses import dataclass
from typing import Self

DIGITS = "0123456789*#ABCD"

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_VERSION = 2
_RTCP_TYPES = range(72, 77)


class MalformedRtp(ValueError):
    """A datagram that is no RTP packet."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def pack(self) -> bytes:
        header = _HEADER.pack(
            _VERSION << 6,
            self.marker << 7 | self.payload_type,
            self.sequence,
            self.timestamp,
            self.ssrc,
        )
        return header + self.payload

    @classmethod
    def unpack(cls, datagram: bytes) -> Self:
        """Refuses RTCP, which some peers send to the RTP port."""
        if len(datagram) < _HEADER.size:
            raise MalformedRtp("shorter than a header")
        flags, kind, sequence, timestamp, ssrc = _HEADER.unpack_from(datagram)
        if flags >> 6 != _VERSION or kind & 0x7F in _RTCP_TYPES:
            raise MalformedRtp("not RTP")
        start = _HEADER.size + 4 * (flags & 0x0F)
        if flags & 0x10:
            if len(datagram) < start + 4:
                raise MalformedRtp("extension cut short")
            start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4])
        end = len(datagram) - (datagram[-1] if flags & 0x20 else 0)
        if start > end:
            raise MalformedRtp("payload cut short")
        return cls(kind & 0x7F, sequence, timestamp, ssrc, datagram[start:end], kind > 0x7F)


@dataclass(frozen=True, slots=True)
class TelephoneEvent:
    """One state of a pressed key; `duration` counts samples from the event's RTP timestamp."""

    event: int
    duration: int
    end: bool = False
    volume: int = 10

    def pack(self) -> bytes:
        return _EVENT.pack(self.event, self.end << 7 | self.volume, self.duration)

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        if len(payload) < _EVENT.size:
            raise MalformedRtp("telephone event cut short")
        event, flags, duration = _EVENT.unpack_from(payload)
        return cls(event, duration, bool(flags & 0x80), flags & 0x3F)

    @property
    def digit(self) -> str | None:
        """The key, None for the events that are no key."""
        return DIGITS[self.event] if self.event < len(DIGITS) else None
