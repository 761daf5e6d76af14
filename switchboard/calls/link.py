"""Links: by which way, and under which protection, a trunk is spoken to."""

from dataclasses import dataclass
from enum import Enum

from switchboard.errors import Malformed


class Transport(Enum):
    """What carries SIP."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"

    @property
    def port(self) -> int:
        """Where it is listened to, unless a port is said (RFC 3261 §19.1.2)."""
        return 5061 if self is Transport.TLS else 5060


class Codec(Enum):
    """What audio is carried in: G.711 only, which nothing is lost between."""

    PCMU = "pcmu"
    PCMA = "pcma"


ALL_CODECS = (Codec.PCMU, Codec.PCMA)


@dataclass(frozen=True, slots=True)
class Link:
    """How a trunk is spoken to. All requests take the way over `proxy` (host and port), where it
    has one. Where it `registers`, each worker is registered there under the user name of the
    credentials. With `srtp` audio is encrypted or there is no call; its keys are in the SIP, so
    that this has to be TLS. `codecs` are offered in their order. With `session_timers` both sides
    notice where the other has vanished in mid-call (RFC 4028). With `release_media` the audio of a
    talk may flow past us, to another trunk that allows it too."""

    transport: Transport = Transport.UDP
    proxy: tuple[str, int] | None = None
    registers: bool = False
    srtp: bool = False
    codecs: tuple[Codec, ...] = ALL_CODECS
    session_timers: bool = True
    release_media: bool = False

    def __post_init__(self) -> None:
        if self.srtp and self.transport is not Transport.TLS:
            raise Malformed("SRTP needs TLS: without it anybody could read its keys")
        if not self.codecs or len(set(self.codecs)) < len(self.codecs):
            raise Malformed("codecs are pcmu, pcma or both, each once")
        if self.release_media and self.srtp:
            raise Malformed("media under SRTP cannot be released: its keys are between us and them")
        if self.release_media and not self.session_timers:
            raise Malformed(
                "media is released with session timers only: nobody else would notice"
                " that a far end has vanished"
            )
