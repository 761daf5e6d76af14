"""Rings on service numbers: who is rung back, when, and how often it is tried."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from switchboard.billing.account import Account
from switchboard.billing.service_number import RingsBack, ServiceMode, ServiceNumber
from switchboard.calls.callback import DEFAULT_PATIENCE, Callback, Retries, Trigger
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Ending
from switchboard.calls.ring import Ring
from switchboard.desk.lockout import unknown
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.velocity import count_ring
from switchboard.errors import NoService, Refusal, TooLate, WithheldCaller
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Ports

log = logging.getLogger("ringback.rings")

# After these a second try may reach who asked to be rung. Who declines does not want it, and where
# the fault is ours, or money is missing, the next try ends as this one did.
WORTH_A_RETRY = {Ending.BUSY, Ending.NO_ANSWER, Ending.UNREACHABLE, Ending.CARRIER_FAILED}


@dataclass(frozen=True, slots=True)
class _Payer:
    """Who pays for a ring, and which phone is rung for it."""

    account: Account
    customer: PhoneNumber
    asks_pin: bool = False


def ring_service_number(ports: Ports, ring: Ring) -> Callback:
    """The callback that a ring asks for; the same ring again, or another of the same caller within
    the quiet period, is answered with the first one.

    A refusal is logged and counted: NoService, TooLate, UnknownSender, WithheldCaller,
    NumberClosed, TooOften, and all that `order_callback` refuses. A door must not let the caller
    tell one from another, nor from a callback: that would say whose accounts there are.
    """
    now = ports.clock.now()
    try:
        return _rung(ports, ring)
    except Refusal as refusal:
        caller = "a withheld number" if ring.caller is None else ring.caller.masked
        log.info("a ring of %s is refused: %s", caller, refusal.code)
        # Anybody can ring numbers that are not ours; they shall not fill a table.
        if not isinstance(refusal, NoService):
            ports.rings.count_refused(ring.service, refusal.code, now.date())
        raise


def ring_again(ports: Ports, callback: Callback, cdr: Cdr) -> Callback | None:
    """The next try of a callback whose customer was not reached; None where there is none. It is
    made once, however often it is asked for, and may be before the callback is settled: its hold
    is taken for given back."""
    retries, leg = callback.retries, cdr.customer
    if not (retries and retries.left and leg and leg.verdict.ending in WORTH_A_RETRY):
        return None
    if leg.answered_at is not None:
        return None
    now = ports.clock.now()
    order = Order(
        customer=callback.customer,
        destination=callback.destination,
        trigger=Trigger(callback.trigger, callback.next_try),
        patience=callback.patience,
        starts_at=cdr.ended_at + retries.after,
        language=callback.language,
        asks_pin=callback.asks_pin,
        retries=replace(retries, left=retries.left - 1),
        manners=callback.manners,
        service=callback.service,
        known_as=callback.next_try,
    )
    account = _as_settled(ports.accounts.get(callback.account), cdr)
    # First, and again when it is placed: should this break off in between, it is offered. A message
    # for a callback that is not there rings nobody.
    ports.queue.send(callback.next_try, delay=max(timedelta(), cdr.ended_at + retries.after - now))
    try:
        return order_callback(ports, account, order)
    except Refusal as refusal:
        log.info("callback %s is not tried again: %s", callback.id, refusal.code)
        return None


def _as_settled(account: Account, cdr: Cdr) -> Account:
    """The account as it will be without the hold of this callback."""
    hold, charge_micros = account.balance.holds.get(cdr.callback), cdr.settlement.charge_micros
    if hold is None:
        return account
    return replace(account, balance=account.balance.release(cdr.callback, hold, charge_micros))


def _rung(ports: Ports, ring: Ring) -> Callback:
    now = ports.clock.now()
    if ring.rang_at < now - DEFAULT_PATIENCE:
        raise TooLate("this ring is too long ago to be answered")
    directory = ports.accounts.look_up(ring.caller, ring.service)
    service = directory.service
    if service is None or service.suspended:
        raise NoService("this number takes no orders for callbacks")
    rang_at = min(now, ring.rang_at)
    starts_at = service.rings_at(max(now, rang_at + service.delay))
    payer = _payer(ports, ring, service, directory)
    callback_id = ports.rings.first(
        f"{ring.service}#{ring.caller or 'withheld'}",
        ring.trigger.callback_id,
        # By when it rang: told again later, it is still within the quiet period that it was in.
        now=rang_at,
        until=rang_at + service.quiet,
    )
    # Where the one that was first is refused, this is the one that rings.
    if callback_id == ring.trigger.callback_id or ports.callbacks.find(callback_id) is None:
        count_ring(ports, payer.customer)
    order = Order(
        customer=payer.customer,
        destination=None,
        trigger=ring.trigger,
        starts_at=starts_at,
        language=service.language,
        asks_pin=payer.asks_pin,
        retries=Retries(service.retries, service.retry_after) if service.retries else None,
        manners=service.manners,
        service=service.number,
        known_as=callback_id,
    )
    return order_callback(ports, payer.account, order)


def _payer(ports: Ports, ring: Ring, service: ServiceNumber, directory: Directory) -> _Payer:
    if service.mode is ServiceMode.DID:
        assert service.account is not None, "a DID has an account"
        assert service.rings is not None, "a DID has a phone to ring"
        return _Payer(ports.accounts.get(service.account), service.rings)
    if ring.caller is None:
        raise WithheldCaller("the caller ID is withheld")
    if directory.account is not None and service.mode is not ServiceMode.PIN:
        account = ports.accounts.get(directory.account)
        goes_home = service.rings_back is RingsBack.DEFAULT_NUMBER
        home = account.profile.default_number if goes_home else None
        return _Payer(account, home or ring.caller)
    if service.mode.may_ask_pin:
        assert service.account is not None, "somebody pays until the PIN is known"
        return _Payer(ports.accounts.get(service.account), ring.caller, asks_pin=True)
    raise unknown()
