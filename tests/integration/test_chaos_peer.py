"""The SIP peer of the chaos run: it falls silent, forgets, and ends the calls of who is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from ringback.carrier import PhoneScript
from switchboard.sip.message import Request, serialise
from tests.chaos.peer import Peer
from tests.integration.caller import in_real_time
from tests.integration.system import HOST, free_port, until

pytestmark = pytest.mark.integration

ALICE = "+442079470001"
PICKS_UP = PhoneScript(ring_for=timedelta())
A_MOMENT_S = 0.3


class Worker(asyncio.DatagramProtocol):
    """Sends one INVITE, as often as it is told, and counts what comes back."""

    def __init__(self) -> None:
        self.heard = 0

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard += 1

    def invite(self, peer_port: int) -> None:
        headers = (
            ("Via", f"SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK1"),
            ("From", f"<sip:us@{HOST}>;tag=ours"),
            ("To", f"<sip:{ALICE}@{HOST}>"),
            ("Call-ID", "one call"),
            ("CSeq", "1 INVITE"),
            ("Contact", f"<sip:us@{HOST}:{self.port}>"),
        )
        uri = f"sip:{ALICE}@{HOST}:{peer_port}"
        request = Request(method="INVITE", uri=uri, headers=headers)
        self._transport.sendto(serialise(request), (HOST, peer_port))


@asynccontextmanager
async def peer_and_worker() -> AsyncIterator[tuple[Peer, Worker, int]]:
    port = free_port()
    async with Peer({ALICE: PICKS_UP}, port) as peer:
        transport, worker = await asyncio.get_running_loop().create_datagram_endpoint(
            Worker, local_addr=(HOST, 0)
        )
        yield peer, worker, port
        transport.close()


@in_real_time
async def test_who_calls_a_silent_peer_is_counted_and_hears_nothing_until_it_is_back():
    async with peer_and_worker() as (peer, worker, port):
        hushing = asyncio.create_task(peer.hush(A_MOMENT_S))
        await asyncio.sleep(0)
        worker.invite(port)
        await hushing
        heard = worker.heard
        worker.invite(port)
        await until(lambda: worker.heard)

        assert (heard, peer.times_rung(ALICE)) == (0, 1)
        assert peer.answered(ALICE)


@in_real_time
async def test_a_peer_that_was_gone_knows_of_no_call():
    async with peer_and_worker() as (peer, worker, port):
        worker.invite(port)
        await until(lambda: peer.calls_up)

        await peer.forget(A_MOMENT_S)

        assert peer.calls_up == []


@in_real_time
async def test_the_calls_of_who_is_gone_for_good_end_by_themselves():
    async with peer_and_worker() as (peer, worker, port):
        worker.invite(port)
        await until(lambda: peer.calls_up)

        peer.lose(worker.port + 1)
        peer.lose(worker.port)
        await until(lambda: not peer.calls_up)

        assert peer.times_rung(ALICE) == 1
