"""A phone bridge: a PC with a phone or modem that forwards texts and rings, and sends texts."""

from dataclasses import dataclass, field
from datetime import datetime

from switchboard.numbering import PhoneNumber


@dataclass(frozen=True, slots=True)
class Modem:
    """A phone or modem of a bridge, as the bridge tells; signal in percent."""

    name: str
    state: str
    number: str | None = None
    signal_percent: int | None = None


@dataclass(frozen=True, slots=True)
class BridgeBeat:
    """A bridge's last heartbeat; `outbox` texts wait there to be sent."""

    beat_at: datetime
    modems: tuple[Modem, ...] = ()
    outbox: int = 0


@dataclass(frozen=True, slots=True)
class Bridge:
    """A device that may forward to us, for as long as it is here. Its token is kept as a hash."""

    name: str
    token_hash: str = field(repr=False)
    made_at: datetime
    beat: BridgeBeat | None = None


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text for a bridge to send; the same id is sent once."""

    id: str
    to: PhoneNumber
    text: str = field(repr=False)
