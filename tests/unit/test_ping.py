"""Whether a trunk is there."""

import asyncio
import socket
from dataclasses import replace

import pytest

from ringback.carrier import SimulatedCarrier
from switchboard.calls.link import Transport
from switchboard.errors import NoReply
from switchboard.ping import ping
from switchboard.ports.carriers import Reply
from switchboard.sip.message import Request, parse, serialise

HOST = "127.0.0.1"


class Picky(asyncio.DatagramProtocol):
    """Says nothing to the first request, then trying, noise, and that it knows us not."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, source) -> None:
        request = parse(data)
        assert isinstance(request, Request)
        self.asked.append(request)
        if len(self.asked) == 2:
            for answer in (serialise(request.response(100)), b"noise", b"\r\n\r\n"):
                self._transport.sendto(answer, source)
            self._transport.sendto(serialise(request.response(403, to_tag="x")), source)


def test_a_carrier_that_is_there_answers():
    async def story():
        async with SimulatedCarrier() as carrier:
            return await ping(carrier.host, carrier.port, limit_s=4)

    reply = asyncio.run(story())

    assert (reply.status, reply.reason) == (200, "OK")
    assert 0 <= reply.milliseconds < 4000


def test_it_asks_again_and_takes_any_final_answer():
    async def story():
        loop = asyncio.get_running_loop()
        transport, picky = await loop.create_datagram_endpoint(Picky, local_addr=(HOST, 0))
        port = transport.get_extra_info("sockname")[1]
        reply = await ping(HOST, port, limit_s=4)
        transport.close()
        return reply, picky.asked, port

    reply, asked, port = asyncio.run(story())

    assert (reply.status, reply.reason) == (403, "Forbidden")
    assert [request.method for request in asked] == ["OPTIONS", "OPTIONS"]
    assert asked[0] == asked[1]
    assert asked[0].uri == f"sip:{HOST}:{port}"


def test_where_nobody_listens_it_says_so():
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]

    with pytest.raises(NoReply, match=f"{HOST}:{port} cannot be reached"):
        asyncio.run(ping(HOST, port, limit_s=4))


def test_where_nobody_answers_it_says_after_how_long():
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        port = silent.getsockname()[1]
        with pytest.raises(NoReply, match=f"{HOST}:{port} did not answer within 0.2 s"):
            asyncio.run(ping(HOST, port, limit_s=0.2))


async def over_tcp(*answers: int, proxy: bool = False) -> tuple[Reply, Request]:
    """What a server is asked over TCP, and what becomes of these answers."""
    asked: list[Request] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(parse(await reader.readuntil(b"\r\n\r\n")))
        for status in answers:
            writer.write(serialise(replace(asked[0].response(status, to_tag="x"), body=b"v=0\r\n")))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, HOST, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        where = {"proxy": (HOST, port)} if proxy else {}
        host, to = ("carrier.invalid", 5060) if proxy else (HOST, port)
        reply = await ping(host, to, limit_s=4, transport=Transport.TCP, **where)
    return reply, asked[0]


def test_over_tcp_it_takes_the_final_answer_too():
    reply, asked = asyncio.run(over_tcp(100, 403))

    assert (reply.status, reply.reason) == (403, "Forbidden")
    assert asked.uri.endswith(";transport=tcp")
    assert asked.required("Via").startswith("SIP/2.0/TCP ")


def test_a_proxy_is_asked_in_the_place_of_the_trunk():
    _, asked = asyncio.run(over_tcp(200, proxy=True))

    assert asked.uri == "sip:carrier.invalid:5060;transport=tcp"
    assert asked.required("Route").startswith(f"<sip:{HOST}:")


def test_who_hangs_up_without_an_answer_gave_none():
    with pytest.raises(NoReply, match="closed the connection"):
        asyncio.run(over_tcp())
