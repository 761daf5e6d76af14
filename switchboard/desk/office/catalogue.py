"""What is sold beside calls, as operators see and keep it: plans with their buckets, groups of
destinations, and the items of the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from switchboard.billing.catalogue import Item, Proration, Unpaid
from switchboard.billing.periods import Anchor, Interval
from switchboard.billing.plans import Allowance, Group, Plan
from switchboard.desk import catalogue
from switchboard.desk.catalogue import Offers
from switchboard.desk.office.known import untold_accounts
from switchboard.desk.office.rights import log, needs
from switchboard.errors import AlreadyExists, NotFound
from switchboard.money import Money
from switchboard.ports import Ports
from switchboard.staff.audit import Change, changes_between, members_changed
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@dataclass(frozen=True, slots=True)
class _Fee:
    """An item in the words of the log."""

    description: str
    price: Money
    setup: Money
    every: Interval
    anchor: Anchor
    by_days: tuple[Proration, ...]
    decimals: int
    grace_days: int
    unpaid: Unpaid
    plan: str | None

    @classmethod
    def of(cls, item: Item | None) -> Self | None:
        if item is None:
            return None
        return cls(
            item.description,
            Money(item.currency, item.price_micros),
            Money(item.currency, item.setup_micros),
            item.interval,
            item.anchor,
            item.proration,
            item.digits,
            item.grace_days,
            item.unpaid,
            item.plan,
        )


@needs(Area.PLANS, Action.SEE)
def see_offers(ports: Ports, _by: Operator) -> Offers:
    """All that the catalogue offers."""
    return Offers.read(ports)


@needs(Area.PLANS, Action.CHANGE)
def add_plan(ports: Ports, by: Operator, plan: Plan, fee: Item) -> Plan:
    """A new plan with its fee. AlreadyExists where its name is taken."""
    catalogue.save_plan(ports, plan, fee, new=True)
    log(ports, by, "add", f"plan {plan.name}", list(_plan_changes(None, plan, None, fee)))
    return plan


@needs(Area.PLANS, Action.CHANGE)
def change_plan(ports: Ports, by: Operator, plan: Plan, fee: Item) -> Plan:
    """A plan with another fee or other buckets, from the next period of each account on."""
    offers = Offers.read(ports)
    old, old_fee = offers.plan(plan.name), offers.item(plan.name)
    catalogue.save_plan(ports, plan, fee, new=False)
    changes = list(_plan_changes(old, plan, old_fee, fee))
    if changes:
        log(ports, by, "change", f"plan {plan.name}", changes)
    return plan


@needs(Area.PLANS, Action.CHANGE)
def save_bucket(ports: Ports, by: Operator, plan: str, bucket: Allowance, *, new: bool) -> Plan:
    """A plan with this bucket, in the place of the one of its name where it is not `new`."""
    old = Offers.read(ports).plan(plan)
    names = [one.name for one in old.allowances]
    if new:
        if bucket.name in names:
            raise AlreadyExists(f"plan {plan} has a bucket {bucket.name} already")
        return _with_buckets(ports, by, old, (*old.allowances, bucket))
    if bucket.name not in names:
        raise NotFound(f"plan {plan} has no bucket {bucket.name}")
    kept = tuple(bucket if one.name == bucket.name else one for one in old.allowances)
    return _with_buckets(ports, by, old, kept)


@needs(Area.PLANS, Action.CHANGE)
def remove_bucket(ports: Ports, by: Operator, plan: str, name: str) -> Plan:
    """A plan without the bucket of this name; what accounts have of it already they keep."""
    old = Offers.read(ports).plan(plan)
    kept = tuple(one for one in old.allowances if one.name != name)
    if kept == old.allowances:
        raise NotFound(f"plan {plan} has no bucket {name}")
    return _with_buckets(ports, by, old, kept)


@needs(Area.PLANS, Action.CHANGE)
def remove_plan(ports: Ports, by: Operator, name: str) -> None:
    """Take a plan away with its fee. Conflict where an account has it, or an item gives it."""
    offers = Offers.read(ports)
    old, fee = offers.plan(name), offers.item(name)
    with untold_accounts(by):
        catalogue.remove_plan(ports, name)
    log(ports, by, "remove", f"plan {name}", list(_plan_changes(old, None, fee, None)))


@needs(Area.PLANS, Action.CHANGE)
def add_group(ports: Ports, by: Operator, group: Group) -> Group:
    """A new group of destinations. AlreadyExists where its name is taken."""
    catalogue.save_group(ports, group, new=True)
    _log_group(ports, by, "add", group.name, None, group)
    return group


@needs(Area.PLANS, Action.CHANGE)
def change_group(ports: Ports, by: Operator, group: Group) -> Group:
    """A group with other prefixes, for buckets that are granted from now on."""
    old = Offers.read(ports).group(group.name)
    catalogue.save_group(ports, group, new=False)
    if group != old:
        _log_group(ports, by, "change", group.name, old, group)
    return group


@needs(Area.PLANS, Action.CHANGE)
def remove_group(ports: Ports, by: Operator, name: str) -> None:
    """Take a group away. Conflict where a plan names it."""
    old = Offers.read(ports).group(name)
    catalogue.remove_group(ports, name)
    _log_group(ports, by, "remove", name, old, None)


@needs(Area.PLANS, Action.CHANGE)
def add_item(ports: Ports, by: Operator, item: Item) -> Item:
    """A new item of the catalogue. AlreadyExists where its name is taken."""
    catalogue.save_item(ports, item, new=True)
    log(ports, by, "add", f"item {item.name}", changes_between(None, _Fee.of(item)))
    return item


@needs(Area.PLANS, Action.CHANGE)
def change_item(ports: Ports, by: Operator, item: Item) -> Item:
    """An item with another price or other terms, from the next period of each subscription on."""
    old = Offers.read(ports).item(item.name)
    catalogue.save_item(ports, item, new=False)
    if item != old:
        log(ports, by, "change", f"item {item.name}", changes_between(_Fee.of(old), _Fee.of(item)))
    return item


@needs(Area.PLANS, Action.CHANGE)
def retire_item(ports: Ports, by: Operator, name: str, *, retired: bool) -> Item:
    """An item that nobody can subscribe to any more, or that is offered again; who has it keeps it
    at its price. Conflict where it is the fee of a plan."""
    old = Offers.read(ports).item(name)
    item = catalogue.retire_item(ports, name, retired=retired)
    if item != old:
        log(ports, by, "retire" if retired else "offer again", f"item {name}")
    return item


@needs(Area.PLANS, Action.CHANGE)
def remove_item(ports: Ports, by: Operator, name: str) -> None:
    """Take an item away. Conflict where somebody subscribes to it."""
    old = Offers.read(ports).item(name)
    with untold_accounts(by):
        catalogue.remove_item(ports, name)
    log(ports, by, "remove", f"item {name}", changes_between(_Fee.of(old), None))


def _log_group(
    ports: Ports, by: Operator, deed: str, name: str, old: Group | None, new: Group | None
) -> None:
    was, became = (one.prefixes if one else () for one in (old, new))
    log(ports, by, deed, f"group {name}", members_changed("prefixes", was, became))


def _with_buckets(ports: Ports, by: Operator, old: Plan, allowances: tuple[Allowance, ...]) -> Plan:
    fee = Offers.read(ports).item(old.name)
    return change_plan(ports, by, replace(old, allowances=allowances), fee)


def _plan_changes(
    old: Plan | None, new: Plan | None, old_fee: Item | None, new_fee: Item | None
) -> Iterator[Change]:
    """What differs, bucket by bucket; a plan is described by its own text."""
    if (old and old.description) != (new and new.description):
        yield Change("description", old.description if old else "", new.description if new else "")
    for change in changes_between(_Fee.of(old_fee), _Fee.of(new_fee)):
        if change.what not in ("description", "plan"):
            yield change
    was, became = (
        {one.name: _said(one) for one in plan.allowances} if plan else {} for plan in (old, new)
    )
    for name in dict.fromkeys([*was, *became]):
        if was.get(name) != became.get(name):
            yield Change(f"bucket {name}", was.get(name, ""), became.get(name, ""))


def _said(bucket: Allowance) -> str:
    """A bucket in the words of the log."""
    said = [f"{bucket.seconds} s to {bucket.group}", f"weight {bucket.weight}"]
    if bucket.increment_s > 1:
        said.append(f"by {bucket.increment_s} s")
    said += [f"{of} s a call" for of in (bucket.per_call_s,) if of]
    said += [f"{of} s a day" for of in (bucket.per_day_s,) if of]
    said += [f"rolls over {bucket.rollover} times"] if bucket.rollover else []
    said += ["covers fees"] if bucket.covers_fees else []
    said += ["prorated"] if bucket.prorated else []
    said += [f"from {bucket.from_on}"] if bucket.from_on else []
    said += [f"until {bucket.until_on}"] if bucket.until_on else []
    return ", ".join(said)
