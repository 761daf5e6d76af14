"""Orders: somebody asks for a callback, or to end one."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.billing.account import Account
from switchboard.billing.covering import grown
from switchboard.billing.limits import spend_of
from switchboard.calls.callback import (
    DEFAULT_PATIENCE,
    Callback,
    Retries,
    State,
    Trigger,
)
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.desk.permission import permit, permit_named
from switchboard.desk.pins import begin_use
from switchboard.desk.routes import check_routes
from switchboard.desk.twins import twins
from switchboard.desk.velocity import count_text
from switchboard.errors import Conflict, NotAllowed, NotFound, Refusal
from switchboard.ledger.cover import NO_COVER
from switchboard.ledger.spend import Spend
from switchboard.numbering import PhoneNumber, parse_number
from switchboard.ports import Ports
from switchboard.rating.quote import Quote, most_s

log = logging.getLogger("ringback.orders")

CANCELLED = Verdict(Ending.CANCELLED, Culprit.CUSTOMER)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants: these two phones connected. Without a destination the customer is
    rung and asked for it, and for a PIN before that, if it `asks_pin`.

    Patience counts from `starts_at`, without which it may ring at once. The language is the
    account's unless it is said, and so are those manners of which nothing is said. `service` is the
    number that was rung. `known_as` is the callback's id where that is not the trigger's. It is
    `named` where it says which phone is the customer's, and does not come from there; `texted_by`
    is the phone that it came from by text.
    """

    customer: PhoneNumber
    destination: PhoneNumber | None
    trigger: Trigger
    patience: timedelta = DEFAULT_PATIENCE
    starts_at: datetime | None = None
    language: str | None = None
    asks_pin: bool = False
    retries: Retries | None = None
    manners: Manners = AS_USUAL
    service: PhoneNumber | None = None
    known_as: str | None = None
    named: bool = False
    texted_by: PhoneNumber | None = None

    @property
    def callback_id(self) -> str:
        """The id of the callback that this order makes."""
        return self.known_as or self.trigger.callback_id


def order_callback(ports: Ports, account: Account, order: Order) -> Callback:
    """The callback that this trigger makes, written and offered to the workers.

    The same trigger again is answered with the same callback, also where the order would be
    refused by now; with another order it is a Conflict. Another order of the same two phones is
    answered with the first one's callback, while that is under way and young. Refuses before
    anything is written: AccountBlocked, NotEnoughCredit, TooManyCallbacks, NoRate, NoRoute,
    NotAllowed and its kinds, LossGuard among them, TooOften.
    """
    phones = order.callback_id, order.customer, order.destination
    for twin, _ in twins(ports, account.balance, *phones):
        return twin
    try:
        callback = check_order(ports, account, order)
        begin_use(ports, account.profile)
    except Refusal:
        known = ports.callbacks.find(order.callback_id)
        if known is None:
            raise
        callback = _same(known, account, order)
    else:
        if not ports.callbacks.place(callback):
            known = ports.callbacks.find(callback.id)
            assert known is not None, "a callback is never removed"
            callback = _same(known, account, order)
    # Offered again where it still waits: the first writer may have died in between, and a
    # second message for a claimed callback rings nobody.
    if callback.state is State.QUEUED:
        offer(ports, callback)
    facts = {"callback": callback.id, "account": callback.account, "trigger": callback.trigger}
    log.info("callback %s is placed", callback.id, extra=facts)
    return callback


def check_order(ports: Ports, account: Account, order: Order) -> Callback:
    """The callback that this order would make now, which is not written. Refuses as
    `order_callback` does."""
    now = ports.clock.now()
    if order.texted_by is not None:
        count_text(ports, account, order.texted_by)
    quoted = quote(ports, account, order.customer, order.destination, order.starts_at)
    spend = permit(ports, account, order.customer, order.destination)
    if order.named:
        permit_named(ports, account, order.customer)
    check_routes(ports, account.profile, quoted, order.customer, order.destination)
    callback = _draft(account, order, quoted, spend, now)
    cover = grown(NO_COVER, callback, account, 0, 0, at=now)
    account.balance.check(callback.id, replace(quoted, cover=cover).least_micros, spend.counters)
    return callback


def offer(ports: Ports, callback: Callback) -> None:
    """Offer a callback to the workers for when it may ring. What the queue cannot keep back for so
    long comes early, and is offered again by the worker that it comes to."""
    ports.queue.send(callback.id, delay=callback.wait_at(ports.clock.now()))


def offer_again(ports: Ports, callback_id: str) -> None:
    """Offer a callback again that came to a worker before its time. NotFound where nobody knows
    it."""
    callback = ports.callbacks.find(callback_id)
    if callback is None:
        raise NotFound(f"there is no callback {callback_id}")
    if callback.state is State.QUEUED and callback.wait_at(ports.clock.now()):
        offer(ports, callback)


def quote(
    ports: Ports,
    account: Account,
    customer: PhoneNumber,
    destination: PhoneNumber | None,
    at: datetime | None = None,
) -> Quote:
    """What these two phones would be connected for, now or then. NoRate where they would not."""
    at = at or ports.clock.now()
    return ports.sheets.current(account.profile.sheet_at(at)).quote(customer, destination, at)


def quote_for(
    ports: Ports,
    account: Account,
    customer: PhoneNumber,
    destination: PhoneNumber,
    seconds: int,
    at: datetime | None = None,
) -> Quote:
    """What both legs would cost that are answered now, or then, and last so long, with what the
    account's included seconds cover of them. NoRate where they would not be connected."""
    at = at or ports.clock.now()
    quoted = quote(ports, account, customer, destination, at).begun(at, at)
    spend = spend_of(account, ports.settings.classes(), customer, destination, at)
    draft = _draft(account, Order(customer, destination, Trigger("quote", "")), quoted, spend, at)
    return replace(quoted, cover=grown(NO_COVER, draft, account, seconds, seconds, at=at))


def talk_s(
    ports: Ports,
    account: Account,
    customer: PhoneNumber,
    destination: PhoneNumber | None,
    quoted: Quote,
) -> int:
    """How many seconds these two phones could talk now, at this price: on the account's money
    within its daily limits, and on its included seconds. A day at most."""
    now, classes = ports.clock.now(), ports.settings.classes()
    spend = spend_of(account, classes, customer, destination, now)
    order = Order(customer, destination, Trigger("quote", ""))
    draft = _draft(account, order, quoted, spend, now)
    most_micros = account.balance.most_micros(spend.counters)

    def fits(seconds: int) -> bool:
        cover = grown(NO_COVER, draft, account, seconds, seconds, at=now)
        return replace(quoted, cover=cover).cost_micros(seconds, seconds) <= most_micros

    return max(0, most_s(fits))


def find_callback(ports: Ports, account: str, callback_id: str) -> Callback:
    """A callback of this account. NotFound where it is not there, or somebody else's."""
    callback = ports.callbacks.find(callback_id)
    if callback is None or callback.account != account:
        raise NotFound("there is no such callback")
    return callback


def cancel_callback(ports: Ports, account: str, callback_id: str) -> Callback:
    """The callback, ended now where no worker had it yet; where one had, the worker is told to
    hang up, and ends it within a second. Ending it again changes nothing."""
    callback = find_callback(ports, account, callback_id)
    now = ports.clock.now()
    if callback.waits_at(now):
        ports.callbacks.finish(callback.id, State.ENDED, CANCELLED, now, worker=callback.worker)
        callback = find_callback(ports, account, callback_id)
    if not callback.state.final and callback.worker is not None:
        ports.control.hang_up(callback.worker, callback.id)
    return callback


def dialled(ports: Ports, callback: Callback, digits: str) -> Callback:
    """The callback with the destination that its customer dialled, the first or another one after
    that has ended, priced by the sheet as it is now; the customer leg, which runs already, keeps
    its price. What was dialled counts as the callback's destination from then on, whether it can
    be paid for or not. Refuses what is no number in the
    account's country, what `quote` refuses, and where the callback was taken from its worker: a
    leg that no record knows of would cost nothing."""
    if callback.asks_pin:
        raise NotAllowed("nobody calls before the PIN is known")
    account = ports.accounts.get(callback.account)
    destination = parse_number(digits, account.profile.country)
    quoted = quote(ports, account, callback.customer, destination)
    spend = permit(ports, account, callback.customer, destination)
    quoted = replace(quoted, customer=callback.quote.customer)
    check_routes(ports, account.profile, quoted, callback.customer, destination)
    # A callback counts for one day, also where it was midnight since.
    spend = replace(spend, day=callback.spend.day or spend.day)
    found = replace(callback, destination=destination, quote=quoted, spend=spend)
    _set_destination(ports, callback, found)
    return found


def _set_destination(ports: Ports, old: Callback, new: Callback) -> None:
    assert new.worker is not None, "only its worker hears what a customer dials"
    assert new.destination is not None
    if ports.callbacks.set_destination(
        new.id,
        new.worker,
        new.destination,
        new.quote,
        instead_of=old.destination,
        earlier=new.earlier,
    ):
        return
    # A write whose reply was lost is repeated, and fails the second time.
    found = find_callback(ports, new.account, new.id)
    kept = (found.worker, found.destination, found.quote, found.earlier)
    if found.state.final or kept != (new.worker, new.destination, new.quote, new.earlier):
        raise Conflict("this callback is over")


def _draft(account: Account, order: Order, quoted: Quote, spend: Spend, now: datetime) -> Callback:
    profile = account.profile
    return Callback(
        id=order.callback_id,
        account=profile.account,
        customer=order.customer,
        destination=order.destination,
        trigger=order.trigger.kind,
        language=order.language or profile.language,
        requested_at=now,
        expires_at=(order.starts_at or now) + order.patience,
        quote=quoted,
        reached={State.QUEUED: now},
        spend=spend,
        starts_at=order.starts_at,
        asks_pin=order.asks_pin,
        retries=order.retries,
        # Until the PIN is known, it is not the customer's account.
        manners=order.manners if order.asks_pin else order.manners.over(profile.manners),
        service=order.service,
    )


def _same(known: Callback, account: Account, order: Order) -> Callback:
    # A dialled destination may have been filled in since.
    asked = (account.profile.account, order.customer)
    same_destination = order.destination in (None, known.destination)
    if (known.account, known.customer) != asked or not same_destination:
        raise Conflict("this was asked before with other numbers")
    return known
