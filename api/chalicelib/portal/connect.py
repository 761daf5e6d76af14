"""Connect Two: two phones, the price before the button, now or at a time to come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import uuid4

from chalice.app import Response

from chalicelib.forms import Form
from chalicelib.portal.customer import Customer, for_customer
from chalicelib.progress import outcome
from chalicelib.refusals import Misentered, reason_of
from chalicelib.routes import query_of, source_of
from switchboard.calls.callback import Trigger
from switchboard.calls.phonebook import PhoneBook
from switchboard.desk.orders import Order, order_callback, quote, talk_s
from switchboard.desk.permission import permit
from switchboard.desk.planned import plan_callback
from switchboard.desk.velocity import count_order
from switchboard.errors import Refusal
from switchboard.numbering import PhoneNumber, parse_number, region_of, spaced
from switchboard.texts.clock import FURTHEST, instant_of
from switchboard.wire import Body, quote_body

RECENT = 6


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form, as it was typed, and the price if it was asked for."""

    customer: str
    destination: str
    on: str = ""
    at: str = ""
    price: Body | None = None

    @classmethod
    def of(cls, form: Form) -> "Entered":
        return cls(form.text("from"), form.text("to"), form.text("on"), form.text("at"))


@for_customer
def show_home(customer: Customer) -> Response:
    default = customer.account.profile.default_number
    asked = query_of(customer.request)
    entered = Entered("" if default is None else spaced(default), asked.get("to", "")[:40])
    return _home(customer, entered)


@for_customer
def show_number(customer: Customer) -> Response:
    """What a phone that is being typed is: its number in full, and its country."""
    asked = query_of(customer.request)
    typed = (asked.get("from") or asked.get("to") or asked.get("number") or "").strip()
    try:
        number = phone_of(customer, customer.ports.phone_books.get(customer.id), typed)
    except Refusal:
        return customer.page("portal/number.html", {"number": None})
    shown = {"number": spaced(number), "region": region_of(number)}
    return customer.page("portal/number.html", shown)


@for_customer
def show_price(customer: Customer) -> Response:
    asked = query_of(customer.request)
    entered = Entered(asked.get("from", "").strip(), asked.get("to", "").strip())
    if not (entered.customer and entered.destination):
        return customer.page("price_hint.html", {})
    try:
        price = _price(customer, *_phones(customer, entered))
    except Refusal as refusal:
        reason = reason_of(refusal, customer.reader)
        return customer.page("price_refused.html", {"message": reason})
    return customer.page("price.html", {"price": price})


@for_customer
def post_callback(customer: Customer) -> Response:
    form = customer.form()
    entered = Entered.of(form)
    try:
        phones = _phones(customer, entered)
        if "price_only" in form:
            return _home(customer, replace(entered, price=_price(customer, *phones)))
        at = _instant(customer, entered) if "later" in form else None
        return _order(customer, phones, at, form.text("nonce"))
    except Refusal as refusal:
        return _home(customer, entered, refusal)


def phone_of(customer: Customer, book: PhoneBook, typed: str) -> PhoneNumber:
    """The phone that a customer means: a name of the phone book, or a number."""
    known = book.find(typed)
    return known or parse_number(typed, customer.account.profile.country)


def _phones(customer: Customer, entered: Entered) -> tuple[PhoneNumber, PhoneNumber]:
    book = customer.ports.phone_books.get(customer.id)
    return (
        phone_of(customer, book, entered.customer),
        phone_of(customer, book, entered.destination),
    )


def _instant(customer: Customer, entered: Entered) -> datetime:
    """The time that was entered, by the account's clocks."""
    try:
        on = date.fromisoformat(entered.on) if entered.on else None
        at = time.fromisoformat(entered.at)
    except ValueError:
        raise Misentered(customer.reader.say("Give a time for the callback, like 18:30.")) from None
    if at.tzinfo is not None:
        raise Misentered(customer.reader.say("Give a time for the callback, like 18:30."))
    zone = customer.account.profile.time_zone
    return instant_of(at.replace(second=0, microsecond=0), on, customer.ports.clock.now(), zone)


def _order(
    customer: Customer,
    phones: tuple[PhoneNumber, PhoneNumber],
    at: datetime | None,
    nonce: str,
) -> Response:
    # Pressed twice, it is one callback; with other numbers after a step back, it is another.
    when = [] if at is None else [at.isoformat()]
    key = "#".join([customer.id, nonce, *map(str, phones), *when])
    count_order(customer.ports, customer.id, source_of(customer.request))
    order = Order(*phones, Trigger("web", key), named=True)
    if at is not None:
        plan_callback(customer.ports, customer.account, order, at)
        return customer.go("/portal/scheduled?done=planned")
    callback = order_callback(customer.ports, customer.account, order)
    return customer.go(f"/callbacks/{callback.id}")


def _price(customer: Customer, phone: PhoneNumber, destination: PhoneNumber) -> Body:
    ports, account = customer.ports, customer.account
    priced = quote(ports, account, phone, destination)
    permit(ports, account, phone, destination)
    talk = talk_s(ports, account, phone, destination, priced)
    return quote_body(priced, phone, destination, talk)


def _home(customer: Customer, entered: Entered, refusal: Refusal | None = None) -> Response:
    ports, now = customer.ports, customer.ports.clock.now()
    recent = ports.callbacks.recent(customer.id, limit=RECENT, cursor=None)
    today = customer.reader.local(now).date()
    values = {
        "own": [(spaced(number), "") for number in customer.account.profile.numbers],
        "known": _names(ports.phone_books.get(customer.id)),
        "entered": entered,
        "price": entered.price,
        "nonce": uuid4().hex,
        "recent": [(callback, outcome(callback, now)) for callback in recent.items],
        "planned": ports.schedule.of(customer.id),
        "first_day": today.isoformat(),
        "last_day": (today + FURTHEST).isoformat(),
    }
    return customer.page("portal/home.html", values, refusal=refusal)


def _names(book: PhoneBook) -> Sequence[tuple[str, str]]:
    return [(name, spaced(number)) for name, number in sorted(book.names.items())]
