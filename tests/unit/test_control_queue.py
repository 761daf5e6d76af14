"""A worker's control queue is there while a heartbeat tells of the worker, and seldom else."""

import asyncio

import pytest

from switchboard.desk.orders import CANCELLED, cancel_callback
from tests.fakes.shift import Shift
from tests.fakes.weather import Outage, OutOfReach


def test_there_is_no_control_queue_before_a_heartbeat_tells_of_its_worker():
    shift = Shift(workers=lambda port: Outage(port, beat=4))
    there = []

    async def story():
        for _ in range(6):
            await asyncio.sleep(2)
            there.append((shift.control.there, bool(shift.ports.workers.all())))

    shift.work(story, until_s=20)

    assert there[0] == (False, False)
    assert there[-1] == (True, True)
    assert (True, False) not in there


def test_a_worker_that_was_taken_for_lost_is_told_to_hang_up_all_the_same():
    shift = Shift()

    async def story():
        await asyncio.sleep(10)
        for beat in shift.ports.workers.all():
            shift.ports.control.forget(beat.worker)
            shift.ports.workers.forget(beat)
        await asyncio.sleep(8)
        callback = shift.order()
        await asyncio.sleep(20)
        cancel_callback(shift.ports, "alice", callback.id)

    shift.work(story, until_s=50)

    assert shift.transcript[-1] == (38, "customer is hung up")
    assert shift.callback().verdict == CANCELLED


def test_a_worker_listens_anew_once_a_heartbeat_tells_of_it_again():
    shift = Shift(workers=lambda port: Outage(port))
    there = []

    async def story():
        await asyncio.sleep(10)
        for beat in shift.ports.workers.all():
            shift.ports.control.forget(beat.worker)
            shift.ports.workers.forget(beat)
        shift.ports.workers.fail(beat=4)
        for _ in range(10):
            await asyncio.sleep(2)
            there.append((shift.control.there, bool(shift.ports.workers.all())))

    shift.work(story, until_s=40)

    assert there[0] == (False, False)
    assert there[-1] == (True, True)
    assert (True, False) not in there


def test_a_worker_that_leaves_removes_its_control_queue_before_its_heartbeat():
    shift = Shift(workers=lambda port: Outage(port, forget=1))

    with pytest.raises(OutOfReach):
        shift.work(lambda: asyncio.sleep(5), until_s=10)

    assert not shift.control.there
