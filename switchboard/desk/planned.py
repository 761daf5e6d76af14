"""Planned callbacks: ordered for a time to come, placed once when it has come."""

from collections.abc import Iterator
from datetime import datetime

from switchboard.billing.account import Account
from switchboard.calls.callback import Callback
from switchboard.calls.planned import AHEAD, LATEST, Planned, PlanState
from switchboard.desk.orders import Order, cancel_callback, find_callback, order_callback, quote
from switchboard.desk.permission import permit, permit_named
from switchboard.errors import (
    AccountBlocked,
    Conflict,
    Malformed,
    NotFound,
    Refusal,
    TooManyCallbacks,
)
from switchboard.ports import Ports
from switchboard.texts.clock import FURTHEST

MOST_PLANNED = 20
AT_ONCE = 100


def plan_callback(ports: Ports, account: Account, order: Order, at: datetime) -> Planned:
    """The callback that this trigger plans. The same trigger again is answered with the same one;
    with another order, or where that was for now, it is a Conflict. Refuses what could not be
    called now either, but for money, which can still come."""
    profile, now = account.profile, ports.clock.now()
    planned = Planned(
        profile.account,
        order.customer,
        order.destination,
        order.trigger,
        at,
        now,
        manners=order.manners,
    )
    known = ports.schedule.find(planned.id)
    if known is None:
        if ports.callbacks.find(planned.id) is not None:
            raise _asked_otherwise()
        _check(ports, account, order, at)
        if ports.schedule.put(planned):
            return planned
        known = ports.schedule.find(planned.id)
        assert known is not None, "a planned callback is never removed"
    if (known.account, known.customer, known.destination, known.at) != (
        planned.account,
        planned.customer,
        planned.destination,
        planned.at,
    ):
        raise _asked_otherwise()
    return known


def order_now(ports: Ports, account: Account, order: Order) -> Callback:
    """As `order_callback`; a Conflict where this trigger has planned a callback."""
    if ports.schedule.find(order.callback_id) is not None:
        raise _asked_otherwise()
    return order_callback(ports, account, order)


def find_planned(ports: Ports, account: str, planned_id: str) -> Planned:
    """A planned callback of this account. NotFound where it is not there, or somebody else's."""
    planned = ports.schedule.find(planned_id)
    if planned is None or planned.account != account:
        raise NotFound("there is no such callback")
    return planned


def find_order(ports: Ports, account: str, order_id: str) -> Callback | Planned:
    """What was ordered under this id: a callback, or one that is planned. NotFound where neither
    is there, or they are somebody else's."""
    callback = ports.callbacks.find(order_id)
    if callback is None:
        return find_planned(ports, account, order_id)
    return find_callback(ports, account, order_id)


def cancel_planned(ports: Ports, account: str, planned_id: str) -> Planned:
    """The planned callback, given up. Conflict where its time has come: it is a callback now.
    Cancelling it again changes nothing."""
    planned = find_planned(ports, account, planned_id)
    if not ports.schedule.move(planned.id, PlanState.PLANNED, PlanState.CANCELLED):
        raise Conflict("its time has come: cancel the callback itself")
    return find_planned(ports, account, planned_id)


def cancel_order(ports: Ports, account: str, order_id: str) -> Callback | Planned:
    """What was ordered under this id, cancelled: a callback, or one that is planned. Cancelling it
    again changes nothing. NotFound where neither is there, or they are somebody else's."""
    if ports.callbacks.find(order_id) is None:
        planned = find_planned(ports, account, order_id)
        ports.schedule.move(planned.id, PlanState.PLANNED, PlanState.CANCELLED)
        planned = find_planned(ports, account, order_id)
        if not planned.state.open and planned.state is not PlanState.PLACED:
            return planned
    return cancel_callback(ports, account, order_id)


def run_due(ports: Ports) -> list[Planned]:
    """Place the callbacks whose time has come, and give up those whose time is long over; gives
    them as they are now. Safe at any time and by several at once: each becomes one callback,
    whose id is that of the plan."""
    done: list[Planned] = []
    now = ports.clock.now()
    for planned in ports.schedule.due(now, limit=AT_ONCE):
        done += _run(ports, planned, now)
    return done


def run_planned(ports: Ports, planned_id: str) -> list[Planned]:
    """The same for one at its alarm, which may come up to AHEAD before its time: the callback is
    placed then, and rings at its time. Nothing happens where nothing is planned under this id, or
    not yet."""
    planned, now = ports.schedule.find(planned_id), ports.clock.now()
    if planned is None or not planned.state.open or now < planned.at - AHEAD:
        return []
    return list(_run(ports, planned, now))


def _run(ports: Ports, planned: Planned, now: datetime) -> Iterator[Planned]:
    # Before it is placed: who cancels it now is told to cancel the callback.
    if ports.schedule.move(planned.id, PlanState.PLANNED, PlanState.STARTED):
        ports.schedule.move(planned.id, PlanState.STARTED, _place(ports, planned, now))
        yield find_planned(ports, planned.account, planned.id)


def _place(ports: Ports, planned: Planned, now: datetime) -> PlanState:
    # It may have been placed by one that broke off then.
    if now >= planned.at + LATEST and ports.callbacks.find(planned.id) is None:
        return PlanState.MISSED
    order = Order(
        planned.customer,
        planned.destination,
        planned.trigger,
        starts_at=planned.at if planned.at > now else None,
        manners=planned.manners,
    )
    try:
        order_callback(ports, ports.accounts.get(planned.account), order)
    except Refusal:
        return PlanState.REFUSED
    return PlanState.PLACED


def check_time(now: datetime, at: datetime) -> None:
    """Malformed where nobody can plan a callback for this instant."""
    if not now < at <= now + FURTHEST:
        raise Malformed(f"a callback can be planned for the next {FURTHEST.days} days")


def _check(ports: Ports, account: Account, order: Order, at: datetime) -> None:
    check_time(ports.clock.now(), at)
    if not account.balance.active:
        raise AccountBlocked("this account is blocked")
    quote(ports, account, order.customer, order.destination)
    permit(ports, account, order.customer, order.destination)
    if order.named:
        permit_named(ports, account, order.customer)
    if len(ports.schedule.of(account.profile.account)) >= MOST_PLANNED:
        raise TooManyCallbacks(f"{MOST_PLANNED} callbacks are planned, no more at once")


def _asked_otherwise() -> Conflict:
    return Conflict("this was asked before with other numbers or another time")
