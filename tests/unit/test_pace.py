"""How many calls a second a trunk gets, from all workers together."""

import asyncio
from datetime import timedelta

import pytest

from switchboard.calls.beat import Beat
from switchboard.calls.trunk import Trunk
from switchboard.errors import Malformed
from tests.fakes.exchange import Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.trunks import add_trunk
from tests.fakes.world import BOB, CAROL
from workers.channels import Channels
from workers.pace import Pace
from workers.session import Session


def begun(trunk: Trunk, *, workers: int, seconds: float = 4) -> list[float]:
    """When calls begin where every worker tries without end."""
    ports = Exchange().ports
    times: list[float] = []

    async def work(name: str) -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(Channels(ports.workers, ports.clock, name), ports.throttle, ports.clock)
        while loop.time() < seconds:
            if await pace.take(trunk):
                times.append(loop.time())
            await asyncio.sleep(0.01)

    async def story() -> None:
        names = [f"w{number}" for number in range(workers)]
        now = ports.clock.now()
        for name in names:
            ports.workers.beat(Beat(name, now, now + timedelta(minutes=1), 2))
        await asyncio.gather(*map(work, names))

    run_simulated(story())
    return times


@pytest.mark.parametrize(("limit", "workers", "a_second"), [(6, 1, 6), (6, 3, 6), (7, 3, 6)])
def test_workers_share_the_calls_of_a_second(limit, workers, a_second):
    times = begun(Trunk("a", "host", calls_per_second=limit), workers=workers)

    assert len(times) == 4 * a_second
    for start in times:
        assert sum(start <= at < start + 0.999 for at in times) <= limit


@pytest.mark.parametrize(("limit", "workers"), [(1, 3), (2, 5)])
def test_where_there_are_more_workers_than_calls_each_second_is_counted_for_all(limit, workers):
    times = begun(Trunk("a", "host", calls_per_second=limit), workers=workers)

    assert [sum(int(at + 0.005) == second for at in times) for second in range(4)] == 4 * [limit]


def test_without_a_limit_nobody_is_asked():
    assert len(begun(Trunk("a", "host"), workers=1, seconds=1)) >= 100


def dialled(exchange: Exchange) -> list[tuple[float, str]]:
    """When each of two callbacks, ordered at once, calls its customer, and over which trunk."""

    async def story() -> None:
        orders = exchange.order(BOB), exchange.order(CAROL, identity="2")
        sessions = [Session(exchange.desk, order.id) for order in orders]
        await asyncio.gather(*(session.serve() for session in sessions))

    run_simulated(story())
    times = [at for at, what in exchange.transcript if what.startswith("customer is dialled")]
    return list(zip(map(round, times), exchange.phone.tried, strict=False))


def an_exchange() -> Exchange:
    exchange = Exchange({BOB: FarEnd(hangs_up_s=5), CAROL: FarEnd(hangs_up_s=5)})
    exchange.ports.trunks.remove("carrier")
    add_trunk(exchange.ports, "a", "0.001", calls_per_second=1)
    return exchange


def test_a_trunk_that_has_its_calls_of_this_second_is_passed_over():
    exchange = an_exchange()
    add_trunk(exchange.ports, "b", "0.002")

    assert dialled(exchange) == [(0, "a"), (0, "b")]


def test_where_there_is_no_other_trunk_a_call_waits_for_its_turn():
    assert dialled(an_exchange()) == [(0, "a"), (1, "a")]


@pytest.mark.parametrize("limit", [0, 10_001])
def test_a_limit_lets_calls_through(limit):
    with pytest.raises(Malformed, match="1 to 10,000 calls"):
        Trunk("a", "host", calls_per_second=limit)
