"""The event loop that a media engine shares: who waits, for how long, and who is woken."""

import asyncio
import threading
import time

from workers.loop import SLICE_MS, THREADS, shared_loop

DEADLINE_S = 10


class Engine:
    """Notes how long it is let wait, and waits, unless it has an event."""

    def __init__(self) -> None:
        self.waits_ms: list[int] = []
        self._nothing = threading.Event()

    def poll(self, wait_ms: int) -> None:
        self.waits_ms.append(wait_ms)
        self._nothing.wait(wait_ms / 1000)


def run(flow) -> Engine:
    engine = Engine()
    with asyncio.Runner(loop_factory=lambda: shared_loop(engine.poll)) as runner:
        runner.get_loop()
        engine.waits_ms.clear()
        runner.run(flow())
    return engine


def test_the_engine_waits_a_slice_at_a_time_while_nothing_is_due():
    engine = run(lambda: asyncio.sleep(0.1))

    assert max(engine.waits_ms) == SLICE_MS
    assert len(engine.waits_ms) < 0.1 / (SLICE_MS / 1000) + 10


def test_waiting_for_less_than_a_millisecond_is_no_busy_waiting():
    async def many_short_sleeps():
        for _ in range(20):
            await asyncio.sleep(0.0004)

    engine = run(many_short_sleeps)

    # For each sleep: one turn that starts it, one that waits, one that wakes.
    assert len(engine.waits_ms) <= 3 * 20 + 10
    assert set(engine.waits_ms) <= {0, 1, SLICE_MS}


def test_tasks_that_are_ready_let_the_engine_look_but_not_wait():
    async def busy():
        for _ in range(100):
            await asyncio.sleep(0)

    engine = run(busy)

    assert engine.waits_ms.count(0) >= 100


def test_a_timer_is_never_early_and_seldom_more_than_a_slice_late():
    async def late_s():
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.sleep(0.0205)
        lateness.append(loop.time() - begun - 0.0205)

    lateness: list[float] = []
    for _ in range(5):
        run(late_s)

    assert min(lateness) >= 0
    assert sorted(lateness)[2] < 2 * SLICE_MS / 1000


def test_work_in_threads_wakes_the_loop_within_a_slice():
    async def in_a_thread():
        finished = await asyncio.to_thread(time.monotonic)
        waited.append(time.monotonic() - finished)

    waited: list[float] = []
    for _ in range(5):
        run(in_a_thread)

    assert sorted(waited)[2] < 2 * SLICE_MS / 1000


def test_many_questions_wait_for_their_answers_at_once_however_few_cores_there_are():
    met = []

    async def in_threads():
        all_ask = threading.Barrier(THREADS)
        asking = (asyncio.to_thread(all_ask.wait, DEADLINE_S) for _ in range(THREADS))
        met.extend(await asyncio.gather(*asking))

    run(in_threads)

    assert sorted(met) == list(range(THREADS))
