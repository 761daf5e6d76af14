"""Subscriptions and recurring charges, as operators see, foretell and make them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from switchboard.billing.account import Since
from switchboard.billing.catalogue import Item
from switchboard.billing.subscriptions import Deal, Subscription
from switchboard.desk import foretelling, recurring
from switchboard.desk.catalogue import Offers
from switchboard.desk.foretelling import Deed, Foretold
from switchboard.desk.office.known import own_account
from switchboard.desk.office.rights import log, needs
from switchboard.desk.recurring import ALL, Part, Report
from switchboard.money import Money, format_micros
from switchboard.ports import Ports
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

Subscribed = tuple[Subscription, Item | None]


@needs(Area.MONEY, Action.SEE)
def subscriptions_of(ports: Ports, by: Operator, account: str) -> Sequence[Subscribed]:
    """The subscriptions of an account, by name, those that have ended too, each with its item."""
    own_account(ports, by, account)
    found = ports.subscriptions.of(account)
    items = {item.name: item for item in ports.catalogue.items()} if found else {}
    return [(one, items.get(one.deal.item) if one.deal else None) for one in found]


@needs(Area.MONEY, Action.CHANGE, writes=False)
def offers_for(ports: Ports, by: Operator, account: str) -> Offers:
    """What an account can subscribe to, and take as its plan: what is in its currency."""
    currency = own_account(ports, by, account).profile.currency
    offers = Offers.read(ports)
    items = {name: one for name, one in offers.items.items() if one.currency == currency}
    plans = {name: one for name, one in offers.plans.items() if name in items}
    return replace(offers, items=items, plans=plans)


@needs(Area.MONEY, Action.CHANGE, writes=False)
def foretell(ports: Ports, by: Operator, deed: Deed) -> Foretold:
    """What a deed would charge and give back; nothing is written."""
    own_account(ports, by, deed.account)
    return foretelling.foretell(ports, deed)


@needs(Area.MONEY, Action.CHANGE)
def perform(ports: Ports, by: Operator, deed: Deed) -> Subscription:
    """Do it: the subscription after it, charged as far as it is due. Refuses as the desk does."""
    old = own_account(ports, by, deed.account)
    before = {one.name: one for one in ports.subscriptions.of(deed.account)}
    after = deed.do(ports)
    new = ports.accounts.get(deed.account)
    changes = [
        Change(f"subscription {after.name}", _said(before.get(after.name)), _said(after)),
        Change("plan", *(_plans(one.profile.plans) for one in (old, new))),
        Change("balance", str(old.balance.posted), str(new.balance.posted)),
    ]
    changed = [one for one in changes if one.was != one.became]
    log(ports, by, deed.name, f"account {deed.account}", changed)
    return after


@needs(Area.MONEY, Action.CHANGE)
def charge_due(
    ports: Ports,
    by: Operator,
    *,
    at: datetime | None = None,
    dry_run: bool = False,
    part: Part = ALL,
) -> Report:
    """Charge a part of what is due, of the accounts that there are for this operator."""
    report = recurring.run_recurring(
        ports, at=at, dry_run=dry_run, part=replace(part, whose=by.has)
    )
    if report.done and not dry_run:
        log(ports, by, "charge", "what is due", list(_changes(report)))
    return report


def _changes(report: Report) -> Iterator[Change]:
    """What a run did, in all: how often, and how much of each currency."""
    deeds = [done.did.value for done in report.done]
    for deed in dict.fromkeys(deeds):
        yield Change(deed, "", str(deeds.count(deed)))
    totals: dict[str, int] = {}
    for done in report.done:
        if done.entry is not None:
            currency = done.entry.currency
            totals[currency] = totals.get(currency, 0) + done.entry.amount_micros
    for currency, micros in sorted(totals.items()):
        yield Change("in all", "", str(Money(currency, micros)))


def _said(known: Subscription | None) -> str:
    """A subscription in the words of the log."""
    if known is None or known.deal is None:
        return ""
    said = f"{known.state.value}, {_deal(known.deal)}"
    if known.wish is None:
        return said
    wanted = "no more" if known.wish.deal is None else _deal(known.wish.deal)
    return f"{said}; from {known.wish.on} {wanted}"


def _deal(deal: Deal) -> str:
    own = "" if deal.price_micros is None else f" at {format_micros(deal.price_micros)}"
    return f"{deal.quantity} of {deal.item}{own}"


def _plans(plans: Sequence[Since]) -> str:
    return "; ".join(f"{one.name or 'none'} from {one.from_at:%Y-%m-%d}" for one in plans)
