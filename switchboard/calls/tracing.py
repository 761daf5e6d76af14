"""Traces: what happened in a call, to the millisecond, and which calls are to leave one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from switchboard.calls.callback import Callback
from switchboard.calls.ending import Party
from switchboard.numbering import PhoneNumber


class Traced(Enum):
    """What tracing is switched on for."""

    ACCOUNT = "account"
    NUMBER = "number"
    TRUNK = "trunk"
    CALLBACK = "callback"


class Source(Enum):
    """Where an event of a trace comes from."""

    STATE = "state"
    IVR = "ivr"
    LEDGER = "ledger"
    TRUNK = "trunk"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class SipRecord:
    """A SIP message of one leg, as it was on the wire but for its secrets: `ours` and `theirs` are
    the addresses of both ends, like 192.0.2.1:5060."""

    at: datetime
    party: Party
    sent: bool
    transport: str
    ours: str
    theirs: str
    text: str

    @property
    def title(self) -> str:
        """What it is: INVITE, or 180 Ringing."""
        line = self.text.split("\n", 1)[0].strip()
        return line.removeprefix("SIP/2.0 ") if line.startswith("SIP/2.0 ") else line.split(" ")[0]


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """What else happened, in words; `party` is whose leg it was about."""

    at: datetime
    source: Source
    text: str
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class TraceTitle:
    """What a list of traces tells of one."""

    callback: str
    account: str
    worker: str
    began_at: datetime
    numbers: tuple[PhoneNumber, ...]
    trunks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What one worker saw of a callback."""

    callback: str
    account: str
    worker: str
    began_at: datetime
    numbers: tuple[PhoneNumber, ...]
    trunks: tuple[str, ...] = ()
    messages: tuple[SipRecord, ...] = ()
    events: tuple[TraceEvent, ...] = ()

    @property
    def title(self) -> TraceTitle:
        """What a list tells of it."""
        return TraceTitle(
            self.callback, self.account, self.worker, self.began_at, self.numbers, self.trunks
        )

    @property
    def timeline(self) -> Iterator[SipRecord | TraceEvent]:
        """All of it in order."""
        lines: list[SipRecord | TraceEvent] = [*self.events, *self.messages]
        return iter(sorted(lines, key=lambda line: line.at))


@dataclass(frozen=True, slots=True)
class TraceSwitch:
    """Tracing, switched on for something until then."""

    kind: Traced
    value: str
    until: datetime

    def may_concern(self, callback: Callback) -> bool:
        """Whether a callback that begins may turn out to be meant; which trunk carries it, whom
        else its customer dials, and who pays are not known yet."""
        match self.kind:
            case Traced.ACCOUNT:
                return callback.asks_pin or self.value == callback.account
            case Traced.NUMBER:
                dials = callback.destination is None or callback.manners.ask_next is True
                return dials or self.value in map(str, (*callback.numbers, callback.service))
            case Traced.TRUNK:
                return True
            case Traced.CALLBACK:
                return self.value == callback.id

    def concerns(self, trace: Trace) -> bool:
        """Whether a callback that is over was meant."""
        match self.kind:
            case Traced.ACCOUNT:
                return self.value == trace.account
            case Traced.NUMBER:
                return self.value in map(str, trace.numbers)
            case Traced.TRUNK:
                return self.value in trace.trunks
            case Traced.CALLBACK:
                return self.value == trace.callback


# The digest of a password, whoever proves to know it, can be tried against a dictionary. The keys
# of SRTP are in a=crypto, or in k=.
_SECRETS = [
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"(\b(?:response|rspauth)\s*=\s*\"?)([0-9a-f]+)",
        r"^((?:Proxy-)?Authorization\s*:\s*(?!Digest\b)[\w-]+\s+)([^\r\n]+)",
        r"^(a=crypto:|k=)([^\r\n]+)",
    )
]
# Requests whose bodies may tell of pressed keys, or of what somebody wrote.
_TELLING = ("INFO ", "NOTIFY ", "MESSAGE ")
_BLANK_LINE = re.compile(r"\r?\n\r?\n")


def without_secrets(text: str) -> str:
    """A SIP message in which passwords and their digests, keys of SRTP and pressed keys, which may
    be of a PIN, are x, as long as they were: Content-Length stays true."""
    blank = _BLANK_LINE.search(text)
    if text.startswith(_TELLING) and blank is not None:
        text = text[: blank.end()] + _crossed_out(text[blank.end() :])
    for secret in _SECRETS:
        text = secret.sub(lambda found: found[1] + _crossed_out(found[2]), text)
    return text


def _crossed_out(secret: str) -> str:
    return re.sub(r"\S", "x", secret)
