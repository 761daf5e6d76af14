"""A trunk: a carrier that terminates legs, and where it is reached."""

from dataclasses import dataclass, field
from typing import Self

from switchboard.errors import Malformed


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where legs are sent. Trunks of a lower priority number are chosen first.

    `credentials` is (user name, password) for digest authentication, None where the carrier
    knows us by our address.
    """

    name: str
    host: str
    port: int = 5060
    priority: int = 10
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def parse(
        cls, name: str, address: str, *, priority: int, credentials: tuple[str, str] | None
    ) -> Self:
        """A trunk at `host` or `host:port`. Malformed where the address is none."""
        host, colon, port = address.partition(":")
        if not host or not all(part.isalnum() or part in "-." for part in host):
            raise Malformed(f"“{address[:60]}” is not host or host:port")
        if colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
            raise Malformed(f"“{address[:60]}”: the port is a number from 1 to 65535")
        return cls(name, host, int(port) if colon else 5060, priority, credentials)
