"""The host: as many callbacks as there is room for, a heartbeat, and a goodbye that settles all."""

import asyncio
from dataclasses import replace

from switchboard.calls.beat import Beat, LiveCall
from switchboard.desk.orders import CANCELLED, cancel_callback
from switchboard.desk.sweep import LOST
from switchboard.numbering import PhoneNumber
from tests.fakes.shift import HUNG_UP, Shift, order_many
from tests.fakes.weather import Outage
from tests.fakes.world import ALICE


def test_an_order_is_taken_off_the_queue_and_served():
    shift = Shift()

    shift.work(order_many(shift, 1), until_s=70)

    assert shift.transcript[-1] == (65, "customer is hung up")
    assert shift.callback("0").verdict == HUNG_UP
    assert shift.orders.waiting == []
    assert shift.breaches == []


def test_no_more_callbacks_at_once_than_there_is_room_for():
    shift = Shift(capacity=2)

    shift.work(order_many(shift, 3), until_s=200)

    assert shift.dialled() == [0, 0, 65]


def test_a_heartbeat_names_a_callback_at_once_and_then_the_queue_need_not_keep_it():
    shift = Shift()
    kept = []

    async def story():
        await asyncio.sleep(6.5)
        shift.order()
        for _ in range(8):
            kept.append(len(shift.orders.waiting))
            await asyncio.sleep(1)

    shift.work(story, until_s=100)

    assert kept == [1, 0, 0, 0, 0, 0, 0, 0]


def test_a_worker_with_many_callbacks_does_not_write_a_heartbeat_for_each_new_one():
    written = []

    class Counted(Outage):
        def beat(self, beat: Beat) -> None:
            written.append(beat)
            self._port.beat(beat)

    shift = Shift(capacity=200, workers=lambda port: Counted(port))
    books = shift.ports.books
    books.balances["alice"] = replace(books.balances["alice"], max_callbacks=1000)

    async def story():
        shift.top_up(10_000_000_000)
        for number in range(100):
            customer = PhoneNumber(f"+4420712345{number:02}")
            shift.order(customer=customer, identity=str(number))
            await asyncio.sleep(0.1)

    shift.work(story, until_s=20)

    assert len(written) < 40
    assert max(len(beat.calls) for beat in written) == 100


def test_the_queue_keeps_an_order_until_its_callback_is_over_where_no_heartbeat_gets_through():
    shift = Shift(workers=lambda port: Outage(port, beat=1000))
    kept = []

    async def story():
        shift.order()
        await asyncio.sleep(29)
        kept.append(len(shift.orders.waiting))

    shift.work(story, until_s=100)

    assert kept == [1]
    assert shift.orders.waiting == []
    assert shift.dialled() == [0]


def test_the_same_order_twice_rings_once():
    shift = Shift()

    async def story():
        callback = shift.order()
        shift.orders.send(callback.id)
        await asyncio.sleep(20)
        shift.orders.send(callback.id)
        await asyncio.sleep(60)
        shift.orders.send(callback.id)

    shift.work(story, until_s=90)

    assert shift.dialled() == [0]
    assert shift.orders.waiting == []


def test_an_order_that_fails_before_its_phone_rang_comes_again():
    shift = Shift(books=lambda port: Outage(port, reserve=1))

    shift.work(order_many(shift, 1), until_s=200)

    # By then the claim of the first attempt has lapsed.
    assert shift.dialled() == [30]
    assert shift.callback("0").verdict == HUNG_UP
    assert shift.orders.waiting == []


def test_an_order_that_nobody_can_serve_dies_and_holds_up_no_other():
    shift = Shift(capacity=1)

    async def story():
        shift.orders.send("no such callback")
        shift.order()

    shift.work(story, until_s=200)

    assert shift.orders.waiting == []
    assert shift.orders.dead == ["no such callback"]
    assert shift.dialled() == [0]


def test_an_order_whose_record_is_broken_dies_and_rings_nobody():
    shift = Shift(callbacks=lambda port: Outage(port, claim=1000))

    shift.work(order_many(shift, 1), until_s=200)

    assert shift.orders.dead == [shift.callback("0").id]
    assert shift.transcript == []


def test_a_fault_while_taking_orders_stops_no_worker():
    shift = Shift()
    shift.inbox = Outage(shift.orders, receive=3)

    shift.work(order_many(shift, 1), until_s=100)

    assert shift.dialled() == [6]


def test_a_leg_over_a_trunk_with_a_capacity_is_told_of_at_once():
    shift = Shift()
    [carrier] = shift.ports.trunks.all()
    shift.ports.trunks.save(replace(carrier, capacity=10))
    told = []

    async def story():
        shift.order()
        for at_s in (1, 4):
            await asyncio.sleep(at_s - asyncio.get_running_loop().time())
            [beat] = shift.ports.workers.all()
            told.extend(call.legs_on("carrier") for call in beat.calls.values())

    shift.work(story, until_s=70)

    assert told == [1, 2]


def test_what_waits_is_counted_and_how_long_it_waited():
    shift, told = Shift(capacity=1), []

    async def story():
        for number in range(3):
            shift.order(customer=PhoneNumber(f"+44207123450{number}"), identity=str(number))
        await asyncio.sleep(33)
        told.append(shift.metrics.get_sample_value("ringback_orders_waiting"))
        await asyncio.sleep(40)
        told.extend(beat.waited_ms for beat in shift.ports.workers.all())

    shift.work(story, until_s=200)

    assert told == [2, 65_000]
    count, total = (
        shift.metrics.get_sample_value(f"ringback_order_wait_seconds_{what}")
        for what in ("count", "sum")
    )
    assert (count, total) == (2, 65)


def test_the_heartbeat_tells_what_is_live_how_far_and_what_it_costs_by_then():
    shift = Shift(capacity=7)
    beats = []

    async def story():
        await asyncio.sleep(1)
        shift.order()
        for at_s in (4, 6.5, 11.5, 71.5):
            await asyncio.sleep(at_s - asyncio.get_running_loop().time())
            beats.extend(shift.ports.workers.all())

    shift.work(story, until_s=80)

    name = shift.callback().id

    def beat(at_s: float, **calls: LiveCall) -> Beat:
        return Beat("w1", shift.at(at_s), shift.at(at_s + 15), 7, calls)

    assert beats == [
        beat(1, **{name: LiveCall(trunk_micros=0)}),
        beat(6, **{name: LiveCall("carrier", 3, 0, cost_micros=30_000)}),
        beat(11, **{name: LiveCall("carrier", 8, 5, cost_micros=130_000)}),
        beat(71),
    ]


def test_it_counts_what_it_carries_and_what_ended():
    shift = Shift()
    seen = []

    async def story():
        shift.order()
        await asyncio.sleep(30)
        seen.append(shift.metrics.get_sample_value("ringback_callbacks_live"))

    shift.work(story, until_s=80)

    def count(name: str, **labels: str):
        return shift.metrics.get_sample_value(f"ringback_{name}", labels)

    leg = {"ending": "hung_up", "culprit": "destination"}
    assert seen == [1]
    assert count("callbacks_live") == 0
    assert count("callbacks_ended_total", ending="hung_up", culprit="destination") == 1
    assert count("legs_ended_total", party="destination", trunk="carrier", **leg) == 1
    assert count("legs_answered_seconds_total", party="customer", trunk="carrier") == 63
    assert count("post_dial_delay_seconds_count", trunk="carrier") == 2
    assert count("leg_mos_count", trunk="carrier") == 2


def test_a_worker_that_is_told_again_to_leave_does_so_now():
    shift = Shift()

    left = shift.leave(order_many(shift, 2), 15, 20, 20, drain_s=100)

    assert left == 20
    assert shift.callback("0").verdict == LOST
    assert shift.breaches == []


def test_a_callback_is_cancelled_by_its_workers_control_queue():
    shift = Shift()

    async def story():
        callback = shift.order()
        await asyncio.sleep(20)
        cancel_callback(shift.ports, "alice", callback.id)
        cancel_callback(shift.ports, "alice", callback.id)

    shift.work(story, until_s=30)

    assert shift.transcript[-1] == (20, "customer is hung up")
    assert shift.callback().verdict == CANCELLED
    assert shift.control.waiting == []


def test_a_cancellation_of_what_is_over_is_forgotten():
    shift = Shift()

    async def story():
        shift.control.send("no such callback")

    shift.work(story, until_s=10)

    assert shift.control.waiting == []


def test_the_customer_is_dialled_with_no_delay_of_the_queue():
    shift = Shift()

    async def story():
        await asyncio.sleep(7.3)
        shift.order()

    shift.work(story, until_s=20)

    assert shift.transcript[0] == (7.3, f"customer is dialled at {ALICE}")


def test_a_heartbeat_waits_for_no_thread_that_a_callback_may_have():
    shift = Shift()

    async def story():
        shift.order()
        await asyncio.sleep(10)
        loop = asyncio.get_running_loop()
        usual = loop.run_in_executor
        loop.run_in_executor = lambda executor, *work: (
            usual(executor, *work) if executor else loop.create_future()
        )
        await asyncio.sleep(20)
        loop.run_in_executor = usual
        [beat] = shift.ports.workers.all()
        return beat

    beat = shift.work(story, until_s=35)

    assert beat.beat_at >= shift.at(25)
    assert len(beat.calls) == 1
