"""Dead orders: looked at, offered again once, and never a reason to ring somebody late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.callback import Callback, State
from switchboard.calls.dead import Standing
from switchboard.desk.dead_orders import drop_dead, find_dead, list_dead, replay_dead
from switchboard.errors import NotFound
from switchboard.ports import Ports, UnreadableRecord
from tests.fakes.exchange import Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.ports import memory_ports
from tests.fakes.world import a_callback
from workers.session import Session


class BrokenRecords:
    def find(self, callback: str) -> Callback:
        raise UnreadableRecord(callback)


@pytest.fixture
def ports() -> Ports:
    return memory_ports()


def a_dead(ports: Ports, callback_id: str = "c1", **changes) -> None:
    """An order that died, for a callback that was asked for a second ago."""
    now = ports.clock.now()
    asked = {"requested_at": now, "expires_at": now + timedelta(seconds=90)}
    ports.callbacks.place(a_callback(id=callback_id, **{**asked, **changes}))
    ports.dead_orders.died(callback_id, now)


def standings(found) -> dict[str, Standing]:
    return {dead.callback_id: dead.standing for dead in found}


def test_a_list_tells_how_each_callback_stands_and_takes_nothing_away(ports):
    a_dead(ports, "waits")
    a_dead(ports, "late", expires_at=ports.clock.now())
    a_dead(ports, "talks", state=State.CONNECTED)
    ports.dead_orders.died("who", ports.clock.now())

    found = list_dead(ports)

    assert standings(found) == {
        "waits": Standing.WAITS,
        "late": Standing.OVER,
        "talks": Standing.OVER,
        "who": Standing.UNKNOWN,
    }
    assert list_dead(ports) == found
    assert find_dead(ports, "who").callback is None


def test_what_waits_is_offered_again_and_what_is_over_is_forgotten(ports):
    a_dead(ports, "waits")
    a_dead(ports, "late", expires_at=ports.clock.now())
    ports.dead_orders.died("who", ports.clock.now())

    replay_dead(ports)

    assert ports.queue.sent == ["waits"]
    assert standings(list_dead(ports)) == {"who": Standing.UNKNOWN}


def test_an_order_that_died_twice_is_offered_once(ports):
    a_dead(ports)
    ports.dead_orders.died("c1", ports.clock.now())

    replay_dead(ports, ["c1"])

    assert ports.queue.sent == ["c1"]
    assert list_dead(ports) == []


def test_a_callback_that_is_offered_twice_rings_once():
    exchange = Exchange()

    async def story():
        callback = exchange.order()
        for _ in range(2):
            exchange.ports.dead_orders.died(callback.id, callback.requested_at)
            replay_dead(exchange.ports, [callback.id])
            await Session(exchange.desk, callback.id).serve()

    run_simulated(story())

    assert len([what for _, what in exchange.transcript if "customer is dialled" in what]) == 1


def test_a_broken_record_stays_until_it_is_dropped(ports):
    broken = replace(ports, callbacks=BrokenRecords())
    ports.dead_orders.died("c1", ports.clock.now())

    assert standings(replay_dead(broken)) == {"c1": Standing.UNREADABLE}
    assert ports.queue.sent == []
    drop_dead(broken, ["c1"])
    assert list_dead(broken) == []


@pytest.mark.parametrize("deal_with", [replay_dead, drop_dead])
def test_nothing_is_done_where_one_that_is_named_is_not_dead(ports, deal_with):
    a_dead(ports)

    with pytest.raises(NotFound, match="no order of callback c2 is dead"):
        deal_with(ports, ["c1", "c2"])

    assert [dead.callback_id for dead in list_dead(ports)] == ["c1"]
    assert ports.queue.sent == []
