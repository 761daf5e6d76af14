"""Twenty customers in twenty conversations at once, on the worker processes of one machine."""

import asyncio
import logging
import os
import subprocess
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ringback.carrier import PhoneCall, PhoneScript, Press, Tone
from ringback.embedded.process import EmbeddedAws
from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending, Verdict
from tests.fakes.exchange import CENT
from tests.integration.system import Customer, System, make_system

pytestmark = pytest.mark.integration

CONVERSATIONS = 20
# Two callbacks fit into a process with the stock engine.
WORKERS = CONVERSATIONS // 2
# When the first prompt is over.
LISTENS = timedelta(seconds=4.5)
# When the friend has hung up, and the next number is asked for.
HANGS_UP = timedelta(seconds=24)
TALKS = PhoneScript(
    ring_for=timedelta(seconds=0.3), sound=Tone(1200), hang_up_after=timedelta(seconds=3)
)
LIMIT_S = 80
PACKET_S = 0.02
PACKET_SAMPLES = 160
# Longer than this between two packets, and a phone has nothing to play.
GAP_S = 0.04
# What other programs may take of a machine that is not ours alone.
MOST_GAPS = 0.02

logger = logging.getLogger(__name__)


def dials(customer: Customer, *, in_audio: bool) -> PhoneScript:
    """Hears the prompt to its end, then presses the number of its own friend; hangs up when asked
    for another one."""
    presses = (Press(LISTENS, f"00{customer.friend.digits}#"),)
    return PhoneScript(
        ring_for=timedelta(),
        sound=Tone(700),
        digits=presses,
        keys_in_audio=in_audio,
        hang_up_after=HANGS_UP,
    )


class Wakefulness:
    """When this process itself slept through, so that it is not blamed on those that it hears."""

    def __init__(self) -> None:
        self._overslept: list[tuple[float, float]] = []

    async def watch(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(PACKET_S / 4)
            self._overslept.append((began, loop.time()))

    def slept(self, start: float, end: float) -> float:
        """The longest sleep that touches a stretch of time."""
        sleeps = (b - a for a, b in self._overslept if a < end and start < b)
        return max(sleeps, default=0.0)


def gaps(call: PhoneCall, end: float, awake: Wakefulness) -> list[float]:
    """How long a phone heard nothing, each time, from its answer on."""
    came = [arrival.at for arrival in call.heard.arrivals(call.answered.monotonic, end)]
    return [
        after - before
        for before, after in pairwise(came)
        if after - before > GAP_S and after - before - awake.slept(before, after) > PACKET_S
    ]


def skipped(call: PhoneCall, end: float) -> list[int]:
    """Where the audio is not one packet after the other: by so many samples."""
    heard = call.heard.arrivals(call.answered.monotonic, end)
    steps = ((one.timestamp, other.timestamp) for one, other in pairwise(heard))
    return [step for a, b in steps if (step := (b - a) % 2**32) != PACKET_SAMPLES]


def used(processes: list[subprocess.Popen[bytes]]) -> tuple[float, float]:
    """The seconds of CPU and the megabytes that they have taken."""
    cpu_s, memory_mb = 0.0, 0.0
    for process in processes:
        about = Path("/proc") / str(process.pid)
        fields = (about / "stat").read_text().rpartition(")")[2].split()
        cpu_s += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        memory_mb += int((about / "statm").read_text().split()[1]) * 4096 / 1e6
    return cpu_s, memory_mb


@pytest.fixture
def crowded(aws: EmbeddedAws, tmp_path: Path) -> System:
    return make_system(aws, tmp_path / "workers.log", RINGBACK_BEAT_S="5")


async def converse(
    system: System, customers: list[Customer], awake: Wakefulness
) -> list[tuple[PhoneCall, PhoneCall]]:
    """All order, are rung and dial; each customer's call and that of the friend, when over."""
    phones = {
        customer.phone: dials(customer, in_audio=number % 4 == 0)
        for number, customer in enumerate(customers)
    }
    friends = {customer.friend: TALKS for customer in customers}
    async with system.carrier({**phones, **friends}) as carrier:
        watching = asyncio.create_task(awake.watch())
        for customer in customers:
            await asyncio.to_thread(system.order, customer, None)
        pairs = [
            (
                await carrier.next_call(str(customer.phone)),
                await carrier.next_call(str(customer.friend)),
            )
            for customer in customers
        ]
        for call in (call for pair in pairs for call in pair):
            await call.wait_ended()
        watching.cancel()
    return pairs


def test_twenty_customers_in_twenty_conversations_hear_no_stutter(crowded: System):
    system, awake = crowded, Wakefulness()
    customers = [system.customer() for _ in range(CONVERSATIONS)]

    async def all_of_it():
        async with asyncio.timeout(LIMIT_S):
            pairs = await converse(system, customers, awake)
            recent = system.ports.callbacks.recent
            found = [recent(one.account, limit=2, cursor=None).items for one in customers]
            return pairs, [await system.ended(callback) for (callback,) in found]

    with system.workers(WORKERS) as processes:
        before_s, _ = used(processes)
        began = time.monotonic()
        pairs, records = asyncio.run(all_of_it())
        after_s, memory_mb = used(processes)
        took_s = time.monotonic() - began

    logger.info("%s processes, %.0f MB", WORKERS, memory_mb)
    logger.info("%.1f s of CPU in %.1f s", after_s - before_s, took_s)
    assert max(one.answered.monotonic for one, _ in pairs) < min(
        one.ended.monotonic for one, _ in pairs
    )
    heard = [(one, gaps(one, other.invited.monotonic, awake)) for one, other in pairs]
    late = [gap for _, found in heard for gap in found]
    logger.info("gaps above %s s: %s", GAP_S, sorted(round(gap, 3) for gap in late))
    for (one, other), (_, found) in zip(pairs, heard, strict=True):
        assert skipped(one, other.invited.monotonic) == []
        prompt = one.heard.between(one.answered.monotonic, other.invited.monotonic)
        assert prompt.lost == 0
        assert len(found) <= MOST_GAPS * prompt.packets
    for customer, (over, cdr) in zip(customers, records, strict=True):
        _check(system, customer, over, cdr)
    assert system.books_are_clean()


def _check(system: System, customer: Customer, over, cdr) -> None:
    assert (over.state, cdr.destination.number) == (State.ENDED, customer.friend)
    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert 3 <= cdr.destination.seconds <= 5
    assert cdr.customer.seconds > cdr.destination.seconds
    assert cdr.cost.micros == (cdr.customer.seconds + cdr.destination.seconds) * CENT
    balance = system.balance(customer)
    assert (balance.posted_micros, balance.holds) == (500 * CENT - cdr.cost.micros, {})
