"""The structured values of SIP header fields: URIs, addresses, Via and CSeq (RFC 3261 §20, §25)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import unquote

DEFAULT_PORT = 5060

TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
_HOST_PORT = r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?:\s*:\s*(?P<port>[0-9]{1,5}))?"
_SIP_URI = re.compile(rf"(?:(?P<user>[^@]*)@)?{_HOST_PORT}(?:[;?]\S*)?")
_VIA = re.compile(rf"SIP\s*/\s*2\.0\s*/\s*(?P<transport>\w+)\s+{_HOST_PORT}\s*(?P<params>;.*)?")
_CSEQ = re.compile(r"(?P<number>[0-9]{1,10})\s+(?P<method>\S+)")


class MalformedSip(ValueError):
    """What arrived is not SIP; the text says what is wrong with it."""


def split(text: str, separator: str) -> list[str]:
    """The parts of `text`, stripped, cut at separators outside of quotes and angle brackets."""
    parts, part = [], ""
    quoted = escaped = bracketed = False
    for character in text:
        if character == separator and not (quoted or bracketed):
            parts.append(part.strip())
            part = ""
            continue
        part += character
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = character == "\\", character != '"'
        else:
            quoted = character == '"'
            bracketed = character == "<" or (bracketed and character != ">")
    return [*parts, part.strip()]


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI; `text` is the whole of it as it arrived. Of one that is neither `sip:` nor `sips:`
    (`tel:`) only the part in front of its parameters is known, as `user`."""

    text: str
    scheme: str
    user: str
    host: str = ""
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        scheme, colon, rest = text.partition(":")
        if not colon or not TOKEN.fullmatch(scheme):
            raise MalformedSip(f"no URI: {text!r}")
        if scheme.lower() not in ("sip", "sips"):
            return cls(text, scheme.lower(), rest.partition(";")[0])
        match = _SIP_URI.fullmatch(rest)
        if match is None:
            raise MalformedSip(f"no SIP URI: {text!r}")
        # What follows ';' or ':' within the user part are telephone parameters and a password.
        user = unquote(re.split("[;:]", match["user"] or "")[0])
        return cls(text, scheme.lower(), user, match["host"], _port(match["port"]))


@dataclass(frozen=True, slots=True)
class NameAddress:
    """The value of From, To, Contact or Record-Route: a URI, and the field's own parameters."""

    uri: Uri
    params: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        first, *params = split(text, ";")
        opening = _opening_bracket(first)
        uri = first if opening < 0 else first[opening + 1 :].removesuffix(">")
        return cls(Uri.parse(uri), _params(params))

    @property
    def tag(self) -> str | None:
        return self.params.get("tag")


@dataclass(frozen=True, slots=True)
class Via:
    transport: str
    host: str
    port: int | None
    params: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _VIA.fullmatch(text)
        if match is None:
            raise MalformedSip(f"no Via: {text!r}")
        params = split(match["params"] or "", ";")[1:]
        return cls(match["transport"], match["host"], _port(match["port"]), _params(params))

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        params = "".join(f";{k}" if v is None else f";{k}={v}" for k, v in self.params.items())
        return f"SIP/2.0/{self.transport} {self.host}{port}{params}"

    @property
    def branch(self) -> str:
        return self.params.get("branch") or ""

    def noted(self, host: str, port: int) -> "Via":
        """This Via as the server keeps it, which got the message from there (RFC 3581 §4)."""
        notes: dict[str, str | None] = {"received": host}
        if "rport" in self.params:
            notes["rport"] = str(port)
        # In front: a quote that the sender left open must not swallow them.
        return replace(
            self, params=notes | {k: v for k, v in self.params.items() if k not in notes}
        )

    @property
    def reply_address(self) -> tuple[str, int]:
        """Where the response to a request with this Via goes, once noted (RFC 3261 §18.2.2)."""
        port = _port(self.params.get("rport")) or self.port or DEFAULT_PORT
        return self.params.get("received") or self.host, port


@dataclass(frozen=True, slots=True)
class CSeq:
    number: int
    method: str

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _CSEQ.fullmatch(text)
        if match is None or int(match["number"]) >= 2**31:
            raise MalformedSip(f"no CSeq: {text!r}")
        return cls(int(match["number"]), match["method"])

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


def _port(digits: str | None) -> int | None:
    if digits is None:
        return None
    if not digits.isdecimal() or not 0 < int(digits) < 65536:
        raise MalformedSip(f"no port: {digits!r}")
    return int(digits)


def _params(parts: list[str]) -> dict[str, str | None]:
    params: dict[str, str | None] = {}
    for part in filter(None, parts):
        name, equals, value = part.partition("=")
        params[name.strip().lower()] = value.strip() if equals else None
    return params


def _opening_bracket(text: str) -> int:
    """Where the URI's `<` stands: not one that a quoted display name contains."""
    display = re.match(r'\s*"(?:[^"\\]|\\.)*"', text)
    return text.find("<", display.end() if display else 0)
