"""Captures of SIP messages as Wireshark and tcpdump read them: libpcap's file format, with raw IP
packets (https://www.tcpdump.org/linktypes.html: LINKTYPE_RAW)."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

LINKTYPE_RAW = 101
MOST_BYTES = 65_535
UDP = 17
HOPS = 64
UNKNOWN = IPv4Address(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Address = IPv4Address | IPv6Address
Endpoint = tuple[Address, int]


@dataclass(frozen=True, slots=True)
class Datagram:
    """What went from one endpoint to another. Both are of one family, or one is not known."""

    at: datetime
    source: Endpoint
    sink: Endpoint
    payload: bytes


def endpoint(text: str) -> Endpoint:
    """The endpoint of 192.0.2.1:5060 or [2001:db8::1]:5060; of a name in place of an address, the
    port alone is known."""
    host, _, port = text.rpartition(":")
    try:
        return ip_address(host.strip("[]")), int(port)
    except ValueError:
        return UNKNOWN, int(port)


def capture(datagrams: Iterable[Datagram]) -> bytes:
    """A file with these, each in one IP packet."""
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, MOST_BYTES, LINKTYPE_RAW)
    return header + b"".join(map(_record, datagrams))


def _record(datagram: Datagram) -> bytes:
    since = datagram.at - _EPOCH
    packet = _packet(datagram)
    seconds, rest = divmod(since, timedelta(seconds=1))
    microseconds = rest // timedelta(microseconds=1)
    return struct.pack("<IIII", seconds, microseconds, len(packet), len(packet)) + packet


def _packet(datagram: Datagram) -> bytes:
    (source, source_port), (sink, sink_port) = datagram.source, datagram.sink
    if source.version != sink.version:
        source, sink = (IPv6Address(0) if end == UNKNOWN else end for end in (source, sink))
    length = 8 + len(datagram.payload)
    ends = source.packed + sink.packed
    pseudo = ends + struct.pack("!IHH", length, 0, UDP)
    udp = struct.pack("!HHHH", source_port, sink_port, length, 0) + datagram.payload
    # RFC 768: a sum of zero is sent as all ones.
    total = _checksum(pseudo + udp) or 0xFFFF
    udp = udp[:6] + struct.pack("!H", total) + udp[8:]
    if source.version == 6:
        return struct.pack("!IHBB", 6 << 28, length, UDP, HOPS) + ends + udp
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0, HOPS, UDP, 0) + ends
    return head[:10] + struct.pack("!H", _checksum(head)) + head[12:] + udp


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
