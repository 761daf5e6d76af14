"""The SIP socket: datagrams to messages, messages to the transactions that they belong to."""

import asyncio
import logging
import re
import secrets
import socket
from collections.abc import Callable
from typing import Protocol

from ringback.carrier.sip.transaction import ClientTransaction, ServerTransaction, SocketAddress
from switchboard.sip.fields import MalformedSip
from switchboard.sip.message import Request, Response, parse, serialise

log = logging.getLogger(__name__)

_MAGIC_COOKIE = "z9hG4bK"
_LONG_NUMBER = re.compile(r"\d{5,}")

_Key = tuple[str, str, int | None, str, int, str]


class Core(Protocol):
    """Whoever answers the requests that an endpoint gets."""

    def request_received(self, transaction: ServerTransaction, source: SocketAddress) -> None: ...

    def cancel_received(
        self, transaction: ServerTransaction, invite: ServerTransaction | None
    ) -> None: ...

    def ack_received(self, ack: Request) -> None:
        """An ACK that belongs to a 2xx, which no transaction knows of."""


class Endpoint(asyncio.DatagramProtocol):
    """One UDP socket. Datagrams that are not SIP, and responses to nothing we asked, are ignored
    with a line in the log."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._transport: asyncio.DatagramTransport | None = None
        self._servers: dict[_Key, ServerTransaction] = {}
        self._clients: dict[tuple[str, str], ClientTransaction] = {}

    async def open(self, host: str, port: int) -> None:
        """Raises OSError if the port is taken."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(host, port), family=socket.AF_INET
        )

    def close(self) -> None:
        for server in tuple(self._servers.values()):
            server.close()
        for client in tuple(self._clients.values()):
            client.close()
        if self._transport is not None:
            self._transport.close()

    async def finish(self, limit_s: float) -> None:
        """Waits for the answers to our requests that are still open, at most so long."""
        waiting = [asyncio.ensure_future(c.wait_final()) for c in self._clients.values()]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=limit_s)
            for task in late:
                task.cancel()

    @property
    def address(self) -> SocketAddress:
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return host, port

    def request(
        self,
        request: Request,
        destination: SocketAddress,
        ack_of: Callable[[Response], Request] | None = None,
    ) -> ClientTransaction:
        """Sends a request of ours until it is answered; the Via comes from here. An INVITE needs
        `ack_of`, which makes the ACK to its 2xx."""
        request = self._with_via(request)
        key = (request.via.branch, request.method)
        transaction = ClientTransaction(
            request,
            destination,
            self._send,
            lambda: self._clients.pop(key, None),
            ack_of and (lambda response: self._with_via(ack_of(response))),
        )
        self._clients[key] = transaction
        return transaction

    def datagram_received(self, data: bytes, addr: SocketAddress) -> None:
        if not data.strip():
            return  # a keep-alive of RFC 5626
        try:
            message = parse(data)
        except MalformedSip as error:
            # The error quotes the datagram, and a log never shows a phone number.
            reason = _LONG_NUMBER.sub("*", str(error))
            log.warning("ignored a datagram from %s:%d: %s", *addr, reason)
            return
        if isinstance(message, Response):
            self._response_received(message)
        else:
            self._request_received(message.noted(*addr), addr)

    def _response_received(self, response: Response) -> None:
        transaction = self._clients.get((response.via.branch, response.cseq.method))
        if transaction is None:
            log.warning("ignored a %d to no request of ours", response.status)
        else:
            transaction.received(response)

    def _request_received(self, request: Request, source: SocketAddress) -> None:
        invite = self._servers.get(_key(request, "INVITE"))
        if request.method == "ACK":
            if invite is not None and invite.status >= 300:
                invite.settle(request)
            else:
                self._core.ack_received(request)
            return
        key = _key(request, request.method)
        known = self._servers.get(key)
        if known is not None:
            known.repeated()
            return
        transaction = ServerTransaction(request, self._send, lambda: self._servers.pop(key, None))
        self._servers[key] = transaction
        if request.method == "CANCEL":
            self._core.cancel_received(transaction, invite)
        else:
            self._core.request_received(transaction, source)

    def _with_via(self, request: Request) -> Request:
        host, port = self.address
        branch = _MAGIC_COOKIE + secrets.token_hex(8)
        return request.with_headers(("Via", f"SIP/2.0/UDP {host}:{port};branch={branch};rport"))

    def _send(self, message: Request | Response, destination: SocketAddress) -> None:
        assert self._transport is not None
        self._transport.sendto(serialise(message), destination)


def _key(request: Request, method: str) -> _Key:
    """What the repeats of a request share; with the method of an INVITE, also what its CANCEL and
    the ACK to its refusal share with it (RFC 3261 §17.2.3, and what a peer from before it has)."""
    via = request.via
    return via.branch, via.host, via.port, request.call_id, request.cseq.number, method
