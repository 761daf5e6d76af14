"""Rings by real SIP: an INVITE at a worker is rejected, and our INVITE rings the caller back."""

import asyncio
import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from ringback.carrier import BUSY, PhoneScript, Press, Tone
from ringback.embedded.process import EmbeddedAws
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import Trigger
from switchboard.calls.ending import Ending
from switchboard.desk.orders import Order, order_callback
from switchboard.numbering import PhoneNumber
from tests.integration.caller import in_real_time
from tests.integration.far_end import HOST
from tests.integration.ringer import ring
from tests.integration.system import System, free_port, make_system, until

pytestmark = pytest.mark.integration

SERVICE = PhoneNumber("+442079469999")
DELAY = timedelta(seconds=1)
RINGS = 5
LOOPBACK_OF_A_STRANGER = "127.0.0.2"

logger = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory, port: int) -> Iterator[System]:
    """Two workers, which share the port for rings."""
    log: Path = tmp_path_factory.mktemp("doorbell") / "workers.log"
    system = make_system(aws, log, RINGBACK_RINGS_PORT=str(port))
    service = ServiceNumber(SERVICE, delay=DELAY, quiet=timedelta())
    system.ports.accounts.add_service_number(service)
    with system.worker(), system.worker():
        yield system


@in_real_time
async def test_a_ring_is_rejected_and_its_caller_rung_back_and_connected(system, port):
    alice = system.customer()
    keys = f"00{alice.friend.digits}#"
    dials = PhoneScript(
        ring_for=timedelta(),
        sound=Tone(700),
        digits=(Press(timedelta(seconds=0.5), keys),),
        hang_up_after=timedelta(seconds=11),
    )
    talks = PhoneScript(ring_for=timedelta(), sound=Tone(1200), hang_up_after=timedelta(seconds=1))
    async with system.carrier({alice.phone: dials, alice.friend: talks}) as carrier:
        answer, left, took_s = await ring(SERVICE, port, alice.phone)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_ended()
        await one.wait_ended()
        [callback] = system.ports.callbacks.recent(alice.account, limit=5, cursor=None).items
        _, cdr = await system.ended(callback)

    assert (answer.status, cdr.trigger) == (486, "sip")
    assert took_s < 0.1
    assert one.invited.monotonic - left >= DELAY.total_seconds()
    talk = other.heard.between(other.answered.monotonic + 0.3, other.ended.monotonic)
    assert {round(hertz, -1) for hertz in talk.frequencies_hz} == {700}
    assert cdr.talked_s >= 1
    assert system.books_are_clean()


@in_real_time
async def test_the_way_from_a_ring_to_the_ring_back_is_short(system, port):
    over_s, rejected_s = [], []
    for _ in range(RINGS):
        alice = system.customer()
        busy = PhoneScript(ring_for=timedelta(seconds=0.1), verdict=BUSY)
        async with system.carrier({alice.phone: busy}) as carrier:
            _, left, took_s = await ring(SERVICE, port, alice.phone)
            one = await carrier.next_call(str(alice.phone))
            rang = await one.wait_ringing()
            over_s.append(rang.monotonic - left - DELAY.total_seconds())
            rejected_s.append(took_s)
            await one.wait_ended()

    logger.info("rejected after %s ms", sorted(round(1000 * one, 1) for one in rejected_s))
    logger.info("rings %s ms after the delay", sorted(round(1000 * one) for one in over_s))
    assert sorted(over_s)[RINGS // 2] < 0.5


@in_real_time
async def test_rings_take_no_call_from_those_that_talk(system, port):
    stranger = PhoneNumber("+447700900123")

    answers = [(await ring(SERVICE, port, stranger))[0] for _ in range(20)]

    assert {answer.status for answer in answers} == {486}
    alice = system.customer()
    talks = PhoneScript(ring_for=timedelta(), hang_up_after=timedelta(seconds=1))
    async with system.carrier({alice.phone: talks, alice.friend: talks}):
        over, _ = await system.ended(system.order(alice, alice.friend))
    assert over.verdict is not None
    today = system.ports.clock.now().date()
    refused = system.ports.rings.refused
    await until(lambda: refused(SERVICE, today).get("unknown_sender") == 20)


@in_real_time
async def test_who_is_no_trunk_gets_no_answer(system, port):
    alice = system.customer()

    answer, _, _ = await ring(SERVICE, port, alice.phone, LOOPBACK_OF_A_STRANGER, limit_s=0.5)

    assert answer is None
    assert system.ports.callbacks.recent(alice.account, limit=5, cursor=None).items == []


@in_real_time
async def test_who_is_ordered_twice_before_a_worker_knows_is_rung_once(system, port):
    alice = system.customer()
    account = system.ports.accounts.get(alice.account)
    talks = PhoneScript(ring_for=timedelta(), hang_up_after=timedelta(seconds=3))
    async with system.carrier({alice.phone: talks, alice.friend: talks}) as carrier:
        # The account as it was before either, so that neither order can know of the other.
        orders = [Order(alice.phone, alice.friend, Trigger("test", uuid4().hex)) for _ in range(2)]
        placed = [
            await asyncio.to_thread(order_callback, system.ports, account, one) for one in orders
        ]
        ended = [await system.ended(callback) for callback in placed]
        dialled = [call.number for call in carrier.calls]

    assert sorted(over.state.value for over, _ in ended) == ["ended", "refused"]
    assert dialled == [str(alice.phone), str(alice.friend)]
    assert system.balance(alice).holds == {}
    assert system.books_are_clean()


@in_real_time
async def test_who_was_busy_is_tried_again(system, port):
    alice, number = system.customer(), PhoneNumber("+442079469998")
    second = timedelta(seconds=1)
    service = ServiceNumber(number, delay=timedelta(), retries=1, retry_after=second)
    system.ports.accounts.add_service_number(service)
    busy = PhoneScript(ring_for=timedelta(), verdict=BUSY)
    async with system.carrier({alice.phone: busy}) as carrier:
        await ring(number, port, alice.phone)
        tries = [await carrier.next_call(str(alice.phone)) for _ in range(2)]
        [again, first] = system.ports.callbacks.recent(alice.account, limit=5, cursor=None).items
        _, cdr = await system.ended(again)

    assert first.next_try == again.id
    apart_s = tries[1].invited.monotonic - tries[0].invited.monotonic
    assert apart_s >= 1
    assert (cdr.verdict.ending, cdr.cost.micros) == (Ending.BUSY, 0)
    assert system.balance(alice).holds == {}
    assert system.books_are_clean()


SCENARIO = Path(__file__).parent / "sipp" / "rings_a_service_number.xml"


@in_real_time
async def test_sipp_sees_a_busy_line(system, port):
    process = await asyncio.create_subprocess_exec(
        *("sipp", f"{HOST}:{port}", "-i", HOST, "-sf", SCENARIO, "-m", "3", "-nostdin"),
        *("-s", str(SERVICE), "-key", "caller", "+447700900999", "-timeout", "10"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "TERM": "dumb"},
    )
    said, _ = await process.communicate()

    assert process.returncode == 0, said.decode(errors="replace")
