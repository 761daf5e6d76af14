"""Callbacks that operators place for customers, and those that are planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.calls.callback import Callback
from switchboard.calls.cdr import Cdr
from switchboard.calls.planned import Planned
from switchboard.desk import planned as plans
from switchboard.desk.office.known import own_account
from switchboard.desk.office.rights import log, needs
from switchboard.desk.orders import Order, quote, talk_s
from switchboard.desk.permission import permit
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.quote import Quote
from switchboard.staff.audit import Change, said
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

SEE_MONEY = Right(Area.MONEY, Action.SEE)


@dataclass(frozen=True, slots=True)
class Priced:
    """What both legs would cost, and how long the account's money would last now."""

    quote: Quote
    talk_s: int


@needs(Area.CALLS, Action.CHANGE, writes=False)
def price_callback(
    ports: Ports,
    by: Operator,
    account: str,
    customer: PhoneNumber,
    destination: PhoneNumber,
    at: datetime | None = None,
) -> Priced | None:
    """The price of a callback, now or then; None for who sees no money. Refuses what could not be
    called."""
    payer = own_account(ports, by, account)
    if at is not None:
        plans.check_time(ports.clock.now(), at)
    quoted = quote(ports, payer, customer, destination, at)
    permit(ports, payer, customer, destination)
    if not by.may(SEE_MONEY):
        return None
    return Priced(quoted, talk_s(ports, payer, customer, destination, quoted))


@needs(Area.CALLS, Action.CHANGE)
def place_callback(
    ports: Ports, by: Operator, account: str, order: Order, at: datetime | None = None
) -> Callback | Planned:
    """The callback that this order makes, at the account's cost, now or planned for then; refuses
    as `order_callback` and `plan_callback` do. The same order again is the same callback."""
    payer = own_account(ports, by, account)
    known = ports.callbacks.find(order.callback_id) or ports.schedule.find(order.callback_id)
    placed: Callback | Planned
    if at is None:
        placed = plans.order_now(ports, payer, order)
    else:
        placed = plans.plan_callback(ports, payer, order, at)
    if known is None:
        told = {"callback": placed.id, "from": order.customer, "to": order.destination, "at": at}
        changes = [Change(name, "", said(value)) for name, value in told.items() if value]
        log(ports, by, "place callback", f"account {account}", changes)
    return placed


@needs(Area.CALLS, Action.SEE)
def find_order(
    ports: Ports, by: Operator, account: str, order_id: str
) -> tuple[Callback | Planned, Cdr | None]:
    """A callback of an account, or one that is planned, and its CDR where it has one by now.
    NotFound where neither is there, or they are not for this operator."""
    own_account(ports, by, account)
    found = plans.find_order(ports, account, order_id)
    if isinstance(found, Planned) or not found.state.final:
        return found, None
    return found, ports.books.cdr(account, found.id, found.requested_at)


@needs(Area.CALLS, Action.SEE)
def planned_of(ports: Ports, by: Operator, account: str) -> Sequence[Planned]:
    """The callbacks that are planned for an account, the earliest first."""
    own_account(ports, by, account)
    return ports.schedule.of(account)


@needs(Area.CALLS, Action.CHANGE)
def cancel_order(ports: Ports, by: Operator, account: str, order_id: str) -> Callback | Planned:
    """What was ordered, given up or hung up; what is over stays as it is."""
    own_account(ports, by, account)
    old = plans.find_order(ports, account, order_id)
    over = not old.state.open if isinstance(old, Planned) else old.state.final
    cancelled = plans.cancel_order(ports, account, order_id)
    if not over:
        changes = [Change("state", old.state.value, "cancelled")]
        log(ports, by, "cancel", f"callback {order_id}", changes)
    return cancelled
