"""Connect Two: the customer's pages to order a callback and to watch it."""

from dataclasses import dataclass, replace
from uuid import uuid4

from chalice.app import Request, Response

from chalicelib.assets import show_asset, show_vendored_asset
from chalicelib.progress import Progress, outcome, progress_of
from chalicelib.render import redirect, render
from chalicelib.routes import FORM, Routes, callback_id, query_of, source_of, status_of
from chalicelib.sessions import Session
from chalicelib.signing_in import log_in, log_out, show_login
from chalicelib.visits import own_form, seal_of, signed_in
from chalicelib.wiring import Wire, Wiring
from switchboard.billing.account import Account
from switchboard.calls.callback import Callback, Trigger
from switchboard.desk.orders import (
    Order,
    cancel_callback,
    find_callback,
    order_callback,
    quote,
    talk_s,
)
from switchboard.desk.velocity import count_order
from switchboard.errors import NotSignedIn, Refusal
from switchboard.numbering import PhoneNumber, parse_number
from switchboard.wire import Body, quote_body

RECENT = 6


def page_routes(wire: Wire) -> Routes:
    """The pages, and the files that they are made with."""
    routes = Routes(wire, refuse_as_page)
    routes.add("GET", "/", show_home)
    routes.add("GET", "/price", show_price)
    routes.add("POST", "/callbacks", post_callback, takes=[FORM])
    routes.add("GET", "/callbacks/{id}", show_callback_page)
    routes.add("GET", "/callbacks/{id}/progress", show_progress)
    routes.add("POST", "/callbacks/{id}/cancel", post_cancel, takes=[FORM])
    routes.add("GET", "/login", show_login)
    routes.add("POST", "/login", log_in, takes=[FORM])
    routes.add("POST", "/logout", log_out, takes=[FORM])
    routes.add("GET", "/static/{name}", show_asset)
    routes.add("GET", "/static/vendor/{name}", show_vendored_asset)
    return routes


def refuse_as_page(wiring: Wiring, request: Request, refusal: Refusal) -> Response:
    """A refusal as a visitor reads it; whoever is not signed in is sent to do so."""
    if isinstance(refusal, NotSignedIn):
        response = redirect(wiring.settings, "/login")
        if "hx-request" in request.headers:
            # htmx would follow a redirect and put the whole page in the place of a part.
            response.status_code = 401
            response.headers["HX-Redirect"] = response.headers.pop("Location")
        return response
    values = {"message": refusal.message}
    return render(wiring.settings, "problem.html", values, status=status_of(refusal))


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form: two numbers as they were typed, their price if it was asked for,
    and why they were refused."""

    customer: str
    destination: str
    price: Body | None = None
    refusal: Refusal | None = None


@signed_in
def show_home(wiring: Wiring, _request: Request, visit: Session, account_id: str) -> Response:
    account = wiring.ports.accounts.get(account_id)
    default = account.profile.default_number
    return _home(wiring, visit, account, Entered(str(default or ""), ""))


@signed_in
def show_price(wiring: Wiring, request: Request, _visit: Session, account_id: str) -> Response:
    asked = query_of(request)
    customer, destination = (asked.get(name, "").strip() for name in ("from", "to"))
    if not (customer and destination):
        return render(wiring.settings, "price_hint.html", {})
    account = wiring.ports.accounts.get(account_id)
    try:
        price = _price(wiring, account, *_phones(account, customer, destination))
    except Refusal as refusal:
        return render(wiring.settings, "price_refused.html", {"message": refusal.message})
    return render(wiring.settings, "price.html", {"price": price})


@signed_in
def post_callback(wiring: Wiring, request: Request, visit: Session, account_id: str) -> Response:
    form = own_form(wiring, request, visit)
    account = wiring.ports.accounts.get(account_id)
    entered = Entered(form.text("from"), form.text("to"))
    try:
        phones = _phones(account, entered.customer, entered.destination)
        if "price_only" in form:
            entered = replace(entered, price=_price(wiring, account, *phones))
            return _home(wiring, visit, account, entered)
        # Pressed twice, it is one callback; with other numbers after a step back, it is another.
        key = "#".join([account_id, form.text("nonce"), *map(str, phones)])
        count_order(wiring.ports, account.profile.account, source_of(request))
        order = Order(*phones, Trigger("web", key), named=True)
        callback = order_callback(wiring.ports, account, order)
    except Refusal as refusal:
        return _home(wiring, visit, account, replace(entered, refusal=refusal))
    return redirect(wiring.settings, f"/callbacks/{callback.id}")


@signed_in
def show_callback_page(
    wiring: Wiring, request: Request, visit: Session, account_id: str
) -> Response:
    callback = find_callback(wiring.ports, account_id, callback_id(request))
    account = wiring.ports.accounts.get(account_id)
    progress = _progress(wiring, callback)
    shown = {"callback": callback, "progress": progress, "swapped": False}
    return render(wiring.settings, "callback.html", {**_frame(wiring, visit, account), **shown})


@signed_in
def show_progress(wiring: Wiring, request: Request, _visit: Session, account_id: str) -> Response:
    callback = find_callback(wiring.ports, account_id, callback_id(request))
    progress = _progress(wiring, callback)
    shown: dict[str, object] = {"callback": callback, "progress": progress, "swapped": True}
    if progress.over:
        shown["balance"] = wiring.ports.accounts.get(account_id).balance.available
    return render(wiring.settings, "progress.html", shown)


@signed_in
def post_cancel(wiring: Wiring, request: Request, visit: Session, account_id: str) -> Response:
    own_form(wiring, request, visit)
    callback = cancel_callback(wiring.ports, account_id, callback_id(request))
    return redirect(wiring.settings, f"/callbacks/{callback.id}")


def _phones(account: Account, customer: str, destination: str) -> tuple[PhoneNumber, PhoneNumber]:
    country = account.profile.country
    return parse_number(customer, country), parse_number(destination, country)


def _price(
    wiring: Wiring, account: Account, customer: PhoneNumber, destination: PhoneNumber
) -> Body:
    priced = quote(wiring.ports, account, customer, destination)
    talk = talk_s(wiring.ports, account, customer, destination, priced)
    return quote_body(priced, customer, destination, talk)


def _home(wiring: Wiring, visit: Session, account: Account, entered: Entered) -> Response:
    now = wiring.ports.clock.now()
    recent = wiring.ports.callbacks.recent(account.profile.account, limit=RECENT, cursor=None)
    values = {
        **_frame(wiring, visit, account),
        "numbers": account.profile.numbers,
        "entered": entered,
        "price": entered.price,
        "nonce": uuid4().hex,
        "recent": [(callback, outcome(callback, now)) for callback in recent.items],
    }
    status = status_of(entered.refusal) if entered.refusal else 200
    return render(wiring.settings, "home.html", values, status=status)


def _frame(wiring: Wiring, visit: Session, account: Account) -> dict[str, object]:
    """What stands around every page of a customer."""
    return {
        "name": account.profile.name,
        "balance": account.balance.available,
        "form_token": seal_of(wiring.settings).form_token(visit),
    }


def _progress(wiring: Wiring, callback: Callback) -> Progress:
    cdr = None
    if callback.state.final:
        cdr = wiring.ports.books.cdr(callback.account, callback.id, callback.requested_at)
    return progress_of(callback, cdr, wiring.ports.clock.now())
