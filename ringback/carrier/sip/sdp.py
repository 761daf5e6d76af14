"""Session descriptions: what they say, read from their text (RFC 4566)."""

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import AddressValueError, IPv4Address

CONTENT_TYPE = "application/sdp"

_MEDIA = re.compile(
    r"m=(?P<kind>\S+) (?P<port>[0-9]{1,5})(/[0-9]+)? (?P<protocol>\S+) (?P<formats>\S.*)"
)
_RTPMAP = re.compile(r"rtpmap:(?P<format>[0-9]{1,3}) (?P<encoding>\S+)")
_STATIC_ENCODINGS = {"0": "PCMU/8000", "8": "PCMA/8000"}


class NotAcceptable(Exception):
    """There is no audio stream in the body that a phone of ours could carry."""

    def __init__(self, reason: str, status: int = 488) -> None:
        super().__init__(reason)
        self.status = status


class Direction(Enum):
    """Who sends: the value is (the one who describes, the other)."""

    SENDRECV = (True, True)
    SENDONLY = (True, False)
    RECVONLY = (False, True)
    INACTIVE = (False, False)


@dataclass(frozen=True, slots=True)
class Media:
    """One `m=` line with what belongs to it. A port of 0 means that it is refused or switched
    off; `host` is None where the connection is no IPv4 address; `attributes` has the session's
    own behind those of the stream."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    host: str | None
    attributes: tuple[str, ...]

    @property
    def direction(self) -> Direction:
        # To hold, RFC 2543 sent to nowhere; such phones are still met.
        if self.host == "0.0.0.0":  # noqa: S104  compared, not bound
            return Direction.INACTIVE
        names = {direction.name.lower(): direction for direction in Direction}
        named = (names[attribute] for attribute in self.attributes if attribute in names)
        return next(named, Direction.SENDRECV)

    @property
    def encodings(self) -> dict[int, str]:
        """What each payload type stands for, in the describer's order: {0: "PCMU/8000", …}."""
        matches = (_RTPMAP.fullmatch(attribute) for attribute in self.attributes)
        mapped = {match["format"]: match["encoding"].upper() for match in matches if match}
        names = {**_STATIC_ENCODINGS, **mapped}
        return {
            int(form): names[form].removesuffix("/1")
            for form in self.formats
            if form in names and int(form) < 128
        }


def parse(body: bytes) -> tuple[Media, ...]:
    """The streams of a description in their order. Raises NotAcceptable if it is none."""
    sections: list[list[str]] = [[]]
    for line in body.decode("utf-8", "replace").splitlines():
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    session, *streams = sections
    if session[:1] != ["v=0"] or not streams:
        raise NotAcceptable("no session description")
    return tuple(_media(lines, session) for lines in streams)


def _media(lines: list[str], session: list[str]) -> Media:
    match = _MEDIA.fullmatch(lines[0].rstrip())
    if match is None or int(match["port"]) > 65535:
        raise NotAcceptable(f"not a media line: {lines[0]!r}")
    lines = [*lines, *session]
    return Media(
        kind=match["kind"],
        port=int(match["port"]),
        protocol=match["protocol"],
        formats=tuple(match["formats"].split()),
        host=_host([line for line in lines if line.startswith("c=")]),
        attributes=tuple(line[2:] for line in lines if line.startswith("a=")),
    )


def _host(connections: list[str]) -> str | None:
    match connections[0].split() if connections else ():
        case ["c=IN", "IP4", address]:
            try:
                return str(IPv4Address(address))
            except AddressValueError:
                return None
    return None
