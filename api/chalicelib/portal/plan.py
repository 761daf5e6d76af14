"""The plan: what is included and left of it, and what is charged again and again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from chalice.app import Response

from chalicelib.intervals import every
from chalicelib.portal.customer import Customer, for_customer
from chalicelib.translation import mark
from switchboard.billing.buckets import in_burn_order
from switchboard.billing.catalogue import Item
from switchboard.billing.subscriptions import State
from switchboard.money import Money

STATES: Mapping[State, str] = {
    State.ACTIVE: mark("paid"),
    State.UNPAID: mark("not paid yet"),
    State.SUSPENDED: mark("suspended"),
    State.ENDED: mark("ended"),
}


@dataclass(frozen=True, slots=True)
class Charged:
    """A subscription as its customer reads it."""

    name: str
    price: Money
    every: str
    state: str
    next_on: date | None


@for_customer
def show_plan(customer: Customer) -> Response:
    account, now = customer.account, customer.ports.clock.now()
    plan = account.profile.plan_at(now)
    plans = {one.name: one for one in customer.ports.catalogue.plans()} if plan else {}
    alive = [bucket for bucket in account.buckets if bucket.expires_at > now]
    shown = {
        "plan": plans.get(plan or ""),
        "buckets": in_burn_order(alive),
        "left_s": account.balance.included_s,
        "charged": list(_charged(customer)),
        "now": now,
    }
    return customer.page("portal/plan.html", shown)


def _charged(customer: Customer) -> Iterator[Charged]:
    subscriptions = customer.ports.subscriptions.of(customer.id)
    items = {item.name: item for item in customer.ports.catalogue.items()} if subscriptions else {}
    for one in subscriptions:
        if one.deal is None or one.deal.item not in items:
            continue
        item, deal = items[one.deal.item], one.deal
        each_micros = item.price_micros if deal.price_micros is None else deal.price_micros
        yield Charged(
            _name(item, one.number),
            Money(item.currency, each_micros * deal.quantity),
            every(customer.reader, item.interval),
            STATES[one.state],
            one.next_on if one.state.goes_on else None,
        )


def _name(item: Item, number: object) -> str:
    name = item.description or item.name
    return name if number is None else f"{name} {number}"
