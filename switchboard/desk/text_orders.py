"""What each order of a text does: one function an order, a reply each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from switchboard.calls.callback import Callback
from switchboard.desk.callback_numbers import add_number, text_code
from switchboard.desk.lockout import one_try
from switchboard.desk.orders import Order, cancel_callback, order_callback, quote, talk_s
from switchboard.desk.permission import permit
from switchboard.desk.planned import cancel_planned, plan_callback
from switchboard.desk.text_senders import Asking, phones_of
from switchboard.desk.vouchers import redeem
from switchboard.errors import NotANumber, NotFound
from switchboard.money import Money
from switchboard.numbering import PhoneNumber, parse_number
from switchboard.rating.price import LegPrice
from switchboard.texts.clock import instant_of
from switchboard.texts.grammar import unreadable
from switchboard.texts.orders import (
    Confirm,
    Connect,
    HangUp,
    Later,
    Redeem,
    Redial,
    Register,
    ShowBalance,
    ShowHelp,
    ShowPrice,
)
from switchboard.texts.replies import Reply

# So far back is looked for the last number and the running call.
RECENT = 20


def answer_order(asking: Asking) -> Reply:
    """The order is carried out, once for each trigger; the reply says what happens. Refuses as its
    use case does."""
    return ORDERS[type(asking.order)](asking, asking.order)


def connect(asking: Asking, order: Connect) -> Reply:
    return _call(asking, *_phones(asking, order.phones))


def plan(asking: Asking, order: Later) -> Reply:
    customer, destination = _phones(asking, order.phones)
    ports, zone = asking.ports, asking.account.profile.time_zone
    wanted = _order(asking, customer, destination)
    known = ports.schedule.find(wanted.callback_id)
    at = instant_of(order.at, order.on, ports.clock.now(), zone) if known is None else known.at
    planned = plan_callback(ports, asking.account, wanted, at)
    return _reply(asking, "planned", customer, destination, **_shown(planned.at, zone))


def show_balance(asking: Asking, _order: ShowBalance) -> Reply:
    balance = asking.account.balance
    return Reply("balance", {"balance": str(balance.posted), "available": str(balance.available)})


def show_price(asking: Asking, order: ShowPrice) -> Reply:
    customer, destination = _phones(asking, order.phones)
    permit(asking.ports, asking.account, customer, destination)
    price = quote(asking.ports, asking.account, customer, destination)
    legs = [leg for leg in (price.customer, price.destination) if leg is not None]
    seconds = talk_s(asking.ports, asking.account, customer, destination, price)
    return Reply(
        "price",
        {
            "to": str(destination),
            "per_minute": _sum(legs, price.currency, lambda leg: leg.per_minute),
            "fee": _sum(legs, price.currency, lambda leg: leg.fee),
            "minutes": str(seconds // 60),
        },
    )


def redial(asking: Asking, _order: Redial) -> Reply:
    destination = next(
        (one.destination for one in _recent(asking) if one.destination is not None), None
    )
    if destination is None:
        raise NotFound("there is no number that you called before")
    return _call(asking, asking.incoming.sender, destination)


def hang_up(asking: Asking, _order: HangUp) -> Reply:
    ports, name = asking.ports, asking.account.profile.account
    now, sender = ports.clock.now(), asking.incoming.sender
    running = next((one for one in _recent(asking) if not one.state_at(now).final), None)
    if running is not None:
        cancel_callback(ports, name, running.id)
        return Reply("hung_up")
    plans = ports.schedule.of(name)
    mine = [one for one in plans if one.customer == sender] or plans
    if not mine:
        raise NotFound("there is no call to end")
    cancelled = cancel_planned(ports, name, mine[0].id)
    zone = asking.account.profile.time_zone
    return Reply("unplanned", _shown(cancelled.at, zone))


def top_up(asking: Asking, order: Redeem) -> Reply:
    """Vouchers are PINs: whoever tries them is locked out as for any other."""
    ports, incoming = asking.ports, asking.incoming
    with one_try(ports, incoming.sender, incoming.service):
        name = asking.account.profile.account
        account = redeem(ports, asking.keys.pins, name, order.voucher)
    return Reply("redeemed", {"balance": str(account.balance.posted)})


def register(asking: Asking, order: Register) -> Reply:
    """A phone that texts with a PIN or a password proves itself; any other gets a code."""
    try:
        number = parse_number(order.phone, asking.account.profile.country)
    except NotANumber:
        raise unreadable() from None
    if asking.proven and number == asking.incoming.sender:
        add_number(asking.ports, asking.account, number)
        return Reply("registered", {"number": str(number)})
    text_code(asking.ports, asking.keys.codes, asking.keys.texts, asking.account, number)
    return Reply("code_sent", {"number": str(number)})


def confirmed(asking: Asking, _order: Confirm) -> Reply:
    return Reply("registered", {"number": str(asking.incoming.sender)})


def show_help(_asking: Asking, _order: ShowHelp) -> Reply:
    return Reply("help")


ORDERS: dict[type, Callable[[Asking, Any], Reply]] = {
    Connect: connect,
    Later: plan,
    ShowBalance: show_balance,
    ShowPrice: show_price,
    Redial: redial,
    HangUp: hang_up,
    Redeem: top_up,
    Register: register,
    Confirm: confirmed,
    ShowHelp: show_help,
}


def _phones(asking: Asking, phones: str) -> tuple[PhoneNumber, PhoneNumber | None]:
    """The customer's phone, the sender's unless another is named, and the destination."""
    sender = asking.incoming.sender
    if not phones:
        return sender, None
    customer, destination = phones_of(asking.ports, asking.account, phones)
    return customer or sender, destination


def _call(asking: Asking, customer: PhoneNumber, destination: PhoneNumber | None) -> Reply:
    order = _order(asking, customer, destination)
    callback = order_callback(asking.ports, asking.account, order)
    return _reply(asking, "calling", callback.customer, callback.destination)


def _order(asking: Asking, customer: PhoneNumber, destination: PhoneNumber | None) -> Order:
    sender, trigger = asking.incoming.sender, asking.incoming.trigger
    return Order(customer, destination, trigger, named=customer != sender, texted_by=sender)


def _reply(
    asking: Asking,
    sentence: str,
    customer: PhoneNumber,
    destination: PhoneNumber | None,
    **gaps: str,
) -> Reply:
    if destination is None:
        return Reply(f"{sentence}_to_ask", gaps)
    if customer == asking.incoming.sender:
        return Reply(sentence, {**gaps, "to": str(destination)})
    return Reply(f"{sentence}_both", {**gaps, "customer": str(customer), "to": str(destination)})


def _recent(asking: Asking) -> list[Callback]:
    """The account's last callbacks, newest first, those of the sender's phone before others."""
    name = asking.account.profile.account
    page = asking.ports.callbacks.recent(name, limit=RECENT, cursor=None)
    return sorted(page.items, key=lambda one: one.customer != asking.incoming.sender)


def _shown(at: datetime, zone: str) -> dict[str, str]:
    local = at.astimezone(ZoneInfo(zone))
    return {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def _sum(legs: list[LegPrice], currency: str, part: Callable[[LegPrice], Any]) -> str:
    # Rounded up: nobody is charged more than was said.
    micros = -(-sum(part(leg) for leg in legs) * 1_000_000 // 1)
    return str(Money(currency, int(micros)))
