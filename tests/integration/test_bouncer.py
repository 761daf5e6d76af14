"""What a trunk asks the engine outside of any call: it is told no, and nothing is spent on it."""

import asyncio
import socket
from contextlib import suppress

import pytest

from switchboard.sip.message import Response, parse
from tests.integration.far_end import HOST, far_end
from tests.torture import datagrams
from workers.phone import LegTrace

pytestmark = pytest.mark.integration

# As many as would use up the sockets of the stock wheel's engine, which then ends the process.
MANY = 200


async def asked(worker, *shots: bytes) -> list[bytes]:
    """What is answered to requests that are sent one after the other."""
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.bind((HOST, 0))
        one.setblocking(False)
        own, answers = one.getsockname(), []
        for shot in shots:
            one.sendto(
                shot.replace(b"127.0.0.1:9;", f"{HOST}:{own[1]};".encode()),
                (HOST, worker.engine.sip_port),
            )
            await asyncio.sleep(0.005)
            answers += _heard(one)
        await asyncio.sleep(0.1)
        return answers + _heard(one)


def _heard(one: socket.socket) -> list[bytes]:
    heard = []
    with suppress(BlockingIOError):
        while True:
            heard.append(one.recv(4000))
    return heard


def request(method: str, to_tag: str = "") -> bytes:
    return datagrams.request((HOST, 9), method, to_tag)


@pytest.mark.parametrize(
    ("method", "to_tag", "status"),
    [
        ("INVITE", "", 404),
        ("MESSAGE", "", 501),
        ("SUBSCRIBE", "", 501),
        ("REFER", "", 501),
        ("REGISTER", "", 501),
        ("OPTIONS", "", 200),
        ("INVITE", ";tag=t1", 481),
        ("BYE", ";tag=t1", 481),
        ("CANCEL", "", 481),
        ("ACK", ";tag=t1", None),
        ("ACK", "", None),
    ],
)
def test_who_asks_outside_of_a_call_is_told_no(worker, method, to_tag, status):
    answers = [parse(answer) for answer in worker.run(asked(worker, request(method, to_tag)))]

    assert all(isinstance(answer, Response) for answer in answers)
    assert [answer.status for answer in answers] == ([] if status is None else [status])


def test_invites_at_the_port_of_the_engine_take_no_call_from_those_that_talk(worker):
    async def flow() -> tuple[int, int, int]:
        free = worker.engine.free_calls
        async with far_end("answers") as phone, worker.phone.dial(phone.order(), LegTrace()):
            answers = await asked(worker, *(request("INVITE") for _ in range(MANY)))
            return free, worker.engine.free_calls, len(answers)

    free, left, answered = worker.run(flow())

    assert (left, answered) == (free - 1, MANY)
