"""The guard's filter in a real kernel: who is a stranger is not heard."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Network

import pytest

from switchboard.calls.ending import Ending
from switchboard.calls.trunk import Trunk
from switchboard.sip.fields import NameAddress
from switchboard.sip.message import Request, parse, serialise
from tests.fakes.phone import an_order
from workers.guard import MOST, Guard, sip_sockets
from workers.phone import LegEnded, LegTrace

pytestmark = pytest.mark.integration

HOST, NEIGHBOUR, STRANGER, NAMED = "127.0.0.1", "127.0.1.7", "127.0.0.2", "127.0.0.3"
NETWORK = IPv4Network("127.0.1.0/24")


class Ear:
    """A socket behind a guard."""

    def __init__(self, bound: socket.socket) -> None:
        self.guard = Guard({"carrier.example": [NAMED]}.__getitem__)
        self._socket = bound
        self.guard.protect(bound.fileno())

    def hears(self, address: str, said: bytes = b"said") -> bool:
        """Whether it hears what is sent from there. The kernel delivers within the system call."""
        with socket.socket(type=socket.SOCK_DGRAM) as one:
            one.bind((address, 0))
            one.sendto(said, self._socket.getsockname())
        with suppress(BlockingIOError):
            return self._socket.recv(100) == said
        return False


@pytest.fixture
def ear() -> Iterator[Ear]:
    with socket.socket(type=socket.SOCK_DGRAM) as bound:
        bound.bind((HOST, 0))
        bound.setblocking(False)
        yield Ear(bound)


def test_until_it_is_told_of_networks_anybody_is_heard(ear):
    assert ear.hears(STRANGER)


def test_only_the_networks_it_was_told_of_are_heard(ear):
    ear.guard.admit([NETWORK, IPv4Network(HOST)])

    assert [ear.hears(one) for one in (HOST, NEIGHBOUR, STRANGER)] == [True, True, False]
    ear.guard.admit([])
    assert [ear.hears(one) for one in (NEIGHBOUR, STRANGER)] == [False, False]


def test_who_is_expected_is_heard_by_address_or_by_name(ear):
    ear.guard.admit([])

    ear.guard.expect(STRANGER)
    ear.guard.expect("carrier.example")

    assert [ear.hears(one) for one in (HOST, STRANGER, NAMED)] == [False, True, True]


def test_a_single_address_is_heard_on_after_its_trunk_is_gone(ear):
    ear.guard.admit([IPv4Network(HOST), NETWORK])
    ear.guard.admit([])

    assert [ear.hears(one) for one in (HOST, NEIGHBOUR)] == [True, False]


def test_of_too_many_who_are_expected_the_first_are_forgotten(ear):
    ear.guard.admit([NETWORK])

    for number in range(MOST):
        ear.guard.expect(f"127.1.{number // 256}.{number % 256}")

    assert [ear.hears(one) for one in ("127.1.0.0", "127.1.0.1", "127.1.1.243", NEIGHBOUR)] == [
        *(False, True, True, True)
    ]


def test_strangers_may_ring_and_say_nothing_else(ear):
    ear.guard.admit([NETWORK], strangers_ring=True)

    rings = [ear.hears(STRANGER, said) for said in (b"INVITE sip:x SIP/2.0", b"OPTIONS", b"I", b"")]
    assert rings == [True, False, False, False]


def test_the_door_is_shut_to_strangers_for_a_while(ear):
    async def shut() -> list[bool]:
        ear.guard.admit([NETWORK], strangers_ring=True)
        ear.guard.shut(0.05)
        heard = [ear.hears(STRANGER, b"INVITE"), ear.hears(NEIGHBOUR, b"INVITE")]
        await asyncio.sleep(0.1)
        return [*heard, ear.hears(STRANGER, b"INVITE")]

    assert asyncio.run(shut()) == [False, True, True]


def test_a_stranger_cannot_connect():
    with socket.create_server((HOST, 0)) as listening:
        guard = Guard()
        guard.protect(listening.fileno())
        guard.admit([IPv4Network(HOST)])

        socket.create_connection(listening.getsockname(), source_address=(HOST, 0)).close()
        with pytest.raises(TimeoutError):
            socket.create_connection(listening.getsockname(), 0.2, (STRANGER, 0))


def test_the_sockets_of_sip_are_found():
    with (
        socket.socket(type=socket.SOCK_DGRAM) as datagrams,
        socket.socket(type=socket.SOCK_DGRAM) as others,
        socket.create_server((HOST, 0)) as streams,
    ):
        datagrams.bind((HOST, 0))
        others.bind((HOST, 0))
        found = set(sip_sockets(datagrams.getsockname()[1]))

    assert {datagrams.fileno(), streams.fileno(), others.fileno()} == {-1}
    assert len(found) >= 2


class Gateway(asyncio.DatagramProtocol):
    """A far end that is called at one address and hangs up from another, as soon as it can."""

    SDP = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    AUDIO = b"m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"

    async def listen(self) -> int:
        """The port at which it is called."""
        loop = asyncio.get_running_loop()
        self._called, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        self._own, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(NEIGHBOUR, 0))
        self._port = self._own.get_extra_info("sockname")[1]
        return self._called.get_extra_info("sockname")[1]

    def datagram_received(self, data, addr) -> None:
        message = parse(data)
        if not isinstance(message, Request):
            return
        if message.method == "INVITE":
            headers = (
                ("Contact", f"<sip:{NEIGHBOUR}:{self._port}>"),
                ("Content-Type", "application/sdp"),
            )
            body = self.SDP + self.AUDIO
            answer = message.response(200, to_tag="gw", headers=headers, body=body)
            self._worker = NameAddress.parse(message.required("Contact")).uri.text
            self._called.sendto(serialise(answer), addr)
        elif message.method == "ACK":
            self._own.sendto(serialise(self._bye(message)), addr)

    def _bye(self, ack: Request) -> Request:
        own = f"SIP/2.0/UDP {NEIGHBOUR}:{self._port};branch=z9hG4bKbye;rport"
        parties = ("From", ack.required("To")), ("To", ack.required("From"))
        others = ("Call-ID", ack.call_id), ("CSeq", "1 BYE"), ("Max-Forwards", "70")
        return Request(method="BYE", uri=self._worker, headers=(("Via", own), *parties, *others))

    def close(self) -> None:
        self._called.close()
        self._own.close()


def test_a_far_end_may_hang_up_from_where_its_answer_said_it_is(worker):
    async def flow() -> Ending:
        gateway = Gateway()
        trunk = Trunk("gateway", HOST, await gateway.listen())
        worker.engine.guard.admit([IPv4Network(HOST)])
        try:
            with pytest.raises(LegEnded) as caught:
                async with worker.phone.dial(an_order(trunk=trunk), LegTrace()):
                    await asyncio.sleep(3)
        finally:
            worker.engine.guard.admit([IPv4Network("0.0.0.0/0")])
            gateway.close()
        return caught.value.ending

    assert worker.run(flow()) is Ending.HUNG_UP
