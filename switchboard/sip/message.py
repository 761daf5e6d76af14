"""SIP requests and responses, as values and as the bytes of one datagram (RFC 3261 §7)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from switchboard.sip.fields import TOKEN, CSeq, MalformedSip, NameAddress, Via, split

Header = tuple[str, str]

REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    484: "Address Incomplete",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
}

_COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "c": "content-type",
    "l": "content-length",
    "k": "supported",
}
# What a dialog and a transaction are known by must not be read in two ways (RFC 4475 §3.3.8).
_ONCE = ("From", "To", "Call-ID", "CSeq")
_BLANKS = " \t"
_REQUEST_LINE = re.compile(rf"(?P<method>{TOKEN.pattern}) (?P<uri>\S+) SIP/2\.0")
_STATUS_LINE = re.compile(r"SIP/2\.0 (?P<status>[1-6][0-9]{2}) (?P<reason>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What requests and responses share.

    `headers` are in the order of the wire, each value on one line. Content-Length is never among
    them: it belongs to the framing, which `serialise` writes and `parse` checks.
    """

    headers: tuple[Header, ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first value of a header field, whichever way its name is spelled."""
        return next(self._values(name), None)

    def listed(self, name: str) -> list[str]:
        """Every value of a field that may occur often or hold a list with commas."""
        return [part for value in self._values(name) for part in split(value, ",") if part]

    def every(self, name: str) -> list[str]:
        """Every value of a field whose commas part no list."""
        return list(self._values(name))

    def required(self, name: str) -> str:
        value = self.header(name)
        if value is None:
            raise MalformedSip(f"no {name}")
        return value

    def with_headers(self, *headers: Header) -> Self:
        """This message with `headers` in front of its own."""
        return replace(self, headers=(*headers, *self.headers))

    @property
    def call_id(self) -> str:
        return self.required("Call-ID")

    @property
    def cseq(self) -> CSeq:
        return CSeq.parse(self.required("CSeq"))

    @property
    def via(self) -> Via:
        vias = self.listed("Via")
        return Via.parse(vias[0] if vias else "")

    @property
    def from_tag(self) -> str | None:
        return NameAddress.parse(self.required("From")).tag

    @property
    def to_tag(self) -> str | None:
        return NameAddress.parse(self.required("To")).tag

    def _values(self, name: str) -> Iterator[str]:
        wanted = _canonical(name)
        return (value for key, value in self.headers if _canonical(key) == wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    method: str
    uri: str

    def noted(self, host: str, port: int) -> Self:
        """This request with its top Via marked with where it came from."""
        top, *others = self.listed("Via")
        vias = (str(Via.parse(top).noted(host, port)), *others)
        rest = tuple(header for header in self.headers if _canonical(header[0]) != "via")
        return replace(self, headers=(*(("Via", via) for via in vias), *rest))

    def response(
        self,
        status: int,
        *,
        to_tag: str | None = None,
        headers: tuple[Header, ...] = (),
        body: bytes = b"",
    ) -> "Response":
        """An answer to this request (RFC 3261 §8.2.6); `to_tag` is added where To has none yet."""
        to = self.required("To")
        if to_tag is not None and self.to_tag is None:
            to = f"{to};tag={to_tag}"
        echoed = (
            *(("Via", via) for via in self.listed("Via")),
            ("From", self.required("From")),
            ("To", to),
            ("Call-ID", self.call_id),
            ("CSeq", str(self.cseq)),
        )
        return Response(
            status=status, reason=REASONS.get(status, ""), headers=(*echoed, *headers), body=body
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Message):
    status: int
    reason: str


def parse(datagram: bytes) -> Request | Response:
    """The message in a datagram, with the fields that every message must have checked.

    Raises MalformedSip for anything else. Bytes beyond Content-Length are dropped
    (RFC 3261 §18.3).
    """
    head, blank_line, body = datagram.partition(b"\r\n\r\n")
    if not blank_line:
        raise MalformedSip("the header does not end")
    # Names and texts are UTF-8; bytes that are not must survive a round trip all the same.
    start, *lines = _unfolded(head.decode("utf-8", "surrogateescape"))
    headers = tuple(_header(line) for line in lines)
    body = _framed(headers, body)
    headers = tuple(header for header in headers if _canonical(header[0]) != "content-length")

    message: Request | Response
    if match := _REQUEST_LINE.fullmatch(start):
        message = Request(method=match["method"], uri=match["uri"], headers=headers, body=body)
    elif match := _STATUS_LINE.fullmatch(start):
        status = int(match["status"])
        message = Response(status=status, reason=match["reason"], headers=headers, body=body)
    else:
        raise MalformedSip(f"neither a request nor a response: {start[:60]!r}")
    _check(message)
    return message


def serialise(message: Request | Response) -> bytes:
    match message:
        case Request():
            start = f"{message.method} {message.uri} SIP/2.0"
        case Response():
            start = f"SIP/2.0 {message.status} {message.reason}"
    lines = [start, *(f"{name}: {value}" for name, value in message.headers)]
    lines.append(f"Content-Length: {len(message.body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + message.body


def _check(message: Request | Response) -> None:
    for name in _ONCE:
        if len(set(message.every(name))) > 1:
            raise MalformedSip(f"more than one {name}")
    _ = message.via, message.from_tag, message.to_tag, message.call_id
    method = message.cseq.method
    if isinstance(message, Request) and method != message.method:
        raise MalformedSip(f"CSeq of another method: {method!r} in {message.method}")


def _canonical(name: str) -> str:
    lowered = name.lower()
    return _COMPACT.get(lowered, lowered)


def _unfolded(head: str) -> list[str]:
    """The lines, continuation lines joined to the one that they continue (RFC 3261 §7.3.1)."""
    lines: list[str] = []
    for line in head.split("\r\n"):
        if line.startswith((" ", "\t")) and lines:
            lines[-1] = f"{lines[-1].rstrip(_BLANKS)} {line.strip(_BLANKS)}"
        else:
            lines.append(line)
    return lines


def _header(line: str) -> Header:
    name, colon, value = line.partition(":")
    name = name.rstrip(_BLANKS)
    if not colon or not TOKEN.fullmatch(name):
        raise MalformedSip(f"not a header line: {line[:60]!r}")
    return name, value.strip(_BLANKS)


def _framed(headers: tuple[Header, ...], body: bytes) -> bytes:
    lengths = [value for name, value in headers if _canonical(name) == "content-length"]
    if not lengths:
        return body
    if not (lengths[0].isascii() and lengths[0].isdecimal() and len(lengths[0]) < 7):
        raise MalformedSip(f"no Content-Length: {lengths[0]!r}")
    if len(set(lengths)) > 1:
        raise MalformedSip(f"more than one Content-Length: {lengths[1][:20]!r} after {lengths[0]}")
    length = int(lengths[0])
    if length > len(body):
        raise MalformedSip(f"body cut short: {len(body)} of {length} bytes")
    return body[:length]
