"""A carrier's SIP server that keeps what it is asked, and answers by the method."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from switchboard.calls.link import Transport
from tests.integration.far_end import DEADLINE_S, HOST

BUSY = "486 Busy Here"
CHALLENGE = 'WWW-Authenticate: Digest realm="carrier", nonce="n", algorithm=MD5\r\n'


class SipServer(asyncio.DatagramProtocol, asyncio.Protocol):
    """An INVITE finds the phone busy. A REGISTER is challenged first, where it says nothing of who
    it is; what `answers` has for a method is answered instead, None: nothing."""

    def __init__(self, **answers: str | None) -> None:
        self.heard: list[str] = []
        self.port = 0
        self._answers = {"INVITE": BUSY, "OPTIONS": "200 OK", "REGISTER": "200 OK", **answers}
        self._streams: list[asyncio.BaseTransport] = []
        self._rest = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._streams.append(transport)

    def data_received(self, data: bytes) -> None:
        self._rest += data.decode()
        while "\r\n\r\n" in self._rest:
            head, _, rest = self._rest.partition("\r\n\r\n")
            if not head.strip():
                self._rest = rest
                continue
            length = int(re.search(r"Content-Length:\s*(\d+)", head)[1])
            self._rest = rest[length:]
            answer = self._answer(f"{head}\r\n\r\n{rest[:length]}")
            if answer:
                self._streams[-1].write(answer.encode())

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if answer := self._answer(data.decode()):
            self._streams[-1].sendto(answer.encode(), addr)

    def close(self) -> None:
        for stream in self._streams:
            stream.abort()

    async def asked(self, start: str) -> str:
        """The first request that begins so, as soon as it has come."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                for one in self.heard:
                    if one.startswith(start):
                        return one
                await asyncio.sleep(0.02)

    def _answer(self, message: str) -> str | None:
        self.heard.append(message)
        method = message.split(maxsplit=1)[0]
        status, more = self._answers.get(method), ""
        if status is None:
            return None
        if method == "REGISTER":
            if "Authorization:" not in message:
                status, more = "401 Unauthorized", CHALLENGE
            contact = re.search(r"^Contact:.*\r\n", message, re.MULTILINE)
            more += contact[0] if contact else ""
        copied = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*\r\n", message, re.MULTILINE)
        return f"SIP/2.0 {status}\r\n{''.join(copied)}{more}Content-Length: 0\r\n\r\n"


@asynccontextmanager
async def sip_server(
    transport: Transport = Transport.UDP, tls: ssl.SSLContext | None = None, **answers: str | None
) -> AsyncIterator[SipServer]:
    """It listens while the block lasts."""
    loop, server = asyncio.get_running_loop(), SipServer(**answers)
    if transport is Transport.UDP:
        socket, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=(HOST, 0))
        server.port = socket.get_extra_info("sockname")[1]
    else:
        socket = await loop.create_server(lambda: server, HOST, 0, ssl=tls)
        server.port = socket.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        socket.close()
        server.close()
