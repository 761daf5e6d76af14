"""A worker's process: killed, stopped, misconfigured, and short of its customers' money."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ringback.carrier import PhoneCall, PhoneScript, Press, SimulatedCarrier, Tone
from ringback.embedded.process import EmbeddedAws, start_embedded_aws
from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.sweep import LOST, Swept, sweep
from switchboard.ledger.entries import SettlementKind
from tests.fakes.exchange import CENT
from tests.integration.caller import in_real_time
from tests.integration.system import DEADLINE_S, WORKER, Customer, System, make_system, until
from tests.integration.test_callbacks_for_real import SPEECH_DBFS

pytestmark = pytest.mark.integration

ANSWERS = PhoneScript(ring_for=timedelta(), sound=Tone(700))


@pytest.fixture
def lone_system(aws, tmp_path) -> System:
    """One without a worker, for a test that brings its own."""
    return make_system(aws, tmp_path / "worker.log")


def carrier_for(system: System, *customers: Customer) -> SimulatedCarrier:
    return system.carrier(
        {number: ANSWERS for one in customers for number in (one.phone, one.friend)}
    )


async def connected(
    system: System, carrier: SimulatedCarrier, customer: Customer
) -> tuple[Callback, list[PhoneCall]]:
    """A callback whose two phones talk."""
    callback = await asyncio.to_thread(system.order, customer, customer.friend)
    calls = [await carrier.next_call(str(number)) for number in (customer.phone, customer.friend)]
    await calls[1].wait_acknowledged()
    return callback, calls


def talked_s(system: System, callback: Callback) -> int:
    """How long they have talked, by the last heartbeat."""
    calls = (beat.calls.get(callback.id) for beat in system.ports.workers.all())
    return next((call.destination_s or 0 for call in calls if call), 0)


@in_real_time
async def test_a_killed_workers_callback_is_settled_once_to_the_last_heartbeat(
    lone_system: System,
):
    system, alice = lone_system, lone_system.customer()

    def live():
        calls = [beat.calls.get(callback.id) for beat in system.ports.workers.all()]
        return next((call for call in calls if call and (call.destination_s or 0) >= 2), None)

    async with carrier_for(system, alice) as carrier:
        with system.worker() as worker:
            callback, _ = await connected(system, carrier, alice)
            await until(live)
            os.kill(worker.process.pid, signal.SIGKILL)
            worker.process.wait(DEADLINE_S)
        last = live()
        held = system.balance(alice).holds

        def swept() -> Swept | None:
            found = sweep(system.ports)
            return found if found.settled else None

        (cdr,) = (await until(swept)).settled
        again = sweep(system.ports)

    assert list(held) == [callback.id]
    assert (cdr.verdict, cdr.settlement.kind) == (LOST, SettlementKind.EXPIRE)
    assert [leg.seconds for leg in cdr.legs] == [last.customer_s, last.destination_s]
    assert cdr.cost.micros == (last.customer_s + last.destination_s) * CENT
    assert again == Swept((), ())
    assert system.balance(alice).holds == {}
    assert system.balance(alice).posted_micros == 500 * CENT - cdr.cost.micros
    assert system.ports.callbacks.find(callback.id).state is State.ENDED
    assert system.ports.workers.all() == []
    assert system.books_are_clean()


@pytest.fixture
def own_aws(tmp_path) -> Iterator[EmbeddedAws]:
    """One to be stopped."""
    with start_embedded_aws(tmp_path / "aws", log=False) as aws:
        yield aws


@in_real_time
async def test_a_call_that_ends_while_aws_is_out_of_reach_is_settled_to_the_second(
    own_aws, tmp_path
):
    spool, log = tmp_path / "spool", tmp_path / "worker.log"
    system = make_system(own_aws, log, RINGBACK_SPOOL=str(spool))
    alice = system.customer()

    def waiting() -> list[Path]:
        return list(spool.glob("*/*.json"))

    async with carrier_for(system, alice) as carrier:
        with system.worker() as worker:
            callback, calls = await connected(system, carrier, alice)
            await until(lambda: talked_s(system, callback) >= 1)
            os.kill(own_aws.process.pid, signal.SIGSTOP)
            await calls[1].hang_up()
            await until(waiting)
            os.kill(worker.process.pid, signal.SIGKILL)
            worker.process.wait(DEADLINE_S)
        os.kill(own_aws.process.pid, signal.SIGCONT)
        with system.worker():
            _, cdr = await system.ended(callback)
            await until(lambda: not waiting())

    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert cdr.settlement.kind is SettlementKind.POST
    assert cdr.destination.seconds >= 1
    assert system.balance(alice).posted_micros == 500 * CENT - cdr.cost.micros
    assert system.books_are_clean()


@in_real_time
async def test_what_a_killed_worker_rang_is_not_rung_by_another(lone_system: System):
    system, alice, bob = lone_system, lone_system.customer(), lone_system.customer()
    async with carrier_for(system, alice, bob) as carrier:
        with system.worker() as worker:
            callback, _ = await connected(system, carrier, alice)
            os.kill(worker.process.pid, signal.SIGKILL)
        with system.worker():
            system.ports.queue.send(callback.id)
            other, _ = await connected(system, carrier, bob)
            dialled = [call.number for call in carrier.calls]

    assert other != callback
    assert dialled == [str(one) for one in (alice.phone, alice.friend, bob.phone, bob.friend)]


@in_real_time
async def test_a_worker_that_is_told_to_leave_lets_its_calls_end(aws, tmp_path):
    system = make_system(aws, tmp_path / "worker.log", RINGBACK_DRAIN_S="60")
    alice = system.customer()

    def has_no_room() -> bool:
        (beat,) = system.ports.workers.all()
        return beat.capacity == 0

    async with carrier_for(system, alice) as carrier:
        with system.worker() as worker:
            callback, calls = await connected(system, carrier, alice)
            worker.process.send_signal(signal.SIGTERM)
            await until(has_no_room)
            still_up = calls[1].ended is None
            await calls[1].hang_up()
            over, _ = await system.ended(callback)
            status = await asyncio.to_thread(worker.process.wait, DEADLINE_S)

    assert still_up
    assert over.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert status == 0
    assert system.balance(alice).holds == {}
    assert system.books_are_clean()


@pytest.mark.parametrize("signals", [1, 2])
@in_real_time
async def test_a_stopped_worker_hangs_up_settles_and_says_goodbye(lone_system: System, signals):
    system, customers = lone_system, [lone_system.customer() for _ in range(2)]
    async with carrier_for(system, *customers) as carrier:
        with system.worker() as worker:
            pairs = [await connected(system, carrier, one) for one in customers]
            listening = system.control_queues()
            for _ in range(signals):
                worker.process.send_signal(signal.SIGTERM)
            for call in carrier.calls:
                await call.wait_ended()
            status = await asyncio.to_thread(worker.process.wait, DEADLINE_S)
        settled = [await system.ended(callback) for callback, _ in pairs]

    assert status == 0
    for customer, (over, cdr) in zip(customers, settled, strict=True):
        assert (over.state, over.verdict) == (State.ENDED, LOST)
        assert cdr.settlement.kind is SettlementKind.POST
        assert system.balance(customer).posted_micros == 500 * CENT - cdr.cost.micros
        assert system.balance(customer).holds == {}
    assert system.ports.workers.all() == []
    assert (len(listening), system.control_queues()) == (1, [])
    assert system.orders_waiting() == 0
    assert system.books_are_clean()


@in_real_time
async def test_two_callbacks_of_one_account_cannot_overspend_it(aws, tmp_path):
    quick = {"RINGBACK_QUANTUM_S": "1", "RINGBACK_MARGIN_S": "1", "RINGBACK_RING_LIMIT_S": "1"}
    system = make_system(aws, tmp_path / "worker.log", **quick)
    alice = system.customer(cents=26)
    phones = system.customer(cents=0)
    hers = Customer(alice.account, phones.phone, phones.friend)
    async with carrier_for(system, alice, hers) as carrier:
        with system.worker():
            one, (first, _) = await connected(system, carrier, alice)
            other, _ = await connected(system, carrier, hers)
            both_talk = first.ended is None
            ended = [await system.ended(callback) for callback in (one, other)]

    spent = sum(cdr.cost.micros for _, cdr in ended)
    assert both_talk
    assert [over.verdict.ending for over, _ in ended] == [Ending.TALK_LIMIT] * 2
    assert 24 * CENT <= spent <= 26 * CENT
    assert system.balance(alice).posted_micros == 26 * CENT - spent
    assert system.balance(alice).holds == {}
    assert system.books_are_clean()


@in_real_time
async def test_the_talk_limit_ends_a_real_call_at_the_second_that_the_money_ends(
    lone_system: System,
):
    system, alice = lone_system, lone_system.customer(cents=9)
    async with carrier_for(system, alice) as carrier:
        with system.worker():
            callback, calls = await connected(system, carrier, alice)
            over, cdr = await system.ended(callback)
            for call in calls:
                await call.wait_ended()

    assert over.verdict == Verdict(Ending.TALK_LIMIT, Culprit.CUSTOMER)
    # A cent a second until the destination answers, some two; from then on two.
    waited_s = cdr.customer.seconds - cdr.destination.seconds
    assert 2 <= waited_s <= 5
    assert cdr.destination.seconds == (9 - waited_s) // 2
    talked_s = calls[1].ended.monotonic - calls[1].answered.monotonic
    assert talked_s == pytest.approx(cdr.destination.seconds, abs=0.4)
    # Why it was over is told after that, and not charged for.
    told = calls[1].ended.monotonic + 0.2, calls[0].ended.monotonic
    assert 1 < told[1] - told[0] < 4
    assert calls[0].heard.between(*told).level_dbfs > SPEECH_DBFS
    assert system.balance(alice).posted_micros == (9 - waited_s) % 2 * CENT


@in_real_time
async def test_a_customer_who_calls_nobody_is_hung_up(aws, tmp_path):
    system = make_system(aws, tmp_path / "worker.log", RINGBACK_ASKING_S="4")
    alice = system.customer()
    asks = PhoneScript(ring_for=timedelta(), digits=(Press(timedelta(seconds=1), "*0#"),))
    async with system.carrier({alice.phone: asks}) as carrier:
        with system.worker():
            callback = system.order(alice, None)
            one = await carrier.next_call(str(alice.phone))
            await one.wait_ended()
            over, cdr = await system.ended(callback)

    assert over.verdict == Verdict(Ending.NO_DESTINATION, Culprit.CUSTOMER)
    assert 4 < one.ended.monotonic - one.answered.monotonic < 8
    told = one.heard.between(one.answered.monotonic + 4.3, one.ended.monotonic)
    assert told.level_dbfs > SPEECH_DBFS
    assert cdr.cost.micros == cdr.customer.seconds * CENT
    assert system.books_are_clean()


def test_a_wrong_setting_is_named_and_the_worker_does_not_start(lone_system: System):
    env = {**lone_system.env, "RINGBACK_BEAT_S": "soon"}

    done = subprocess.run(
        WORKER, env=env, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )

    assert done.returncode == 2
    assert "RINGBACK_BEAT_S" in done.stderr
    assert "Traceback" not in done.stderr
