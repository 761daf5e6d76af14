"""What is counted by the minute: once, cheaply, and read without reading a call."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.minutes import Counts, Minute, Tally
from switchboard.desk.monitor import by_minute, in_all, live
from switchboard.errors import Malformed
from tests.fakes.exchange import CENT
from tests.fakes.phone import FarEnd
from tests.fakes.plenty import a_bucket, grant
from tests.fakes.ports import memory_ports
from tests.fakes.shift import Shift, order_many
from tests.fakes.trunks import add_trunk
from tests.fakes.weather import Outage
from tests.fakes.world import ALICE, BOB, NOON

MINUTE = timedelta(minutes=1)
# Two talk for a minute, at a cent a second for each leg: both ring after 0.1 s.
LEGS = {
    "customer": Tally(1, 1, 63, 1, 100, {"EUR": 630_000}),
    "destination": Tally(1, 1, 60, 1, 100, {"EUR": 600_000}),
}
BOTH = LEGS["customer"] + LEGS["destination"]
CALLBACK = replace(BOTH, attempts=1, answers=1, seconds=60)
COUNTED = Counts(CALLBACK, {"carrier": BOTH}, {"US": LEGS["destination"]})


def counts_of(shift: Shift) -> Counts:
    found = shift.ports.minutes.between(NOON, NOON + timedelta(hours=1))
    return sum((minute.counts for minute in found), Counts())


def test_a_callback_counts_once_and_its_legs_by_trunk_and_by_where_they_went():
    shift = Shift()

    shift.work(order_many(shift, 1), until_s=80)

    assert counts_of(shift) == COUNTED


def test_the_heartbeat_tells_what_a_callback_costs_beyond_its_included_seconds():
    shift = Shift()
    grant(shift.ports, a_bucket(30))
    shift.ports.trunks.remove("carrier")
    add_trunk(shift.ports, "known", "0.3")
    told = []

    async def story():
        shift.order()
        await asyncio.sleep(62)
        told.extend(shift.ports.workers.all())

    shift.work(story, until_s=80)

    [call] = told[0].calls.values()
    run_s = call.customer_s + call.destination_s
    assert call.destination_s > 50
    assert call.cost_micros == (run_s - 30) * CENT
    assert call.trunk_micros == run_s * 5_000


def test_many_callbacks_cost_as_few_writes_as_one():
    shift = Shift(capacity=5)

    shift.work(order_many(shift, 5), until_s=200)

    assert counts_of(shift).callbacks.attempts == 5
    assert shift.ports.minutes.writes == 1


def test_a_callback_counts_in_the_minute_in_which_it_ended():
    shift = Shift()

    async def story():
        shift.order()
        await asyncio.sleep(100)
        shift.order(identity="2", customer=BOB, destination=ALICE)

    shift.work(story, until_s=300)

    found = shift.ports.minutes.between(NOON, NOON + timedelta(hours=1))
    told = [((minute.at - NOON) // MINUTE, minute.counts.callbacks.attempts) for minute in found]
    assert told == [(1, 1), (2, 1)]


def test_what_could_not_be_told_is_told_with_a_later_heartbeat_once():
    shift = Shift(minutes=lambda port: Outage(port, save=3))

    shift.work(order_many(shift, 1), until_s=200)

    assert counts_of(shift) == COUNTED


def test_what_ends_with_the_worker_is_told_with_its_goodbye():
    shift = Shift()

    shift.leave(order_many(shift, 1), 20, drain_s=0)

    assert counts_of(shift).callbacks.attempts == 1


def test_a_trunk_that_did_not_carry_a_leg_has_its_attempt():
    shift = Shift()
    shift.ports.trunks.remove("carrier")
    add_trunk(shift.ports, "broken", "0.001", priority=1)
    add_trunk(shift.ports, "good", "0.002", priority=2)
    shift.phone.trunks["broken"] = FarEnd(rings_s=None, answers_s=0.5, refuses_with=503)

    shift.work(order_many(shift, 1), until_s=100)

    trunks = counts_of(shift).trunks
    assert (trunks["broken"].attempts, trunks["broken"].answers) == (2, 0)
    assert (trunks["good"].attempts, trunks["good"].answers) == (2, 2)
    assert trunks["good"].cost.keys() == {"EUR"}


def test_a_callback_that_reached_nobody_is_an_attempt_without_an_answer():
    shift = Shift()
    shift.phone.far_ends = {BOB: FarEnd(refuses_with=486)}

    shift.work(order_many(shift, 1), until_s=80)

    found = counts_of(shift)
    assert (found.callbacks.attempts, found.callbacks.answers, found.callbacks.seconds) == (1, 0, 0)
    assert found.trunks["carrier"].answers == 1


# The monitor


@pytest.fixture
def ports():
    return memory_ports()


def an_hour_of(ports, *minutes: int) -> None:
    at = ports.clock.now().replace(second=0)
    for worker in ("w1", "w2"):
        for ago in minutes:
            ports.minutes.save(Minute(worker, at - ago * MINUTE, Counts(CALLBACK)))


def test_the_workers_of_a_minute_are_summed_and_quiet_minutes_are_there(ports):
    an_hour_of(ports, 0, 2, 9)

    found = by_minute(ports, 3 * MINUTE)

    assert [counts.callbacks.attempts for counts in found.values()] == [0, 2, 0, 2]
    assert [at.second for at in found] == [0, 0, 0, 0]
    assert in_all(ports, timedelta(hours=1)).callbacks.attempts == 6


def test_ratios_are_those_of_the_sums(ports):
    tally = Tally(attempts=3, answers=2, seconds=61, rang=3, pdd_ms=500)

    assert (tally.answer_ratio, tally.mean_talk_s, tally.mean_pdd_ms) == (Fraction(2, 3), 30, 167)
    assert (Tally().answer_ratio, Tally().mean_talk_s, Tally().mean_pdd_ms) == (None, None, None)


def test_the_fleet_is_told_by_the_heartbeats_that_are_not_stale(ports):
    now = ports.clock.now()
    talking, ringing = LiveCall("london", 60, 50, "paris"), LiveCall("london", 3, 0)
    ports.workers.beat(Beat("w1", now, now, 10, {"c1": talking, "c2": ringing}))
    ports.workers.beat(Beat("w2", now, now + MINUTE, 5))
    ports.workers.beat(Beat("gone", now, now - MINUTE, 99, {"c3": talking}))
    an_hour_of(ports, 4, 6)

    found = live(ports)

    assert (found.workers, found.capacity, found.callbacks, found.talking) == (2, 15, 2, 1)
    assert found.legs == {"london": 3, "paris": 1}
    assert found.lately.callbacks.attempts == 2


def test_the_queues_are_told_with_it(ports):
    now = ports.clock.now()
    ports.queue.send("c1")
    for number, ago in enumerate((1, 90, 7)):
        ports.dead_orders.died(f"d{number}", now - ago * MINUTE)
    ports.workers.beat(Beat("w1", now, now + MINUTE, 5, waited_ms=200))
    ports.workers.beat(Beat("w2", now, now + MINUTE, 5, waited_ms=1_700))

    found = live(ports)

    assert (found.waiting, found.waited_ms, found.dead) == (1, 1_700, 3)
    assert found.oldest_dead_at == now - 90 * MINUTE
    with ports.dead_orders.taken() as orders:
        assert len(orders) == 3


@pytest.mark.parametrize("span", [timedelta(), timedelta(days=8)])
def test_only_so_many_minutes_are_looked_at(ports, span):
    with pytest.raises(Malformed, match="from 1 to 10080"):
        by_minute(ports, span)
