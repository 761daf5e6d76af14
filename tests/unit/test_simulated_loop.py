"""Simulated time, on which the tests of call flows rest."""

import asyncio

import pytest

from tests.fakes.loop import NothingWillHappen, run_simulated


def test_simulated_time_says_so_when_nothing_will_ever_happen():
    with pytest.raises(NothingWillHappen):
        run_simulated(asyncio.Event().wait())


def test_work_for_a_thread_takes_no_simulated_time():
    async def flow():
        result = await asyncio.to_thread(sum, [1, 2])
        return result, asyncio.get_running_loop().time()

    assert run_simulated(flow()) == (3, 0)


def test_time_jumps_to_the_next_timer():
    async def flow():
        await asyncio.gather(asyncio.sleep(3600), asyncio.sleep(7200.5))
        return asyncio.get_running_loop().time()

    assert run_simulated(flow()) == 7200.5
