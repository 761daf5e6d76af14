"""Velocity: what happens too often is refused (design §11); how often, the operator says."""

from switchboard.billing.account import Account
from switchboard.billing.widget import Widget
from switchboard.calls.velocity import Limit, Velocity
from switchboard.errors import TooOften
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports

CALLBACKS, CODES = "callbacks were ordered", "codes were asked for"


def count_ring(ports: Ports, customer: PhoneNumber) -> None:
    """TooOften where this phone was rung back too often; a write."""
    _count(ports, f"ring#{customer}", ports.settings.velocity().rings_of_phone)


def count_order(ports: Ports, account: str, address: str) -> None:
    """TooOften where this account, or whoever is at this address, orders too often; two writes."""
    velocity = ports.settings.velocity()
    _count(ports, f"order#account#{account}", velocity.orders_of_account)
    _count(ports, f"order#address#{address}", velocity.orders_of_address)


def count_text(ports: Ports, account: Account, sender: PhoneNumber) -> None:
    """TooOften where this account, or this phone for it, orders too often by text. Nothing is
    counted, and nothing written, while no callback of the account is under way: who texts one
    order after the other is slower than any limit, and a text is to be answered at once."""
    if account.balance.holds:
        velocity = ports.settings.velocity()
        _count(ports, f"order#account#{account.profile.account}", velocity.orders_of_account)
        _count(ports, f"text#{sender}", velocity.texts_of_phone)


def count_stranger(ports: Ports, account: str, customer: PhoneNumber) -> None:
    """TooOften where this phone was rung first too often for accounts that it does not belong to,
    or where this account has such phones rung too often; two writes."""
    velocity = ports.settings.velocity()
    _count(ports, f"stranger#{customer}", velocity.calls_to_stranger)
    _count(ports, f"strangers#account#{account}", velocity.strangers_of_account)


def count_code(ports: Ports, account: str, number: PhoneNumber, address: str | None) -> None:
    """TooOften where too many codes were asked for: for this phone, by this account, or at this
    address; a write each."""
    velocity = ports.settings.velocity()
    _count(ports, f"code#{number}", velocity.codes_for_phone, CODES)
    _count(ports, f"codes#{account}", velocity.codes_of_account, CODES)
    if address is not None:
        _count(ports, f"codes#address#{address}", velocity.codes_of_address, CODES)


def count_visit(ports: Ports, widget: Widget, address: str) -> None:
    """TooOften where whoever is at this address asks a widget for too many calls; a write."""
    _count(ports, f"widget#{widget.id}#address#{address}", widget.calls_for_address)


def count_visitor(ports: Ports, widget: Widget, phone: PhoneNumber) -> None:
    """TooOften where a widget calls this phone too often, or phones in all, or where the phone was
    rung first too often for whichever accounts it does not belong to; three writes."""
    _count(ports, f"widget#{widget.id}#phone#{phone}", widget.calls_to_phone)
    _count(ports, f"stranger#{phone}", ports.settings.velocity().calls_to_stranger)
    _count(ports, f"widget#{widget.id}", widget.calls_in_all)


def count_code_of_visitor(ports: Ports, phone: PhoneNumber, address: str) -> None:
    """TooOften where too many codes were asked for: for this phone, or at this address; a write
    each. Of a widget, there are no more than calls."""
    velocity = ports.settings.velocity()
    _count(ports, f"code#{phone}", velocity.codes_for_phone, CODES)
    _count(ports, f"codes#address#{address}", velocity.codes_of_address, CODES)


def change_velocity(ports: Ports, name: str, limit: Limit | None) -> Velocity:
    """All limits, this one changed, or as it is built in with None. NotFound where there is none
    of this name."""
    changed = ports.settings.velocity(fresh=True).having(name, limit)
    ports.settings.save_velocity(changed)
    return changed


def _count(ports: Ports, key: str, limit: Limit, what: str = CALLBACKS) -> None:
    now = ports.clock.now()
    if not ports.throttle.take(key, limit, now):
        wait = limit.ends_at(now) - now
        raise TooOften(f"too many {what} in a short time: wait a while", wait)
