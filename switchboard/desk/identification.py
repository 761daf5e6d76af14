"""Identification: a customer whose account was not known is known by PIN, and pays from then on.

Until then the account of the service number pays. A callback is paid by one account in the end,
and changes it once, in this order, so that a crash at any point leaves every hold to be found:

1. A hold on the customer's account, for the seconds that have run and for more.
2. The callback names that account: one conditional write, which decides.
3. The hold on the paying account is given back for nothing.

A hold on an account that the callback does not name is dropped by the sweep when it has expired
and the callback is over: by then nothing can make the callback name it.
"""

from dataclasses import dataclass, replace

from switchboard.billing.account import Account
from switchboard.calls.callback import Callback
from switchboard.desk.orders import quote
from switchboard.desk.permission import permit
from switchboard.desk.pins import begin_use
from switchboard.desk.purse import Purse
from switchboard.desk.till import Till
from switchboard.errors import Conflict, NotEnoughCredit
from switchboard.ports import Ports


@dataclass(frozen=True, slots=True)
class Identified:
    """A callback that its customer's own account pays, and the purse that it pays from."""

    callback: Callback
    purse: Purse


def identify(
    ports: Ports, callback: Callback, account: Account, purse: Purse, customer_s: int
) -> Identified:
    """The callback after its customer was found to be of this account, which pays for all of the
    customer leg: for the `customer_s` that have run, and for what follows.

    Refuses as `order_callback` does, and Conflict where the callback was taken from its worker; all
    stays as it was then, and the account that paid so far goes on to. A caller that is cancelled
    must wait for this to end: whoever settles has to know who pays.
    """
    assert callback.worker is not None, "only its worker hears a PIN"
    if not callback.asks_pin:
        raise Conflict("it is known who pays for this callback")
    quoted = quote(ports, account, callback.customer, None)
    spend = permit(ports, account, callback.customer, None)
    name = account.profile.account
    known = replace(
        callback,
        account=name,
        quote=quoted,
        spend=spend,
        asks_pin=False,
        manners=callback.manners.over(account.profile.manners),
    )
    if name == callback.account:
        _name_payer(ports, callback, known)
        return Identified(replace(callback, asks_pin=False, manners=known.manners), purse)
    moved = purse.of(known)
    moved.open()
    try:
        moved.top_up(customer_s, 0)
        if moved.hold.amount_micros < moved.quote.start_micros(customer_s):
            raise NotEnoughCredit("not enough credit for the time that has run")
        _name_payer(ports, callback, known)
    except (NotEnoughCredit, Conflict):
        Till(ports.books).drop(name, callback.id, moved.hold)
        raise
    begin_use(ports, account.profile)
    Till(ports.books).drop(callback.account, callback.id, purse.hold)
    return Identified(known, moved)


def _name_payer(ports: Ports, old: Callback, new: Callback) -> None:
    assert new.worker is not None, "only its worker hears a PIN"
    if ports.callbacks.identify(new.id, new.worker, old.account, new.account, new.quote):
        return
    # A write whose reply was lost is repeated, and fails the second time.
    found = ports.callbacks.find(new.id)
    if found is None or found.asks_pin or found.account != new.account or found.state.final:
        raise Conflict("this callback is over")
