"""The catalogue as operators keep it: groups of destinations, plans with their fees, items."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from switchboard.billing.catalogue import Item
from switchboard.billing.plans import Group, Plan
from switchboard.billing.recurring import Offer
from switchboard.errors import AlreadyExists, Conflict, Malformed, NotFound
from switchboard.ports import Ports

Kept = TypeVar("Kept", Group, Plan, Item)


@dataclass(frozen=True, slots=True)
class Offers:
    """All that the catalogue offers, as it was at one moment."""

    groups: Mapping[str, Group]
    plans: Mapping[str, Plan]
    items: Mapping[str, Item]

    @classmethod
    def read(cls, ports: Ports) -> Self:
        """The catalogue as it stands."""
        catalogue = ports.catalogue
        return cls(
            {group.name: group for group in catalogue.groups()},
            {plan.name: plan for plan in catalogue.plans()},
            {item.name: item for item in catalogue.items()},
        )

    def group(self, name: str) -> Group:
        """A group. NotFound where there is none."""
        return _one("group of destinations", self.groups, name)

    def plan(self, name: str) -> Plan:
        """A plan. NotFound where there is none."""
        return _one("plan", self.plans, name)

    def item(self, name: str) -> Item:
        """An item. NotFound where there is none."""
        return _one("item", self.items, name)

    def of(self, name: str, currency: str) -> Offer:
        """An item with the plan that it gives. Malformed where it is in another currency."""
        item = self.item(name)
        if item.currency != currency:
            raise Malformed(f"item {name} is in {item.currency}, the account in {currency}")
        plan = None if item.plan is None else self.plan(item.plan)
        for allowance in () if plan is None else plan.allowances:
            self.group(allowance.group)
        return Offer(item, plan, self.groups)

    def sold(self, name: str, currency: str) -> Offer:
        """The same of what is sold to those who do not have it. Conflict where it is retired."""
        offer = self.of(name, currency)
        if offer.item.retired:
            raise Conflict(f"item {name} is retired: offer it again first")
        return offer

    def check_plan(self, name: str, currency: str) -> None:
        """NotFound where there is no such plan; Malformed where it is in another currency."""
        self.plan(name)
        self.of(name, currency)


def save_group(ports: Ports, group: Group, *, new: bool) -> Group:
    """The group, kept. AlreadyExists or NotFound where it is not new, or should not be."""
    _check_new("group", group.name, Offers.read(ports).groups, new=new)
    ports.catalogue.save_group(group)
    return group


def remove_group(ports: Ports, name: str) -> None:
    """Take a group away that no plan names."""
    offers = Offers.read(ports)
    offers.group(name)
    for plan in offers.plans.values():
        if name in {one.group for one in plan.allowances}:
            raise Conflict(f"group {name} is in plan {plan.name}")
    ports.catalogue.remove_group(name)


def save_plan(ports: Ports, plan: Plan, fee: Item, *, new: bool) -> Plan:
    """The plan, kept with its fee: the item of its name. What is paid already stays as it was."""
    offers = Offers.read(ports)
    _check_new("plan", plan.name, offers.plans, new=new)
    if new:
        _check_new("item", plan.name, offers.items, new=True)
    for allowance in plan.allowances:
        offers.group(allowance.group)
    fee = replace(fee, name=plan.name, plan=plan.name)
    _check_currency(offers, fee)
    # The item names the plan, so that comes first.
    ports.catalogue.save_plan(plan)
    ports.catalogue.save_item(fee)
    return plan


def remove_plan(ports: Ports, name: str) -> None:
    """Take a plan away, with its fee, that nobody has and no other item gives."""
    offers = Offers.read(ports)
    offers.plan(name)
    for item in offers.items.values():
        if item.plan == name and item.name != name:
            raise Conflict(f"item {item.name} gives plan {name}")
    _check_unused(ports, name)
    ports.catalogue.remove_item(name)
    ports.catalogue.remove_plan(name)


def save_item(ports: Ports, item: Item, *, new: bool) -> Item:
    """The item, kept; its price counts from the next period of each subscription."""
    offers = Offers.read(ports)
    _check_new("item", item.name, offers.items, new=new)
    if item.plan is not None:
        offers.plan(item.plan)
    _check_currency(offers, item)
    ports.catalogue.save_item(item)
    return item


def retire_item(ports: Ports, name: str, *, retired: bool) -> Item:
    """The item, which nobody can subscribe to from now on, or everybody again; subscriptions to it
    go on as they were. Conflict where it is the fee of a plan."""
    offers = Offers.read(ports)
    _check_no_fee(offers, name)
    item = replace(offers.item(name), retired=retired)
    ports.catalogue.save_item(item)
    return item


def remove_item(ports: Ports, name: str) -> None:
    """Take an item away that nobody subscribes to."""
    offers = Offers.read(ports)
    offers.item(name)
    _check_no_fee(offers, name)
    _check_unused(ports, name)
    ports.catalogue.remove_item(name)


def _check_new(what: str, name: str, known: Mapping[str, object], *, new: bool) -> None:
    if new and name in known:
        raise AlreadyExists(f"there is {what} {name} already")
    if not new and name not in known:
        raise NotFound(f"there is no {what} {name}")


def _check_no_fee(offers: Offers, name: str) -> None:
    if name in offers.plans:
        raise Conflict(f"item {name} is the fee of the plan: it goes with that")


def _check_currency(offers: Offers, item: Item) -> None:
    known = offers.items.get(item.name)
    if known is not None and known.currency != item.currency:
        raise Conflict(f"item {item.name} is in {known.currency}: make another one")


def _check_unused(ports: Ports, name: str) -> None:
    for known in ports.subscriptions.all():
        wished = None if known.wish is None else known.wish.deal
        deals = [known.deal if known.state.goes_on else None, wished]
        if any(deal is not None and deal.item == name for deal in deals):
            raise Conflict(f"account {known.account} subscribes to {name} ({known.name})")
    for account in ports.accounts.all():
        if any(since.name == name for since in account.profile.plans[-1:]):
            raise Conflict(f"account {account.profile.account} is to have plan {name}")


def _one(what: str, known: Mapping[str, Kept], name: str) -> Kept:
    if name not in known:
        raise NotFound(f"there is no {what} {name[:40]}")
    return known[name]
