"""Planned callbacks: placed once when their time has come, cancelled before, never late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.planned import LATEST, Planned, PlanState
from switchboard.desk.orders import Order
from switchboard.desk.planned import (
    MOST_PLANNED,
    cancel_order,
    cancel_planned,
    plan_callback,
    run_due,
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
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemorySchedule
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
