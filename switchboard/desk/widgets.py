"""Widgets: set up by operators; their visitors ask to be called."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.billing.account import Account
from switchboard.billing.limits import check_customer
from switchboard.billing.widget import Widget
from switchboard.calls.callback import Callback, Trigger
from switchboard.desk.callback_numbers import CodeUse, make_code, take_code
from switchboard.desk.orders import Order, check_order, find_callback, order_callback
from switchboard.desk.text_senders import TextKeys
from switchboard.desk.velocity import count_code_of_visitor, count_visit, count_visitor
from switchboard.errors import AlreadyExists, Conflict, NotFound, NumberClosed, WrongCode
from switchboard.numbering import PhoneNumber
from switchboard.ports import Limit, Ports
from switchboard.texts.replies import Reply, say

TRIGGER = "widget"
# Of one form, whatever happens to its second posting.
ONCE = Limit(1, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Visit:
    """One form of a widget, filled in by whoever is at this address. `form` is its own id: posted
    again for the same phone, it asks for the same call."""

    widget: Widget
    form: str
    address: str

    def order(self, phone: PhoneNumber) -> Order:
        """What the form asks for."""
        trigger = Trigger(TRIGGER, f"{self.widget.id}#{self.form}#{phone}")
        return Order(phone, self.widget.destination, trigger, language=self.widget.language)


def add_widget(ports: Ports, widget: Widget) -> None:
    """Add a widget. AlreadyExists where there is one of its id, NotFound where its account does
    not exist."""
    ports.accounts.get(widget.account)
    if not ports.widgets.add(widget):
        raise AlreadyExists(f"there is a widget {widget.id} already")


def change_widget(ports: Ports, old: Widget, new: Widget) -> None:
    """Replace a widget. Conflict where it is no longer the old one."""
    ports.accounts.get(new.account)
    if not ports.widgets.change(old, new):
        raise Conflict(f"widget {old.id} is being changed by somebody else")


def shown_widget(ports: Ports, widget_id: str) -> Widget:
    """A widget that visitors may see. NotFound where there is none, or it is switched off."""
    widget = ports.widgets.get(widget_id)
    if not widget.enabled:
        raise NotFound(f"there is no widget {widget_id[:40]}")
    return widget


def ask_for_call(ports: Ports, keys: TextKeys, visit: Visit, phone: PhoneNumber) -> Callback | None:
    """The callback that connects a visitor; None where a code was texted to the phone, by which
    `call_with_code` goes on. The same form again does nothing more.

    Refuses before anything is sent or dialled: NumberClosed, TooOften, NotAllowed, NotTexted, and
    all that `order_callback` refuses. What the account may call beyond others is not open to
    visitors: they are rung at its cost, and might earn by that.
    """
    known = _asked_before(ports, visit, phone)
    if known is not None:
        return known
    count_visit(ports, visit.widget, visit.address)
    account = _admitted(ports, visit, phone)
    if not visit.widget.asks_code:
        count_visitor(ports, visit.widget, phone)
        return _call(ports, account, visit.order(phone))
    # A code is not texted for a call that cannot be.
    check_order(ports, account, visit.order(phone))
    if ports.throttle.take(f"form#{visit.order(phone).callback_id}", ONCE, ports.clock.now()):
        count_visitor(ports, visit.widget, phone)
        count_code_of_visitor(ports, phone, visit.address)
        code = make_code(ports, keys.codes, account.profile.account, phone, CodeUse.VISIT)
        words = Reply("visitor_code", {"code": code.digits})
        keys.texts.send(phone, say(words, visit.widget.language))
    return None


def call_with_code(
    ports: Ports, keys: TextKeys, visit: Visit, phone: PhoneNumber, code: str
) -> Callback:
    """The callback that connects a visitor who has entered the code that was texted to the phone.
    WrongCode where it is another, or too old; else refuses as `ask_for_call` does."""
    known = _asked_before(ports, visit, phone)
    if known is not None:
        return known
    account = _admitted(ports, visit, phone)
    owner = take_code(ports, keys.pins, phone, code, CodeUse.VISIT)
    if owner != account.profile.account:
        raise WrongCode("this code is wrong or too old")
    callback = _call(ports, account, visit.order(phone))
    ports.confirmations.remove(phone)
    return callback


def call_of_visitor(ports: Ports, widget: Widget, callback_id: str) -> Callback:
    """A callback that was asked for by this widget. NotFound where it was not."""
    callback = find_callback(ports, widget.account, callback_id)
    if callback.trigger != TRIGGER:
        raise NotFound("there is no such callback")
    return callback


def check_open(widget: Widget, now: datetime) -> None:
    """NumberClosed outside of the opening hours."""
    if widget.opens_at(now) > now:
        raise NumberClosed("we are closed now")


def _asked_before(ports: Ports, visit: Visit, phone: PhoneNumber) -> Callback | None:
    return ports.callbacks.find(visit.order(phone).callback_id)


def _admitted(ports: Ports, visit: Visit, phone: PhoneNumber) -> Account:
    """The account that pays, if visitors may have this phone called now."""
    check_open(visit.widget, ports.clock.now())
    account = ports.accounts.get(visit.widget.account)
    plain = replace(account.profile, allowed_classes=(), allowed_prefixes=())
    check_customer(plain, ports.settings.classes(), phone)
    return account


def _call(ports: Ports, account: Account, order: Order) -> Callback:
    callback = order_callback(ports, account, order)
    # Whoever knows a number shall not watch the calls of who has it.
    if callback.id != order.callback_id:
        raise Conflict("this phone is being called already")
    return callback
