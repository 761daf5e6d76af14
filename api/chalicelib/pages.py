"""Every page and what it is made with, under its address."""

from chalice.app import Request, Response

from chalicelib.assets import show_asset, show_vendored_asset
from chalicelib.languages import choose_language
from chalicelib.portal import (
    callbacks,
    calls,
    connect,
    numbers,
    overview,
    phone_book,
    plan,
    rates,
    settings,
)
from chalicelib.readers import Reader, reader_of, visitor_of
from chalicelib.refusals import reason_of
from chalicelib.render import redirect, render
from chalicelib.routes import FORM, Routes, status_of
from chalicelib.signing_in import log_in, log_out, show_login
from chalicelib.visits import visit_of
from chalicelib.wiring import Wire, Wiring
from switchboard.errors import NotSignedIn, Refusal

SHOWN = (
    ("/", connect.show_home),
    ("/number", connect.show_number),
    ("/price", connect.show_price),
    ("/callbacks/{id}", callbacks.show_callback_page),
    ("/callbacks/{id}/progress", callbacks.show_progress),
    ("/portal", overview.show_overview),
    ("/portal/statement", overview.show_statement),
    ("/portal/calls", calls.show_calls),
    ("/portal/calls/export", calls.export_calls),
    ("/portal/numbers", numbers.show_numbers),
    ("/portal/numbers/calls/{id}", numbers.show_code_call),
    ("/portal/phonebook", phone_book.show_phone_book),
    ("/portal/plan", plan.show_plan),
    ("/portal/rates", rates.show_rates),
    ("/portal/scheduled", callbacks.show_scheduled),
    ("/portal/settings", settings.show_settings),
    ("/login", show_login),
    ("/static/{name}", show_asset),
    ("/static/vendor/{name}", show_vendored_asset),
)
POSTED = (
    ("/callbacks", connect.post_callback),
    ("/callbacks/{id}/cancel", callbacks.post_cancel),
    ("/portal/vouchers", overview.post_voucher),
    ("/portal/numbers/codes", numbers.post_code),
    ("/portal/numbers/confirmations", numbers.post_confirmation),
    ("/portal/numbers/default", numbers.post_default),
    ("/portal/numbers/removals", numbers.post_removal),
    ("/portal/phonebook/names", phone_book.post_name),
    ("/portal/phonebook/names/removals", phone_book.post_name_removal),
    ("/portal/phonebook/dials", phone_book.post_speed_dial),
    ("/portal/phonebook/dials/removals", phone_book.post_speed_dial_removal),
    ("/portal/scheduled/{id}/cancel", callbacks.post_unplan),
    ("/portal/settings/password", settings.post_password),
    ("/portal/settings/visits/ends", settings.post_visit_end),
    ("/portal/settings/visits/others/ends", settings.post_other_visits_end),
    ("/language", choose_language),
    ("/login", log_in),
    ("/logout", log_out),
)


def page_routes(wire: Wire) -> Routes:
    """The pages, and the files that they are made with."""
    routes = Routes(wire, refuse_as_page)
    for path, view in SHOWN:
        routes.add("GET", path, view)
    for path, view in POSTED:
        routes.add("POST", path, view, takes=[FORM])
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
    reader = _reader(wiring, request)
    values = {"message": reason_of(refusal, reader)}
    return render(wiring.settings, "problem.html", values, status=status_of(refusal), reader=reader)


def _reader(wiring: Wiring, request: Request) -> Reader:
    account = visit_of(wiring, request).account
    if account is None:
        return visitor_of(request)
    return reader_of(wiring.ports.accounts.get(account))
