"""The sweep settles what lost workers left behind, once, and touches nothing of the living."""

from dataclasses import replace

import pytest

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import State
from switchboard.desk.check_books import check_books
from switchboard.desk.sweep import LOST, Swept, sweep
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.ports import Ports
from tests.fakes.claims import BOTH, LEASE, beat, claimed, held, later, rung, state_of
from tests.fakes.ports import memory_ports
from tests.fakes.trunks import add_trunk
from tests.fakes.weather import Outage, OutOfReach
from tests.fakes.world import open_alice

ALL = 5_000_000
NOTHING = Swept((), ())


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, opening_micros=ALL)
    return ports


def test_the_call_of_a_lost_worker_is_settled_to_its_last_heartbeat(ports):
    callback, _ = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    told_at = ports.clock.now()
    later(ports, seconds=16)

    swept = sweep(ports)

    [cdr] = swept.settled
    assert cdr == ports.books.cdr("alice", callback.id, callback.requested_at)
    assert (cdr.settlement.kind, cdr.settlement.total_micros) == (SettlementKind.EXPIRE, BOTH)
    assert (cdr.verdict, cdr.ended_at) == (LOST, told_at)
    assert [(leg.seconds, leg.trunk) for leg in cdr.legs] == [(60, "carrier"), (60, "carrier")]
    balance = ports.books.balance("alice")
    assert (balance.posted_micros, balance.holds) == (ALL - BOTH, {})
    found = ports.callbacks.find(callback.id)
    assert (found.state, found.verdict) == (State.ENDED, LOST)
    assert (ports.workers.all(), ports.control.forgotten) == ([], ["w1"])
    assert list(check_books(ports)) == []


def test_a_sweep_that_cannot_reach_the_queues_leaves_the_heartbeat_for_the_next_one(ports):
    control = ports.control
    ports = replace(ports, control=Outage(control, forget=1))
    beat(ports, "w1")
    later(ports, seconds=16)

    with pytest.raises(OutOfReach):
        sweep(ports)
    left = [one.worker for one in ports.workers.all()]
    sweep(ports)

    assert left == ["w1"]
    assert (ports.workers.all(), control.forgotten) == ([], ["w1"])


def test_a_lost_call_costs_what_the_trunks_of_its_last_heartbeat_take(ports):
    add_trunk(ports, "london", "0.006")
    add_trunk(ports, "far", "0.012", enabled=False)
    callback, _ = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("london", 60, 60, "far")})
    later(ports, seconds=16)

    [cdr] = sweep(ports).settled

    assert [leg.trunk for leg in cdr.legs] == ["london", "far"]
    assert [leg.trunk_cost.micros for leg in cdr.legs] == [6_000, 12_000]
    assert cdr.margin_micros == BOTH - 18_000


def test_a_second_sweep_finds_nothing_to_do(ports):
    callback, _ = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    later(ports, seconds=16)
    sweep(ports)

    assert sweep(ports) == NOTHING

    assert ports.workers.all() == []
    assert ports.books.balance("alice").posted_micros == ALL - BOTH


def test_a_worker_that_lives_is_left_alone(ports):
    callback, purse = rung(ports)
    later(ports, hours=1)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    later(ports, seconds=15)

    assert sweep(ports) == NOTHING

    assert ports.books.balance("alice").holds == {callback.id: purse.hold}
    assert state_of(ports, callback) is State.CALLING_CUSTOMER


def test_a_hold_that_outlived_its_time_is_given_back_for_nothing(ports):
    callback, purse = rung(ports)
    later(ports, seconds=(purse.hold.expires_at - ports.clock.now()).seconds)
    assert sweep(ports) == NOTHING

    later(ports, seconds=1)
    [cdr] = sweep(ports).settled

    assert cdr.settlement == Settlement(SettlementKind.EXPIRE, purse.nonce, 0)
    assert ports.books.balance("alice").avail_micros == ALL
    assert state_of(ports, callback) is State.ENDED


def test_what_never_rang_is_queued_again_while_its_patience_lasts(ports):
    callback = claimed(ports)
    purse = held(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=16)
    ports.queue.sent.clear()

    assert sweep(ports) == Swept((), (callback.id,))

    assert ports.queue.sent == [callback.id]
    assert ports.books.balance("alice").holds == {callback.id: purse.hold}
    now = ports.clock.now()
    assert ports.callbacks.claim(callback.id, "w2", now=now, lease=LEASE) is not None


def test_what_never_rang_in_time_expires(ports):
    callback = claimed(ports)
    held(ports, callback)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=90)
    ports.queue.sent.clear()

    [cdr] = sweep(ports).settled

    assert cdr.settlement.total_micros == 0
    assert ports.queue.sent == []
    assert state_of(ports, callback) is State.EXPIRED
    assert ports.books.balance("alice").avail_micros == ALL


def test_what_never_rang_and_held_nothing_expires_too(ports):
    callback = claimed(ports)
    beat(ports, "w1", **{callback.id: LiveCall()})
    later(ports, seconds=90)

    assert sweep(ports) == NOTHING

    assert state_of(ports, callback) is State.EXPIRED


def test_an_order_that_was_no_callback_does_not_stop_a_sweep(ports):
    beat(ports, "w1", nonsense=LiveCall())
    later(ports, seconds=16)

    assert sweep(ports) == NOTHING

    assert ports.workers.all() == []


def test_every_lost_call_of_every_account_is_settled(ports):
    calls = []
    for number in range(4):
        calls.append(rung(ports, identity=str(number), worker=f"w{number % 2}")[0])
        # Sooner, it would be the same callback.
        later(ports, seconds=31)
    for worker in ("w0", "w1"):
        mine = [call.id for call in calls if call.worker == worker]
        beat(ports, worker, **dict.fromkeys(mine, LiveCall("carrier", 60, 60)))
    later(ports, seconds=16)
    beat(ports, "w1", **{calls[1].id: LiveCall("carrier", 76, 76)})

    swept = sweep(ports)

    assert {cdr.callback for cdr in swept.settled} == {calls[0].id, calls[2].id}
    assert ports.books.balance("alice").posted_micros == ALL - 2 * BOTH
