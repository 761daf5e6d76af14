"""Admission: from which addresses our trunks send us rings, and as whom from elsewhere."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from switchboard.calls.trunk import Trunk
from switchboard.sip.secret import Secret
from workers.threads import persist

RENEWED_EVERY_S = 30

Resolve = Callable[[str], Sequence[str]]


def resolve(host: str) -> Sequence[str]:
    """The addresses behind a name; none where nobody knows it now."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError:
        return ()
    return [str(address[0]) for *_, address in found]


class Admission:
    """The addresses of all trunks, the networks from which they ring, and whom they ring as, as
    these were lately."""

    def __init__(self, trunks: Callable[[], Sequence[Trunk]], resolve: Resolve = resolve) -> None:
        self._trunks = trunks
        self._resolve = resolve
        self._networks: frozenset[IPv4Network] = frozenset()
        self.secrets: Mapping[str, Secret] = {}

    def admits(self, address: str) -> bool:
        """Whether a trunk may have sent what comes from there. UDP lets anybody write any address
        on a datagram: a ring costs its sender nothing, and calls nobody but the caller it names."""
        source = IPv4Address(address)
        return any(source in network for network in self._networks)

    def renew(self) -> None:
        """Ask the stores and the DNS. A name that nobody knows now keeps no others out."""
        trunks = self._trunks()
        self._networks = frozenset(self._known(trunks))
        self.secrets = {trunk.rings_as.user: trunk.rings_as for trunk in trunks if trunk.rings_as}

    async def keep_renewing(self) -> None:
        """Until cancelled; where the stores are out of reach, what was known stays."""
        while True:
            await asyncio.sleep(RENEWED_EVERY_S)
            await persist(self.renew)

    def _known(self, trunks: Sequence[Trunk]) -> Iterator[IPv4Network]:
        for trunk in trunks:
            yield from map(IPv4Network, trunk.rings_from)
            yield from map(IPv4Network, self._resolve(trunk.host))
