"""The SIP peer: a simulated carrier that falls silent, comes back, and counts who was rung."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from types import TracebackType
from typing import Self

from ringback.carrier import PhoneCall, PhoneScript, SimulatedCarrier
from ringback.carrier.sip.endpoint import Core, Endpoint
from ringback.carrier.sip.transaction import SocketAddress
from switchboard.sip.fields import MalformedSip, Uri
from switchboard.sip.message import Request, Response, parse

# How long a carrier hears no audio of a call before it ends it.
MEDIA_LIMIT_S = 3.0


class Wire:
    """What is between the carrier and everybody else. It counts the calls to each number, also
    those that do not get through."""

    def __init__(self) -> None:
        self.cut = False
        self.dialogs: dict[str, set[tuple[str, str | None]]] = defaultdict(set)

    def note(self, datagram: bytes) -> None:
        """An INVITE that begins a call counts once, however often it is sent."""
        try:
            message = parse(datagram)
        except MalformedSip:
            return
        if not isinstance(message, Request):
            return
        if message.method == "INVITE" and message.to_tag is None:
            number = Uri.parse(message.uri).user
            self.dialogs[number].add((message.call_id, message.from_tag))


class WiredEndpoint(Endpoint):
    """An endpoint whose wire may be cut."""

    def __init__(self, core: Core, wire: Wire) -> None:
        super().__init__(core)
        self._wire = wire

    def datagram_received(self, data: bytes, addr: SocketAddress) -> None:
        self._wire.note(data)
        if not self._wire.cut:
            super().datagram_received(data, addr)

    def _send(self, message: Request | Response, destination: SocketAddress) -> None:
        if not self._wire.cut:
            super()._send(message, destination)


class WiredCarrier(SimulatedCarrier):
    """A carrier at the end of a wire."""

    def __init__(self, phones: Mapping[str, PhoneScript], port: int, wire: Wire) -> None:
        super().__init__(phones, port=port)
        self._endpoint = WiredEndpoint(self, wire)


class Peer:
    """One address, at which carriers follow one another. `calls` are those of all of them."""

    def __init__(self, phones: Mapping[str, PhoneScript], port: int) -> None:
        self._phones = phones
        self._port = port
        self._wire = Wire()
        self._carriers: list[WiredCarrier] = []
        self._running = AsyncExitStack()
        self._hushes = 0
        self._changing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._running.aclose()

    @property
    def calls(self) -> list[PhoneCall]:
        return [call for carrier in self._carriers for call in carrier.calls]

    @property
    def calls_up(self) -> list[PhoneCall]:
        return [call for call in self.calls if call.ended is None and not call.is_dead]

    def times_rung(self, number: str) -> int:
        """How many calls to this number were begun."""
        return len(self._wire.dialogs.get(number, ()))

    def answered(self, number: str) -> bool:
        """Whether somebody picked this phone up."""
        return any(call.number == number and call.answered is not None for call in self.calls)

    async def hush(self, span_s: float) -> None:
        """Nothing comes through for so long; then all goes on."""
        with self._cut():
            await asyncio.sleep(span_s)

    async def forget(self, span_s: float) -> None:
        """Nobody is there for so long, and who comes then knows of no call."""
        async with self._changing:
            with self._cut():
                await self._running.aclose()
                await asyncio.sleep(span_s)
                await self._begin()

    @contextmanager
    def _cut(self) -> Iterator[None]:
        self._hushes += 1
        self._wire.cut = True
        try:
            yield
        finally:
            self._hushes -= 1
            self._wire.cut = self._hushes > 0

    def lose(self, sip_port: int) -> None:
        """Who has called from this port is gone for good: its audio has stopped, and the carrier
        will end its calls by itself."""
        for call in self.calls_up:
            if call.session.invite.request.via.port == sip_port:
                asyncio.get_running_loop().call_later(MEDIA_LIMIT_S, call.drop)

    async def _begin(self) -> None:
        carrier = WiredCarrier(self._phones, self._port, self._wire)
        await self._running.enter_async_context(carrier)
        self._carriers.append(carrier)
