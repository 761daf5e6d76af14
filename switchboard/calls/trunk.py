"""A trunk: a carrier that terminates legs, and where it is reached."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Self

from switchboard.errors import Malformed

_HOST = re.compile(r"[A-Za-z0-9.-]+")
WIDEST_NETWORK = 16
_PORT = re.compile(r"\d{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where legs are sent. Trunks of a lower priority number are chosen first.

    `credentials` is (user name, password) for digest authentication, None where the carrier
    knows us by our address. Rings on our service numbers come from its host, and from the networks
    in `rings_from` ("203.0.113.0/28"; one address is one, too).
    """

    name: str
    host: str
    port: int = 5060
    priority: int = 10
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    rings_from: tuple[str, ...] = ()

    @classmethod
    def parse(
        cls, name: str, address: str, *, priority: int, credentials: tuple[str, str] | None
    ) -> Self:
        """A trunk at `host` or `host:port`. Malformed where the address is none."""
        host, colon, port = address.partition(":")
        if not _HOST.fullmatch(host):
            raise Malformed(f"“{address[:60]}” is not host or host:port")
        if colon and not (_PORT.fullmatch(port) and 0 < int(port) < 65_536):
            raise Malformed(f"“{address[:60]}”: the port is a number from 1 to 65535")
        return cls(name, host, int(port) if colon else 5060, priority, credentials)


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
