"""A trunk that fails at one worker rests at all of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import Beat, TrunkHealth
from switchboard.calls.trunk import Trunk
from tests.fakes.exchange import Exchange
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.shift import Shift
from tests.fakes.trunks import add_trunk
from tests.fakes.weather import Outage
from tests.fakes.world import BOB
from workers.channels import Channels
from workers.pace import Pace
from workers.trunk_watch import TrunkWatch

A = Trunk("a", "127.0.0.1", rests_after=2)
TALKS = FarEnd(hangs_up_s=5)
FAILS = FarEnd(trying_s=0.0, rings_s=None, answers_s=0.2, refuses_with=503)


def an_exchange(**terms) -> Exchange:
    exchange = Exchange({BOB: TALKS})
    exchange.ports.trunks.remove("carrier")
    add_trunk(exchange.ports, "a", "0.001", **terms)
    add_trunk(exchange.ports, "b", "0.002")
    return exchange


def told_by(exchange: Exchange, worker: str, rests_s: float, *, stale_s: float = 15) -> None:
    """Another worker's heartbeat, by which the trunk rests for so long from now on."""
    now = exchange.ports.clock.start
    health = TrunkHealth(3, "carrier_failed 503", now + timedelta(seconds=rests_s))
    stale_at = now + timedelta(seconds=stale_s)
    exchange.ports.workers.beat(Beat(worker, now, stale_at, 2, trunks={"a": health}))


def test_what_rests_at_another_worker_is_passed_over():
    exchange = an_exchange()
    told_by(exchange, "w2", rests_s=60)

    exchange.connect()

    assert exchange.phone.tried == ["b", "b"]


@pytest.mark.parametrize(
    ("worker", "rests_s", "stale_s"),
    [("w2", 60, -1), ("w2", -1, 15), ("w1", 60, 15)],
    ids=["of a worker that is gone", "that is over", "of its own that it forgot"],
)
def test_a_rest_does_not_count(worker, rests_s, stale_s):
    exchange = an_exchange()
    told_by(exchange, worker, rests_s, stale_s=stale_s)

    exchange.connect()

    assert exchange.phone.tried == ["a", "a"]


def test_what_shall_never_rest_does_not_for_others_either():
    exchange = an_exchange(rests_after=0)
    told_by(exchange, "w2", rests_s=60)

    exchange.connect()

    assert exchange.phone.tried == ["a", "a"]


@pytest.mark.parametrize("terms", [{}, {"capacity": 5}, {"calls_per_second": 5}])
def test_calls_go_on_while_the_others_are_not_heard_of(terms):
    exchange = an_exchange(**terms)
    ports, workers = exchange.ports, Outage(exchange.ports.workers, all=1000)
    channels = Channels(workers, ports.clock, "w1")
    pace = Pace(channels, ports.throttle, ports.clock)
    exchange.desk = replace(exchange.desk, channels=channels, pace=pace)

    cdr = exchange.connect()

    assert (exchange.phone.tried, cdr.verdict.ending.value) == (["a", "a"], "hung_up")


# What a watch makes of it


def heard(rests_s: float, failures: int = 3) -> Sequence[Beat]:
    now = SimulatedClock().now()
    until = now + timedelta(seconds=rests_s)
    health = TrunkHealth(failures, "carrier_failed 503", until)
    return [Beat("w2", now, now + timedelta(seconds=15), 2, trunks={"a": health})]


async def rest_of(watch: TrunkWatch) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    while watch.rests(A):  # noqa: ASYNC110  nothing tells of it
        await asyncio.sleep(1)
    return loop.time() - began


def test_after_the_rest_one_call_tries_it_and_where_that_fails_it_rests_for_longer():
    async def story():
        watch = TrunkWatch(SimulatedClock())
        watch.hear(heard(20))
        found = [await rest_of(watch)]
        watch.begin(A)
        found.append(watch.rests(A))
        watch.failed(A, "carrier_failed 503")
        return [*found, await rest_of(watch), watch.told["a"].failures]

    assert run_simulated(story()) == [20, True, 40, 4]


def test_what_works_then_ends_it():
    async def story():
        watch, told = TrunkWatch(SimulatedClock()), heard(20)
        watch.hear(told)
        await rest_of(watch)
        watch.begin(A)
        watch.worked(A)
        watch.hear(told)
        return watch.rests(A), watch.told

    assert run_simulated(story()) == (False, {})


def test_what_was_only_heard_is_not_told_on():
    async def story():
        watch = TrunkWatch(SimulatedClock())
        watch.hear(heard(20))
        return watch.told

    assert run_simulated(story()) == {}


def test_a_clock_that_is_wrong_lets_a_trunk_rest_for_ten_minutes_at_most():
    async def story():
        watch = TrunkWatch(SimulatedClock())
        watch.hear(heard(86_400))
        return await rest_of(watch)

    assert run_simulated(story()) == 600


def test_its_own_longer_rest_stays():
    async def story():
        watch = TrunkWatch(SimulatedClock())
        for _ in range(2):
            watch.begin(A)
            watch.failed(A, "503")
        watch.hear(heard(5))
        return await rest_of(watch)

    assert run_simulated(story()) == 10


def test_the_fleet_is_told_of_a_rest_at_once():
    shift = Shift()
    shift.ports.trunks.remove("carrier")
    trunk = add_trunk(shift.ports, "a", "0.001", rests_after=1)
    shift.phone.trunks["a"] = replace(FAILS, answers_s=1.5)
    told = []

    async def story():
        await asyncio.sleep(0.5)
        shift.order()
        await asyncio.sleep(2)
        told.extend(beat.trunks for beat in shift.ports.workers.all())

    shift.work(story, until_s=70)

    assert [list(trunks) for trunks in told] == [[trunk.name]]
