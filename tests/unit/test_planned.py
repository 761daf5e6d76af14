"""Planned callbacks: placed once when their time has come, cancelled before, never late."""

from dataclasses import replace
from datetime import timedelta

import pytest

import app
from chalicelib.wiring import Wiring
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.planned import AHEAD, LATEST, Planned, PlanState
from switchboard.desk.orders import Order
from switchboard.desk.planned import (
    MOST_PLANNED,
    cancel_order,
    cancel_planned,
    plan_callback,
    run_due,
    run_planned,
)
from switchboard.errors import (
    AccountBlocked,
    Conflict,
    Malformed,
    NoRate,
    NotAllowed,
    NotFound,
    TooManyCallbacks,
)
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.api import SETTINGS
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemorySchedule, MemoryTexts
from tests.fakes.world import ALICE, BOB, open_alice

HOUR = timedelta(hours=1)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    return ports


def plan(ports: Ports, identity: str = "1", destination=BOB, after=HOUR) -> Planned:
    order = Order(ALICE, destination, Trigger("test", identity))
    at = ports.clock.now() + after
    return plan_callback(ports, ports.accounts.get("alice"), order, at)


def states(done: list[Planned]) -> list[PlanState]:
    return [planned.state for planned in done]


def test_nothing_is_placed_before_its_time(ports):
    plan(ports)
    ports.clock.pass_by(HOUR - timedelta(seconds=1))

    assert run_due(ports) == []
    assert ports.callbacks.placed == {}


def test_a_callback_is_placed_once_when_its_time_has_come(ports):
    planned = plan(ports)
    ports.clock.pass_by(HOUR)

    assert states(run_due(ports) + run_due(ports)) == [PlanState.PLACED]
    [callback] = ports.callbacks.placed.values()
    assert (callback.id, callback.customer, callback.destination) == (planned.id, ALICE, BOB)
    assert callback.requested_at == planned.at
    assert ports.queue.sent == [callback.id]


class Broken(MemorySchedule):
    """Breaks off when a callback was placed, and before that is told."""

    def move(self, planned: str, old: PlanState, new: PlanState) -> bool:
        if new is PlanState.PLACED:
            raise ConnectionError
        return super().move(planned, old, new)


@pytest.mark.parametrize("later", [timedelta(), LATEST])
def test_a_runner_that_broke_off_is_followed_by_another_that_places_it_once(ports, later):
    planned = plan(ports)
    ports.clock.pass_by(HOUR)
    with pytest.raises(ConnectionError):
        run_due(replace(ports, schedule=Broken(ports.schedule.kept)))
    ports.clock.pass_by(later)

    assert states(run_due(ports)) == [PlanState.PLACED]
    assert list(ports.callbacks.placed) == [planned.id]


@pytest.mark.parametrize("state", [PlanState.PLANNED, PlanState.STARTED])
def test_nobody_is_rung_when_the_time_is_long_over(ports, state):
    planned = plan(ports)
    ports.schedule.move(planned.id, PlanState.PLANNED, state)
    ports.clock.pass_by(HOUR + LATEST)

    assert states(run_due(ports)) == [PlanState.MISSED]
    assert ports.callbacks.placed == {}


def test_what_is_refused_when_its_time_has_come_is_not_tried_again(ports):
    plan(ports)
    ports.books.set_active("alice", active=False)
    ports.clock.pass_by(HOUR)

    assert states(run_due(ports) + run_due(ports)) == [PlanState.REFUSED]


def test_a_cancelled_callback_is_not_placed(ports):
    planned = plan(ports)

    cancelled = [cancel_planned(ports, "alice", planned.id) for _ in range(2)]

    assert states(cancelled) == [PlanState.CANCELLED] * 2
    ports.clock.pass_by(HOUR)
    assert run_due(ports) == []


def test_what_has_become_a_callback_is_cancelled_as_one(ports):
    planned = plan(ports)
    ports.clock.pass_by(HOUR)
    run_due(ports)

    with pytest.raises(Conflict):
        cancel_planned(ports, "alice", planned.id)
    cancelled = cancel_order(ports, "alice", planned.id)
    assert isinstance(cancelled, Callback)
    assert cancelled.state is State.ENDED


def test_a_plan_is_its_account_s_only(ports):
    planned = plan(ports)

    for cancel in (cancel_planned, cancel_order):
        with pytest.raises(NotFound):
            cancel(ports, "bob", planned.id)


def test_the_same_trigger_is_one_plan_and_with_another_time_a_conflict(ports):
    planned = plan(ports)

    assert plan(ports) == planned
    with pytest.raises(Conflict):
        plan(ports, after=2 * HOUR)


@pytest.mark.parametrize("after", [timedelta(), -HOUR, timedelta(days=61)])
def test_a_time_that_is_over_or_far_away_is_refused(ports, after):
    with pytest.raises(Malformed):
        plan(ports, after=after)


@pytest.mark.parametrize(
    ("destination", "refusal"),
    [
        (PhoneNumber("+61255500100"), NoRate),
        (PhoneNumber("+19005550100"), NoRate),
        (ALICE, NotAllowed),
    ],
)
def test_what_could_not_be_called_now_is_not_planned(ports, destination, refusal):
    with pytest.raises(refusal):
        plan(ports, destination=destination)

    assert ports.schedule.of("alice") == []


def test_a_blocked_account_plans_nothing(ports):
    ports.books.set_active("alice", active=False)

    with pytest.raises(AccountBlocked):
        plan(ports)


def test_plans_without_end_are_refused(ports):
    for number in range(MOST_PLANNED):
        plan(ports, str(number))

    with pytest.raises(TooManyCallbacks):
        plan(ports, "one more")


def test_an_alarm_a_minute_before_places_a_callback_that_rings_at_its_time(ports):
    planned = plan(ports)
    ports.clock.pass_by(HOUR - AHEAD)

    done = [run_planned(ports, planned.id) for _ in range(2)]

    assert [states(one) for one in done] == [[PlanState.PLACED], []]
    [callback] = ports.callbacks.placed.values()
    assert (callback.id, callback.starts_at) == (planned.id, planned.at)
    assert callback.expires_at == planned.at + callback.patience
    assert ports.queue.delays == [AHEAD]
    ports.clock.pass_by(AHEAD)
    assert run_due(ports) == []


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=59)])
def test_an_alarm_that_comes_late_places_a_callback_that_rings_at_once(ports, late):
    planned = plan(ports)
    ports.clock.pass_by(HOUR + late)

    assert states(run_planned(ports, planned.id)) == [PlanState.PLACED]
    assert ports.queue.delays == [timedelta()]


def test_an_alarm_for_what_is_not_planned_any_more_or_not_yet_does_nothing(ports):
    cancelled, early = plan(ports), plan(ports, "2")
    cancel_planned(ports, "alice", cancelled.id)
    ports.clock.pass_by(HOUR - AHEAD - timedelta(seconds=1))

    for planned_id in (cancelled.id, early.id, "0" * 32):
        assert run_planned(ports, planned_id) == []

    assert ports.callbacks.placed == {}


def test_what_an_alarm_has_placed_is_cancelled_before_it_rings(ports):
    planned = plan(ports)
    ports.clock.pass_by(HOUR - AHEAD)
    run_planned(ports, planned.id)

    cancelled = cancel_order(ports, "alice", planned.id)

    assert isinstance(cancelled, Callback)
    assert cancelled.state is State.ENDED


def test_the_lambda_of_the_alarms_places_what_the_event_names(monkeypatch, ports):
    planned = plan(ports)
    ports.clock.pass_by(HOUR)
    wiring = Wiring(SETTINGS, ports, PlainPasswords(), MemoryTexts())
    monkeypatch.setattr(app, "wiring", lambda: wiring)

    app.place_planned_callback({"planned": planned.id}, None)

    assert list(ports.callbacks.placed) == [planned.id]
