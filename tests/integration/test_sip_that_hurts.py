"""SIP that hurts, at both ports of a worker, while two people talk: they hear nothing of it, and
nobody is rung, answered or charged."""

import asyncio
import json
import logging
import os
import random
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, pairwise
from pathlib import Path

import pytest

from ringback.carrier import PhoneCall, PhoneScript, Tone
from ringback.embedded.process import EmbeddedAws
from switchboard.billing.account import Profile
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import State
from switchboard.desk.accounts import Terms, open_account
from switchboard.numbering import PhoneNumber
from switchboard.sip.secret import Secret
from tests.fakes.exchange import CENT
from tests.integration.caller import in_real_time
from tests.integration.far_end import HOST
from tests.integration.system import System, Worker, free_port, make_system
from tests.torture import datagrams
from tests.torture.rfc4475 import MESSAGES
from workers.challenges import MOST_IN_ALL

pytestmark = pytest.mark.integration

RATE = 10_000
FLOOD = [sys.executable, "-m", "tests.torture.flood", "--rate", str(RATE)]
STRANGER = "127.0.0.9"
TALKS = {"ring_for": timedelta(), "hang_up_after": None}
# What two who talk may miss: this share of their packets, and nothing for so long.
MOST_LOST = 0.01
LONGEST_GAP_S = 0.25
PACKET_S = 0.02
# What a log may say of hundreds of thousands of datagrams, and by how much a worker may grow.
MOST_LINES = 200
MOST_GROWTH_MB = 25
# As many as a socket's buffer holds: what is to be heard is not to be lost on the way.
AT_ONCE = 20

logger = logging.getLogger(__name__)


@dataclass
class Target:
    """A worker with two ports for SIP: its engine's and its doorbell's."""

    system: System
    ports: tuple[int, int]
    worker: Worker

    def log_lines(self) -> int:
        return len(self.system.log.read_text(errors="replace").splitlines())

    def megabytes(self) -> float:
        pages = Path(f"/proc/{self.worker.process.pid}/statm").read_text().split()[1]
        return int(pages) * 4096 / 1e6

    def cpu_s(self) -> float:
        stat = Path(f"/proc/{self.worker.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def target(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Whose trunk rings from its own address."""
    with a_target(aws, tmp_path_factory.mktemp("hurt"), None) as target:
        yield target


@contextmanager
def a_target(aws: EmbeddedAws, folder: Path, secret: Secret | None) -> Iterator[Target]:
    """Whose strangers ring a service number that there is, as a customer that there is. Where the
    trunk has a secret, it may ring from anywhere."""
    ports = free_port(), free_port()
    told = {"RINGBACK_SIP_PORT": str(ports[0]), "RINGBACK_RINGS_PORT": str(ports[1])}
    system = make_system(aws, folder / "worker.log", **told)
    [trunk] = system.ports.trunks.all()
    system.ports.trunks.save(replace(trunk, rings_as=secret))
    known = ServiceNumber(PhoneNumber(datagrams.SERVICE), delay=timedelta(), quiet=timedelta())
    system.ports.accounts.add_service_number(known)
    bystander = Profile("bystander", "A customer", "EUR", "cents", country="GB", numbers=(CALLER,))
    open_account(system.ports, bystander, Terms(opening_micros=500 * CENT))
    with system.worker() as worker:
        yield Target(system, ports, worker)


CALLER = PhoneNumber(datagrams.CALLER)
RUNG, NOBODYS = datagrams.SERVICE.encode(), b"+442071239999"


class Wakefulness:
    """How long this process itself slept through, so that its phones are not blamed on others."""

    def __init__(self) -> None:
        self._sleeps: list[tuple[float, float]] = []

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(PACKET_S / 4)
            self._sleeps.append((began, loop.time()))

    def slept(self, start: float, end: float) -> float:
        return max((b - a for a, b in self._sleeps if a < end and start < b), default=0.0)


@asynccontextmanager
async def while_they_talk(target: Target, memory_mb: float = MOST_GROWTH_MB) -> AsyncIterator[None]:
    """Two talk while the block lasts, and hear each other; nobody is charged but them, and nobody
    rung; the log stays short and the worker small, and serves the next."""
    system, alice, awake = target.system, target.system.customer(), Wakefulness()
    phones = {
        alice.phone: PhoneScript(**TALKS, sound=Tone(700)),
        alice.friend: PhoneScript(**TALKS, sound=Tone(1200)),
    }
    async with system.carrier(phones) as carrier:
        callback = system.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_acknowledged()
        lines, size_mb = target.log_lines(), target.megabytes()
        watching = asyncio.create_task(awake.watch())
        began = asyncio.get_running_loop().time() + 0.3
        yield
        ended = asyncio.get_running_loop().time()
        watching.cancel()
        told, grown_mb = target.log_lines() - lines, target.megabytes() - size_mb
        logger.info("%s lines of log, %.1f MB more", told, grown_mb)
        assert (one.ended, other.ended) == (None, None)
        for call, hertz in ((one, 1200), (other, 700)):
            _hears(call, hertz, began, ended, awake)
        await one.hang_up()
        over, cdr = await system.ended(callback)
        numbers = [call.number for call in carrier.calls]

    assert over.state is State.ENDED
    assert numbers == [str(alice.phone), str(alice.friend)]
    assert system.balance(alice).posted_micros == 500 * CENT - cdr.cost.micros
    assert told < MOST_LINES
    assert grown_mb < memory_mb
    await _nobody_else_was_served(target)


def _hears(call: PhoneCall, hertz: float, began: float, ended: float, awake: Wakefulness) -> None:
    heard = call.heard.between(began, ended)
    came = [arrival.at for arrival in call.heard.arrivals(began, ended)]
    gaps = [after - before - awake.slept(before, after) for before, after in pairwise(came)]
    logger.info(
        "of %s packets %s lost, longest gap %.0f ms", heard.packets, heard.lost, max(gaps) * 1000
    )
    assert heard.packets >= (1 - MOST_LOST) * (ended - began) / PACKET_S - 5
    assert heard.lost <= MOST_LOST * heard.packets
    assert max(gaps) < LONGEST_GAP_S
    assert heard.frequency_hz == pytest.approx(hertz, abs=10)


async def _nobody_else_was_served(target: Target) -> None:
    system, bob = target.system, target.system.customer()
    balance = system.ports.books.balance("bystander")
    assert (balance.posted_micros, balance.holds) == (500 * CENT, {})
    assert system.ports.callbacks.recent("bystander", limit=5, cursor=None).items == []
    ends = PhoneScript(ring_for=timedelta(), hang_up_after=timedelta(seconds=0.3))
    async with system.carrier({bob.phone: PhoneScript(**TALKS), bob.friend: ends}):
        over, cdr = await system.ended(system.order(bob, bob.friend))
    assert (over.state, cdr.destination.seconds) == (State.ENDED, 1)
    assert system.books_are_clean()


@contextmanager
def sender(address: str) -> Iterator[socket.socket]:
    """A socket there; at the end of the block."""
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.bind((address, 0))
        one.setblocking(False)
        yield one


async def throw(one: socket.socket, ports: Iterable[int], shots: Iterable[bytes]) -> int:
    """Send all of them to each port, no faster than they are taken; how many answers came."""
    answers = 0
    for number, shot in enumerate(shots):
        for port in ports:
            one.sendto(shot, (HOST, port))
        if number % AT_ONCE == 0:
            await asyncio.sleep(0.005)
            answers += _answers(one)
    await asyncio.sleep(0.5)
    return answers + _answers(one)


def _answers(one: socket.socket) -> int:
    heard = 0
    while True:
        try:
            one.recv(1)
            heard += 1
        except BlockingIOError:
            return heard


def everything(one: socket.socket) -> Iterator[bytes]:
    own, rnd = one.getsockname(), random.Random(4475)
    return chain(
        MESSAGES.values(),
        datagrams.out_of_nowhere(own),
        datagrams.oddities(own),
        datagrams.cut_short(),
        datagrams.mutated(rnd, 3000),
    )


@in_real_time
async def test_a_stranger_who_tortures_hears_nothing_and_is_not_heard(target: Target):
    async with while_they_talk(target):
        with sender(STRANGER) as one:
            answers = await throw(one, target.ports, everything(one))

    assert answers == 0


@in_real_time
async def test_a_flood_of_strangers_drowns_nobody(target: Target):
    async with while_they_talk(target):
        answers = await flood(target, seconds=10)

    assert answers == 0


@in_real_time
async def test_a_flood_of_those_who_may_be_trunks_is_answered_no_more_than_carriers_ring(
    aws: EmbeddedAws, tmp_path: Path
):
    with a_target(aws, tmp_path, Secret.of("carrier", "sesame")) as target:
        async with while_they_talk(target):
            answers = await flood(target, seconds=5)

    assert 0 < answers <= MOST_IN_ALL * 7


async def flood(target: Target, seconds: int) -> int:
    """10,000 datagrams a second at each port; how many answers there were."""
    used_s, ports = target.cpu_s(), map(str, target.ports)
    flooding = await asyncio.create_subprocess_exec(
        *(*FLOOD, *ports, "--seconds", str(seconds)), stdout=subprocess.PIPE
    )
    said, _ = await flooding.communicate()
    told = json.loads(said)
    rate = told["sent"] / told["seconds"]
    logger.info("%.0f datagrams a second at each port, %s answers", rate, told["answers"])
    logger.info("%.1f %% of a core", 100 * (target.cpu_s() - used_s) / told["seconds"])
    return told["answers"]


@in_real_time
async def test_who_pretends_to_be_a_trunk_breaks_nothing(target: Target):
    async with while_they_talk(target):
        with sender(HOST) as one:
            shots = (shot.replace(RUNG, NOBODYS) for shot in everything(one))
            answers = await throw(one, target.ports, shots)

    logger.info("%s answers", answers)
    assert answers > 0
