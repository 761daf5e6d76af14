"""Callback numbers: which phones act for the account, which one is called first, and new ones."""

from chalice.app import Response

from chalicelib.portal.customer import Customer, for_customer
from chalicelib.progress import progress_of
from chalicelib.refusals import Misentered
from chalicelib.routes import callback_id, source_of
from switchboard.calls.callback import Callback
from switchboard.desk.callback_numbers import By, arrange_numbers, confirm_number, text_code
from switchboard.desk.code_calls import call_for_code
from switchboard.desk.orders import find_callback
from switchboard.errors import Refusal
from switchboard.numbering import PhoneNumber, parse_number


@for_customer
def show_numbers(customer: Customer) -> Response:
    return _numbers(customer)


@for_customer
def post_code(customer: Customer) -> Response:
    """Asks for a code: texted to the phone, or shown here and keyed in there."""
    form = customer.form()
    try:
        number = parse_number(form.text("number"), customer.account.profile.country)
        return _ask(customer, number, form.text("by"))
    except Refusal as refusal:
        return _numbers(customer, refusal, entered=form.text("number"))


@for_customer
def post_confirmation(customer: Customer) -> Response:
    form = customer.form()
    try:
        number = PhoneNumber(form.text("number"))
    except Refusal as refusal:
        return _numbers(customer, refusal)
    try:
        key, code = customer.wiring.settings.pin_key, form.text("code").replace(" ", "")
        confirm_number(customer.ports, key, number, code, account=customer.id)
    except Refusal as refusal:
        return customer.page("portal/code_texted.html", {"number": number}, refusal=refusal)
    return customer.go("/portal/numbers?done=added")


@for_customer
def post_default(customer: Customer) -> Response:
    return _arrange(customer, first=True)


@for_customer
def post_removal(customer: Customer) -> Response:
    return _arrange(customer, first=False)


@for_customer
def show_code_call(customer: Customer) -> Response:
    """How far a call is that asks for a code; a part of the page that shows the code."""
    callback = find_callback(customer.ports, customer.id, callback_id(customer.request))
    return customer.page("portal/code_call.html", _progress(customer, callback))


def _progress(customer: Customer, callback: Callback) -> dict[str, object]:
    progress = progress_of(callback, None, customer.ports.clock.now())
    return {"callback": callback, "progress": progress}


def _ask(customer: Customer, number: PhoneNumber, by: str) -> Response:
    maker, address = customer.wiring.text_keys.codes, source_of(customer.request)
    account = customer.account
    if by == By.CALL.value:
        call = call_for_code(customer.ports, maker, account, number, address=address)
        shown = {"number": number, "code": call.code.digits, **_progress(customer, call.callback)}
        return customer.page("portal/code_called.html", shown)
    texts = customer.wiring.texts
    text_code(customer.ports, maker, texts, account, number, address=address)
    return customer.page("portal/code_texted.html", {"number": number})


def _arrange(customer: Customer, *, first: bool) -> Response:
    form = customer.form()
    try:
        number = PhoneNumber(form.text("number"))
        known = customer.account.profile.numbers
        if number not in known:
            raise Misentered(customer.reader.say("This is none of your phones."))
        others = [one for one in known if one != number]
        arrange_numbers(customer.ports, customer.id, [number, *others] if first else others)
    except Refusal as refusal:
        return _numbers(customer, refusal)
    return customer.go(f"/portal/numbers?done={'first' if first else 'removed'}")


def _numbers(customer: Customer, refusal: Refusal | None = None, *, entered: str = "") -> Response:
    shown = {"numbers": customer.account.profile.numbers, "entered": entered}
    return customer.page("portal/numbers.html", shown, refusal=refusal)
