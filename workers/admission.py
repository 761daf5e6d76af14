"""Admission: from which addresses our trunks speak to us, and as whom they ring from elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv4Network

from switchboard.calls.trunk import Trunk
from switchboard.sip.secret import Secret
from workers.addresses import Resolve, resolve
from workers.chores import beside
from workers.guard import Guard
from workers.threads import persist

RENEWED_EVERY_S = 30


class Admission:
    """The addresses of all trunks and their proxies, the networks from which they ring, and whom
    they ring as, as these were lately."""

    def __init__(self, trunks: Callable[[], Sequence[Trunk]], resolve: Resolve = resolve) -> None:
        self._trunks = trunks
        self._resolve = resolve
        self._networks: frozenset[IPv4Network] = frozenset()
        self._informed: list[Callable[[], None]] = []
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

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """It is up to date from the beginning of the block to its end; where the stores are out of
        reach meanwhile, what was known stays."""
        await asyncio.to_thread(self.renew)
        async with beside(self._keep_renewing):
            yield

    def inform(self, guard: Guard, *, of_rings: bool = False) -> None:
        """Have a guard let in whom this admits, now and from now on; and where it is to know of
        rings, those of strangers if they may prove to be a trunk's."""

        def tell() -> None:
            guard.admit(self._networks, strangers_ring=of_rings and bool(self.secrets))

        self._informed.append(tell)
        tell()

    async def _keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(RENEWED_EVERY_S)
            await persist(self.renew)
            for tell in self._informed:
                tell()

    def _known(self, trunks: Sequence[Trunk]) -> Iterator[IPv4Network]:
        for trunk in trunks:
            yield from map(IPv4Network, trunk.rings_from)
            for host in filter(None, (trunk.host, trunk.link.proxy and trunk.link.proxy[0])):
                yield from map(IPv4Network, self._resolve(host))
