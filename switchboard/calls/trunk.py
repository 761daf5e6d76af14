"""A trunk: a carrier that terminates legs, where it is reached, and when it is chosen."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Self

from switchboard.calls.caller_id import CallerId
from switchboard.calls.link import Link, Transport
from switchboard.calls.rewriting import Rewrite, rewritten
from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber
from switchboard.sip.secret import Secret

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9.-]+")
WIDEST_NETWORK = 16
_PORT = re.compile(r"\d{1,5}", re.ASCII)
DEFAULT_PORT = 5060
DEFAULT_REPLY_LIMIT = timedelta(seconds=4)
# After that the transaction itself is over (RFC 3261, Timer B).
LONGEST_REPLY_LIMIT = timedelta(seconds=32)
KEPT_ALIVE_EVERY = timedelta(seconds=5), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where legs are sent. Trunks of a lower priority number are chosen first; among those of
    equal priority and equal cost, each has its `weight` of the legs. It carries at most
    `capacity` legs at once, and gets `calls_per_second`, both of all workers together, None without
    limit; and none where it is not enabled.

    `credentials` is (user name, password) for digest authentication, None where the carrier
    knows us by our address. `cost_sheet` is the rate sheet with its prices; None: what it costs
    is not known. The first of `rewrites` that is for a number says how it is sent. Rings on our
    service numbers come from its host, and from the networks in `rings_from` ("203.0.113.0/28";
    one address is one, too), and from anywhere by who proves to be `rings_as`. One that sends no
    provisional answer within `reply_limit` has failed; after `rests_after` failures in a row it is
    left alone for a while, never where that is 0. It is asked for its options every `keep_alive`,
    None: never.
    """

    name: str
    host: str
    port: int = DEFAULT_PORT
    priority: int = 10
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    cost_sheet: str | None = None
    rewrites: tuple[Rewrite, ...] = ()
    weight: int = 1
    capacity: int | None = None
    enabled: bool = True
    rings_from: tuple[str, ...] = ()
    rings_as: Secret | None = None
    reply_limit: timedelta = DEFAULT_REPLY_LIMIT
    rests_after: int = 3
    keep_alive: timedelta | None = None
    caller_id: CallerId = field(default_factory=CallerId)
    link: Link = field(default_factory=Link)
    calls_per_second: int | None = None

    def __post_init__(self) -> None:
        if self.priority < 0:
            raise Malformed("a priority is not negative")
        if not 1 <= self.weight <= 1_000_000:
            raise Malformed("a weight is a number from 1 to 1,000,000")
        if self.capacity is not None and self.capacity < 1:
            raise Malformed("a capacity is at least one leg")
        if self.calls_per_second is not None and not 1 <= self.calls_per_second <= 10_000:
            raise Malformed("a trunk gets 1 to 10,000 calls a second")
        if not timedelta(seconds=1) <= self.reply_limit <= LONGEST_REPLY_LIMIT:
            raise Malformed("a carrier is given 1 to 32 seconds to reply")
        if not 0 <= self.rests_after <= 1000:
            raise Malformed("a trunk rests after 1 to 1,000 failures, or never: 0")
        least, most = KEPT_ALIVE_EVERY
        if self.keep_alive is not None and not least <= self.keep_alive <= most:
            raise Malformed("a trunk is kept alive every 5 to 3,600 seconds")
        if self.link.registers and self.credentials is None:
            raise Malformed("a trunk that is registered at needs a user name")

    @classmethod
    def parse(
        cls, name: str, address: str, *, priority: int, credentials: tuple[str, str] | None
    ) -> Self:
        """A trunk at `host` or `host:port`. Malformed where the address is none, or the name may
        not be one."""
        host, port = parse_address(address)
        return cls(_checked_name(name), host, port, priority, credentials)

    def sent(self, number: PhoneNumber) -> str:
        """The number as this trunk gets it."""
        return rewritten(number, self.rewrites)


def parse_address(text: str, transport: Transport = Transport.UDP) -> tuple[str, int]:
    """The host and the port in `host` or `host:port`. Malformed where it is no address."""
    host, colon, port = text.partition(":")
    if not _HOST.fullmatch(host):
        raise Malformed(f"“{text[:60]}” is not host or host:port")
    if colon and not (_PORT.fullmatch(port) and 0 < int(port) < 65_536):
        raise Malformed(f"“{text[:60]}”: the port is a number from 1 to 65535")
    return host, int(port) if colon else transport.port


def _checked_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise Malformed(
            f"trunk “{text[:40]}”: use up to 64 letters, digits, dots, dashes, underscores"
        )
    return text


def check_network(text: str) -> str:
    """A network of IPv4 as it is kept: 203.0.113.0/28, 203.0.113.7/32. Malformed where it is none,
    or wider than any carrier's."""
    try:
        network = IPv4Network(text)
    except ValueError:
        raise Malformed(f"“{text[:40]}” is no network of IPv4, like 203.0.113.0/28") from None
    if network.prefixlen < WIDEST_NETWORK:
        raise Malformed(f"{network} is too wide: /{WIDEST_NETWORK} at most")
    return str(network)
