"""Work beside the loop: what a thread finds comes back, and what must be written is written."""

import asyncio
import threading

import pytest

from tests.fakes.loop import run_simulated
from tests.fakes.weather import Outage, OutOfReach
from workers.threads import in_daemon_thread, persist

DEADLINE_S = 10


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, DEADLINE_S))


def test_what_a_thread_finds_comes_back():
    found = run(in_daemon_thread(threading.current_thread))

    assert found is not threading.main_thread()
    assert found.daemon


def test_what_fails_in_a_thread_is_raised_where_it_is_awaited():
    with pytest.raises(ZeroDivisionError):
        run(in_daemon_thread(lambda: 1 // 0))


def test_nobody_waits_for_a_thread_whose_waiter_was_cancelled():
    polling, go_on = threading.Event(), threading.Event()
    threads = []

    def poll() -> None:
        threads.append(threading.current_thread())
        polling.set()
        go_on.wait(DEADLINE_S)

    async def flow() -> None:
        waiter = asyncio.create_task(in_daemon_thread(poll))
        await asyncio.to_thread(polling.wait, DEADLINE_S)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter

    run(flow())
    still_polling = threads[0].is_alive()
    go_on.set()
    threads[0].join(DEADLINE_S)

    assert still_polling
    assert not threads[0].is_alive()


def test_a_write_is_repeated_until_it_is_made():
    written = []
    store = Outage(written, append=3)

    async def flow() -> float:
        await persist(store.append, "a record")
        return asyncio.get_running_loop().time()

    assert run_simulated(flow()) == 6
    assert written == ["a record"]


def test_a_write_that_is_given_up_is_given_up():
    store = Outage([], append=1000)

    async def flow() -> None:
        async with asyncio.timeout(5):
            await persist(store.append, "a record")

    with pytest.raises(TimeoutError):
        run_simulated(flow())
    with pytest.raises(OutOfReach):
        store.append("a record")
