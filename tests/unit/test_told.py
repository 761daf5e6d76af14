"""What the parts of the system tell the system log, and when they have nothing to tell."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.catalogue import Item
from switchboard.billing.subscriptions import Deal
from switchboard.calls.beat import LiveCall
from switchboard.calls.trunk import Trunk
from switchboard.desk.catalogue import save_item
from switchboard.desk.check_books import check_books
from switchboard.desk.recurring import run_recurring
from switchboard.desk.subscriptions import subscribe
from switchboard.desk.sweep import sweep
from switchboard.desk.system_log import telling
from tests.fakes.api import open_api
from tests.fakes.claims import beat, later, rung
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.ports import memory_ports
from tests.fakes.shift import Shift
from tests.fakes.system_log import MemorySystemLog
from tests.fakes.world import NOON, open_alice
from workers.trunk_watch import TrunkWatch

TRUNK = Trunk("london", "127.0.0.1", rests_after=2)


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    return ports


@pytest.fixture
def told():
    """What came into the log so far: severity, part, text."""
    logging.getLogger("workers").setLevel(logging.INFO)
    store = MemorySystemLog()
    with telling(store, "test", "test-1") as handler:

        def read() -> list[tuple[str, str, str]]:
            handler.flush()
            entries = sorted(store.kept.values(), key=lambda one: int(one.id.partition("-")[2]))
            return [(one.severity.value, one.part, one.text) for one in entries]

        yield read
    logging.getLogger("workers").setLevel(logging.NOTSET)


def test_a_sweep_tells_of_lost_workers_and_of_what_it_settled(ports, told):
    callback, _ = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    heard_at = ports.clock.now()
    sweep(ports)
    assert told() == []

    later(ports, seconds=16)
    sweep(ports)
    sweep(ports)

    assert told() == [
        ("warning", "sweep", f"worker w1 is lost: last heard {heard_at:%Y-%m-%dT%H:%M:%SZ}"),
        ("info", "sweep", "settled 1 callbacks, queued 0 again"),
    ]


def test_a_trunk_is_told_of_where_it_begins_to_rest_and_works_again(told):
    async def story():
        watch = TrunkWatch(SimulatedClock())
        for _ in range(2):
            watch.begin(TRUNK)
            watch.failed(TRUNK, "carrier_failed 503")
        await asyncio.sleep(11)
        watch.begin(TRUNK)
        watch.worked(TRUNK)
        watch.worked(TRUNK)

    run_simulated(story())

    assert told() == [
        ("warning", "trunks", "trunk london rests for 10 s: carrier_failed 503"),
        ("info", "trunks", "trunk london works again"),
    ]


def test_a_trunk_is_told_of_where_it_refuses_us_or_falls_silent_once(told):
    async def story():
        watch = TrunkWatch(SimulatedClock())
        for code in (None, 403, 403, 200, 200):
            watch.registered(TRUNK, code)
        for answers in (True, False, False, False, True, True):
            watch.asked(TRUNK, answers=answers)

    run_simulated(story())

    assert [(severity, text) for severity, _, text in told()] == [
        ("warning", "trunk london refuses to register us: 403"),
        ("info", "trunk london has us registered"),
        ("warning", "trunk london does not answer OPTIONS"),
        ("info", "trunk london answers OPTIONS again"),
    ]


def test_a_recurring_run_tells_what_it_did_and_what_not(ports, told):
    save_item(ports, Item("did", "EUR", 1_000_000, "A number"), new=True)
    subscribe(ports, "alice", Deal("did"))
    ports.clock.pass_by(timedelta(days=31))
    run_recurring(ports)
    run_recurring(ports)
    run_recurring(ports, dry_run=True)

    assert told() == [("info", "recurring", "did 1 steps of subscriptions")]


def test_a_check_tells_whose_books_are_not_in_order(ports, told):
    assert list(check_books(ports)) == []
    broken = replace(ports.books.balances["alice"], posted_micros=1, avail_micros=1)
    ports.books.balances["alice"] = broken

    assert list(check_books(ports))

    text = "the books of account alice are not in order: posted = journal + CDRs"
    assert told() == [("error", "test", text)]


def test_dead_orders_are_told_of_by_one_worker_as_they_come(told):
    shift = Shift()

    async def story():
        for number in range(2):
            shift.ports.dead_orders.died(f"c{number}", NOON)
            await asyncio.sleep(40)

    shift.work(story, until_s=100)

    assert [text for severity, _, text in told() if severity == "warning"] == [
        "1 orders are dead: no worker could serve them",
        "2 orders are dead: no worker could serve them",
    ]


def test_webhooks_that_nobody_we_know_sent_are_told_of_and_counted(told):
    api = open_api()

    for _ in range(50):
        api.post("/webhooks/twilio/sms", {"From": "+442071234567"}, x_twilio_signature="x")
    api.send("/bridge/v1/heartbeat", {}, authorization="Bearer attic.x")

    assert told() == [
        (
            "warning",
            "webhooks",
            "/webhooks/twilio/sms is refused: the signature is missing or wrong",
        ),
        (
            "warning",
            "webhooks",
            "a bridge is refused: this is no token of a bridge, or it was revoked",
        ),
    ]
