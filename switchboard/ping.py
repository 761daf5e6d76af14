"""A SIP OPTIONS: whether somebody is there, and how quickly."""

import asyncio
import re
import secrets
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial

from switchboard.calls.link import Transport
from switchboard.calls.trunk import Trunk
from switchboard.errors import NoReply
from switchboard.ports.carriers import Reply
from switchboard.sip.fields import MalformedSip
from switchboard.sip.message import Request, Response, parse, serialise

_LENGTH = re.compile(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d{1,6})", re.IGNORECASE | re.MULTILINE)

# What a request over UDP waits for an answer, at first and at most (RFC 3261 §17.1.2.1).
T1_S, T2_S = 0.5, 4.0
USUAL_LIMIT_S = 4.0
SocketAddress = tuple[str, int]


def ask_trunk(trunk: Trunk, limit_s: float = USUAL_LIMIT_S) -> Reply:
    """Ask a trunk for its options over its own link; NoReply as `ping`."""
    transport, proxy = trunk.link.transport, trunk.link.proxy
    asking = ping(trunk.host, trunk.port, limit_s=limit_s, transport=transport, proxy=proxy)
    return asyncio.run(asking)


async def ping(
    host: str,
    port: int,
    *,
    limit_s: float,
    transport: Transport = Transport.UDP,
    proxy: SocketAddress | None = None,
) -> Reply:
    """Ask the SIP server at an address for its options (RFC 3261 §11), by way of the proxy where
    there is one. NoReply where its name is not known, it cannot be reached, or it is silent for so
    long."""
    target, hop = f"{host}:{port}", proxy or (host, port)
    over = _over_udp if transport is Transport.UDP else partial(_over_a_stream, transport)
    try:
        async with asyncio.timeout(limit_s):
            response, elapsed_s = await over(hop, partial(_options, target, transport, proxy))
    except TimeoutError:
        raise NoReply(f"{target} did not answer within {limit_s:g} s") from None
    except EOFError:
        raise NoReply(f"{target} closed the connection without an answer") from None
    except OSError as error:
        raise NoReply(f"{target} cannot be reached: {error.strerror or error}") from None
    return Reply(response.status, response.reason, round(elapsed_s * 1000))


Ask = Callable[[SocketAddress], Request]


async def _over_udp(hop: SocketAddress, request: Ask) -> tuple[Response, float]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Response] = loop.create_future()
    # A connected socket is told where nobody listens.
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Ear(answer), remote_addr=hop, family=socket.AF_INET
    )
    begun = time.perf_counter()
    with closing(transport):
        await _ask(transport, serialise(request(transport.get_extra_info("sockname"))), answer)
    return answer.result(), time.perf_counter() - begun


async def _over_a_stream(
    transport: Transport, hop: SocketAddress, request: Ask
) -> tuple[Response, float]:
    context = ssl.create_default_context() if transport is Transport.TLS else None
    reader, writer = await asyncio.open_connection(*hop, ssl=context)
    begun = time.perf_counter()
    with closing(writer):
        writer.write(serialise(request(writer.get_extra_info("sockname"))))
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            message = parse(head + await reader.readexactly(int(length[1]) if length else 0))
            if isinstance(message, Response) and message.status >= 200:
                return message, time.perf_counter() - begun


class _Ear(asyncio.DatagramProtocol):
    """Hears the final answer, or that there will be none."""

    def __init__(self, answer: asyncio.Future[Response]) -> None:
        self._answer = answer

    def datagram_received(self, data: bytes, _source: SocketAddress) -> None:
        with suppress(MalformedSip):
            message = parse(data)
            if isinstance(message, Response) and message.status >= 200 and not self._answer.done():
                self._answer.set_result(message)

    def error_received(self, fault: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(fault)


async def _ask(
    transport: asyncio.DatagramTransport, datagram: bytes, answer: asyncio.Future[Response]
) -> None:
    """Until there is an answer, sent again as RFC 3261 §17.1.2.1 says."""
    wait_s = T1_S
    while not answer.done():
        transport.sendto(datagram)
        await asyncio.wait([answer], timeout=wait_s)
        wait_s = min(2 * wait_s, T2_S)


def _options(
    target: str, transport: Transport, proxy: SocketAddress | None, own: SocketAddress
) -> Request:
    here, by = f"{own[0]}:{own[1]}", "" if transport is Transport.UDP else transport.value
    branch = f"z9hG4bK{secrets.token_hex(8)}"
    uri = f"sip:{target};transport={by}" if by else f"sip:{target}"
    route = () if proxy is None else (("Route", f"<sip:{proxy[0]}:{proxy[1]};lr>"),)
    return Request(
        method="OPTIONS",
        uri=uri,
        headers=(
            ("Via", f"SIP/2.0/{transport.name} {here};branch={branch};rport"),
            *route,
            ("Max-Forwards", "70"),
            ("From", f"<sip:ringback@{here}>;tag={secrets.token_hex(8)}"),
            ("To", f"<sip:{target}>"),
            ("Call-ID", secrets.token_hex(16)),
            ("CSeq", "1 OPTIONS"),
            ("Contact", f"<sip:ringback@{here}>"),
            ("Accept", "application/sdp"),
        ),
    )
