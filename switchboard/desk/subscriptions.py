"""Subscriptions: begun, changed and ended, from a day on; what is due of them is done at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from switchboard.billing.account import Account
from switchboard.billing.periods import local_date, midnight
from switchboard.billing.service_number import ServiceMode
from switchboard.billing.subscriptions import PLAN, Deal, Subscription, Wish
from switchboard.desk.catalogue import Offers
from switchboard.desk.profiles import ARREARS
from switchboard.desk.recurring import due_at, settle
from switchboard.errors import AlreadyExists, Conflict, Malformed, NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports

# Each failed try means that somebody else changed the subscription.
TRIES = 20


def subscribe(
    ports: Ports,
    account: str,
    deal: Deal,
    *,
    name: str | None = None,
    on: date | None = None,
    number: PhoneNumber | None = None,
) -> Subscription:
    """A new subscription, from today or another day, a year ago at most, charged as far as it is
    due. Its name is the item's, if not given; a name is used once. A number is a DID of the
    account, which rings as long as the subscription goes on and is paid for."""
    payer = ports.accounts.get(account)
    profile, offers = payer.profile, Offers.read(ports)
    offers.sold(deal.item, profile.currency)
    today = local_date(ports.clock.now(), profile.time_zone)
    if on is not None and on < today - ARREARS:
        raise Malformed(f"{on} is more than a year ago: what is so old is not charged any more")
    if number is not None:
        _check_did(ports, account, number)
    new = Subscription.new(account, name or deal.item, deal, on or today, number)
    if new.name == PLAN:
        raise Malformed(f"the subscription “{PLAN}” follows the account's plan: set that")
    begins_at = midnight(on or today, profile.time_zone)
    if not ports.subscriptions.add(new, begins_at):
        raise AlreadyExists(f"account {account} has, or had, a subscription {new.name}: name it")
    return _settled(ports, account, new.name)


def change_subscription(
    ports: Ports, account: str, name: str, change: Callable[[Deal], Deal], *, on: date | None = None
) -> Subscription:
    """The subscription with another deal from today or a later day on, in the place of what was
    wanted for later before."""
    offers = Offers.read(ports)

    def wish(known: Subscription, payer: Account, from_on: date) -> Subscription:
        if known.deal is None or not known.state.goes_on:
            raise Conflict(f"subscription {name} has ended")
        deal = change(known.deal)
        same = deal.item == known.deal.item
        (offers.of if same else offers.sold)(deal.item, payer.profile.currency)
        return replace(known, wish=Wish(from_on, deal))

    return _wish(ports, account, name, wish, on)


def end_subscription(
    ports: Ports, account: str, name: str, *, on: date | None = None
) -> Subscription:
    """The subscription, ended before today or a later day; what its item gives back is credited."""

    def wish(known: Subscription, _payer: Account, from_on: date) -> Subscription:
        if not known.state.goes_on:
            raise Conflict(f"subscription {name} has ended")
        return replace(known, wish=Wish(from_on, None))

    return _wish(ports, account, name, wish, on)


def keep_blocked(ports: Ports, account: str) -> None:
    """Block an account, so that no payment of what it owes unblocks it."""
    ports.books.set_active(account, active=False)
    for found in ports.subscriptions.of(account):
        known: Subscription | None = found
        while known is not None and known.blocks:
            at = due_at(known, ports.accounts.get(account), ports.clock.now())
            ports.subscriptions.advance(known, replace(known, blocks=False), at)
            known = ports.subscriptions.find(account, known.name)
    # A payment that came in between has unblocked it.
    ports.books.set_active(account, active=False)


def _wish(
    ports: Ports,
    account: str,
    name: str,
    wish: Callable[[Subscription, Account, date], Subscription],
    on: date | None,
) -> Subscription:
    if name == PLAN:
        raise Malformed(f"the subscription “{PLAN}” follows the account's plan: set that")
    for _ in range(TRIES):
        # What is due is charged as it was wanted until now.
        known, payer = _settled(ports, account, name), ports.accounts.get(account)
        now = ports.clock.now()
        today = local_date(now, payer.profile.time_zone)
        from_on = on or max(today, known.started_on or today)
        if from_on < today:
            raise Malformed(f"{from_on} is over: what is charged stays as it is")
        changed = wish(known, payer, from_on)
        if ports.subscriptions.advance(known, changed, due_at(changed, payer, now)):
            return _settled(ports, account, name)
    raise Conflict("the subscription is being changed by somebody else")


def _settled(ports: Ports, account: str, name: str) -> Subscription:
    if ports.subscriptions.find(account, name) is None:
        raise NotFound(f"account {account} has no subscription {name}")
    settle(ports, account, name)
    found = ports.subscriptions.find(account, name)
    assert found is not None, "a subscription is never removed"
    return found


def _check_did(ports: Ports, account: str, number: PhoneNumber) -> None:
    found = ports.accounts.look_up(None, number).service
    if found is None or found.mode is not ServiceMode.DID or found.account != account:
        raise NotFound(f"{number} is no DID of account {account}: add it first")
    for known in ports.subscriptions.of(account):
        if known.number == number and known.state.goes_on:
            raise Conflict(f"{number} is paid for by subscription {known.name} already")
