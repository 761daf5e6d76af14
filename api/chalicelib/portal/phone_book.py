"""The phone book and the speed dials, a line at a time."""

from chalice.app import Response

from chalicelib.portal.connect import phone_of
from chalicelib.portal.customer import Customer, for_customer
from chalicelib.refusals import Misentered
from chalicelib.routes import query_of
from switchboard.calls.phonebook import SPEED_DIALS
from switchboard.desk.phone_books import set_lines
from switchboard.errors import Refusal

LONGEST = 60


@for_customer
def show_phone_book(customer: Customer) -> Response:
    return _book(customer)


@for_customer
def post_name(customer: Customer) -> Response:
    """Adds a name, or gives it another number."""
    form = customer.form()
    entered = {"name": form.text("name")[:LONGEST], "number": form.text("number")[:LONGEST]}
    try:
        book = customer.ports.phone_books.get(customer.id)
        number = phone_of(customer, book, entered["number"])
        set_lines(customer.ports, customer.id, names={entered["name"]: number}, dials={})
    except Refusal as refusal:
        return _book(customer, refusal, name=entered)
    return customer.go("/portal/phonebook?done=saved")


@for_customer
def post_name_removal(customer: Customer) -> Response:
    form = customer.form()
    set_lines(customer.ports, customer.id, names={form.text("name"): None}, dials={})
    return customer.go("/portal/phonebook?done=removed")


@for_customer
def post_speed_dial(customer: Customer) -> Response:
    form = customer.form()
    entered = {"key": form.text("key")[:LONGEST], "number": form.text("number")[:LONGEST]}
    try:
        book = customer.ports.phone_books.get(customer.id)
        number = phone_of(customer, book, entered["number"])
        dials = {_key(customer, entered["key"]): number}
        set_lines(customer.ports, customer.id, names={}, dials=dials)
    except Refusal as refusal:
        return _book(customer, refusal, dial=entered)
    return customer.go("/portal/phonebook?done=saved")


@for_customer
def post_speed_dial_removal(customer: Customer) -> Response:
    form = customer.form()
    key = _key(customer, form.text("key"))
    set_lines(customer.ports, customer.id, names={}, dials={key: None})
    return customer.go("/portal/phonebook?done=removed")


def _book(
    customer: Customer,
    refusal: Refusal | None = None,
    *,
    name: dict[str, str] | None = None,
    dial: dict[str, str] | None = None,
) -> Response:
    book = customer.ports.phone_books.get(customer.id)
    asked = query_of(customer.request)
    free = next((key for key in SPEED_DIALS if key not in book.speed_dials), None)
    shown = {
        "names": sorted(book.names.items(), key=lambda known: known[0].casefold()),
        "speed_dials": sorted(book.speed_dials.items()),
        "entered_name": name or {"name": "", "number": asked.get("number", "")[:LONGEST]},
        "entered_dial": dial or {"key": str(free or ""), "number": ""},
        "last_key": SPEED_DIALS[-1],
    }
    return customer.page("portal/phone_book.html", shown, refusal=refusal)


def _key(customer: Customer, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise Misentered(customer.reader.say("A speed dial is a number from 1 to 99."))
    return int(text)
