"""The pages by which a customer signs in and out."""

from chalice.app import Request, Response

from chalicelib.readers import visitor_of
from chalicelib.refusals import reason_of
from chalicelib.render import redirect, render
from chalicelib.routes import source_of, status_of
from chalicelib.sessions import Session
from chalicelib.visits import (
    StaleForm,
    begin,
    forget,
    keep,
    own_form,
    seal_of,
    visit_of,
)
from chalicelib.wiring import Wiring
from switchboard.desk.accounts import sign_in
from switchboard.desk.lockout import one_sign_in
from switchboard.desk.visits import end_visit
from switchboard.errors import NotSignedIn, Refusal, TooOften

# Longer than any login or password that is kept; hashing what is longer would cost us.
LONGEST_ENTRY = 256


def show_login(wiring: Wiring, request: Request) -> Response:
    visit = visit_of(wiring, request)
    if visit.account is not None:
        return redirect(wiring.settings, "/")
    return _login_page(wiring, request, visit)


def log_in(wiring: Wiring, request: Request) -> Response:
    visit = visit_of(wiring, request)
    try:
        form = own_form(wiring, request, visit)
    except StaleForm as refusal:
        return _login_page(wiring, request, visit, refusal=refusal)
    login, password = form.text("login"), form.get("password", [""])[0]
    try:
        if not login or max(len(login), len(password)) > LONGEST_ENTRY:
            raise NotSignedIn("login or password is wrong")
        with one_sign_in(wiring.ports, login, source_of(request)):
            account = sign_in(wiring.ports, wiring.passwords, login, password)
    except (NotSignedIn, TooOften) as refusal:
        return _login_page(wiring, request, visit, login=login, refusal=refusal)
    begun = begin(wiring, request, account.profile)
    return keep(redirect(wiring.settings, "/"), wiring.settings, begun)


def log_out(wiring: Wiring, request: Request) -> Response:
    visit = visit_of(wiring, request)
    own_form(wiring, request, visit)
    if visit.account is not None:
        end_visit(wiring.ports, visit.account, visit.nonce)
    return forget(redirect(wiring.settings, "/login"), wiring.settings)


def _login_page(
    wiring: Wiring,
    request: Request,
    visit: Session,
    *,
    login: str = "",
    refusal: Refusal | None = None,
) -> Response:
    reader = visitor_of(request)
    values = {
        "form_token": seal_of(wiring.settings).form_token(visit),
        "login": login[:LONGEST_ENTRY],
        "alert": None if refusal is None else reason_of(refusal, reader),
    }
    status = 200 if refusal is None else status_of(refusal)
    page = render(wiring.settings, "login.html", values, status=status, reader=reader)
    return keep(page, wiring.settings, visit)
