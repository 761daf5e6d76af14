"""A SIP OPTIONS over UDP: whether somebody is there, and how quickly."""

import asyncio
import secrets
import socket
import time
from contextlib import closing, suppress
from dataclasses import dataclass

from ringback.carrier.sip.transaction import T1_S, T2_S, SocketAddress
from switchboard.sip.fields import MalformedSip
from switchboard.sip.message import Request, Response, parse, serialise


class NoReply(Exception):
    """Nobody answered; the message says who did not."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The final answer, whatever it says: a refusal, too, shows that somebody is there."""

    status: int
    reason: str
    milliseconds: int


async def ping(host: str, port: int, *, limit_s: float) -> Reply:
    """Ask the SIP server at an address for its options (RFC 3261 §11). NoReply where its name is
    not known, it cannot be reached, or it is silent for so long."""
    target = f"{host}:{port}"
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Response] = loop.create_future()
    try:
        async with asyncio.timeout(limit_s):
            # A connected socket is told where nobody listens.
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Ear(answer), remote_addr=(host, port), family=socket.AF_INET
            )
            begun = time.perf_counter()
            with closing(transport):
                request = _options(target, transport.get_extra_info("sockname"))
                await _ask(transport, serialise(request), answer)
                response = answer.result()
    except TimeoutError:
        raise NoReply(f"{target} did not answer within {limit_s:g} s") from None
    except OSError as error:
        raise NoReply(f"{target} cannot be reached: {error.strerror}") from None
    elapsed_ms = round((time.perf_counter() - begun) * 1000)
    return Reply(response.status, response.reason, elapsed_ms)


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


def _options(target: str, own: SocketAddress) -> Request:
    here = f"{own[0]}:{own[1]}"
    branch = f"z9hG4bK{secrets.token_hex(8)}"
    return Request(
        method="OPTIONS",
        uri=f"sip:{target}",
        headers=(
            ("Via", f"SIP/2.0/UDP {here};branch={branch};rport"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:ringback@{here}>;tag={secrets.token_hex(8)}"),
            ("To", f"<sip:{target}>"),
            ("Call-ID", secrets.token_hex(16)),
            ("CSeq", "1 OPTIONS"),
            ("Contact", f"<sip:ringback@{here}>"),
            ("Accept", "application/sdp"),
        ),
    )
