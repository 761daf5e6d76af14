"""How operators sign in and out: a password, then a code where they have a second factor."""

from chalice.app import Request, Response

from chalicelib.admin.console import (
    LOGIN,
    Console,
    Pages,
    own_path,
    posted_form,
)
from chalicelib.admin.cookies import forget, keep, seal_of, session_of
from chalicelib.forms import Form
from chalicelib.readers import visitor_of
from chalicelib.render import redirect, render
from chalicelib.routes import FORM, query_of, source_of, status_of
from chalicelib.sessions import Session
from chalicelib.visits import StaleForm
from chalicelib.wiring import Wiring
from switchboard.desk.office import entrance
from switchboard.desk.office.entrance import Browser, visit_of
from switchboard.errors import NotSignedIn, Refusal, TooOften
from switchboard.staff.visits import LONGEST, Visit

# Longer than any login or password that is kept; hashing what is longer would cost us.
LONGEST_ENTRY = 256


def add_to(pages: Pages) -> None:
    """The pages that are open to whoever is not signed in, and the way out."""
    pages.add("GET", LOGIN, show_login)
    pages.add("POST", LOGIN, log_in, takes=[FORM])
    pages.add("POST", "/admin/login/code", check_code, takes=[FORM])
    pages.do("/admin/logout", log_out)


def show_login(wiring: Wiring, request: Request) -> Response:
    session = session_of(wiring, request)
    visit = _visit(wiring, session)
    if visit is not None and visit.complete:
        return redirect(wiring.settings, own_path(query_of(request).get("next", "")))
    return _page(wiring, request, session, visit)


def log_in(wiring: Wiring, request: Request) -> Response:
    session = session_of(wiring, request)
    try:
        form = posted_form(wiring, request, session)
        login, password = form.text("login"), form.get("password", [""])[0]
        if not login or max(len(login), len(password)) > LONGEST_ENTRY:
            raise NotSignedIn("login or password is wrong")
        begun = _new_session(wiring, login)
        browser = _browser(request, begun)
        visit = entrance.sign_in(wiring.ports, wiring.passwords, login, password, browser)
    except (StaleForm, NotSignedIn, TooOften) as refusal:
        return _page(wiring, request, session, None, refusal)
    if visit.complete:
        return keep(_onward(wiring, form), wiring.settings, begun)
    return _page(wiring, request, begun, visit)


def check_code(wiring: Wiring, request: Request) -> Response:
    session = session_of(wiring, request)
    visit = _visit(wiring, session)
    try:
        form = posted_form(wiring, request, session)
        if visit is None:
            raise NotSignedIn("it took too long: please sign in again")
        begun = _new_session(wiring, visit.user)
        code, browser = form.text("code")[:LONGEST_ENTRY], _browser(request, begun)
        entrance.sign_in_with_code(wiring.ports, wiring.safe, visit, code, browser)
    except (StaleForm, NotSignedIn, TooOften) as refusal:
        return _page(wiring, request, session, visit, refusal)
    return keep(_onward(wiring, form), wiring.settings, begun)


def log_out(console: Console) -> Response:
    entrance.sign_out(console.ports, console.visit)
    return forget(console.go(LOGIN), console.wiring.settings)


def _visit(wiring: Wiring, session: Session) -> Visit | None:
    if session.account is None:
        return None
    try:
        return visit_of(wiring.ports, session.account, session.nonce)
    except NotSignedIn:
        return None


def _new_session(wiring: Wiring, login: str) -> Session:
    """Whatever knew what the browser bore before knows nothing of this one."""
    return Session.begin(login, wiring.ports.clock.now(), LONGEST)


def _browser(request: Request, session: Session) -> Browser:
    name = request.headers.get("user-agent", "")
    return Browser(session.nonce, source_of(request), name)


def _onward(wiring: Wiring, form: Form) -> Response:
    return redirect(wiring.settings, own_path(form.text("next")))


def _page(
    wiring: Wiring,
    request: Request,
    session: Session,
    visit: Visit | None,
    refusal: Refusal | None = None,
) -> Response:
    """What is asked next: the code of whoever gave the right password, else the password."""
    form = Form()
    if request.method == "POST" and not isinstance(refusal, StaleForm):
        form = posted_form(wiring, request, session_of(wiring, request))
    values = {
        "form_token": seal_of(wiring.settings).form_token(session),
        "login": form.text("login")[:LONGEST_ENTRY],
        "next": own_path(form.text("next") or query_of(request).get("next", "")),
        "alert": refusal.message if refusal else "",
    }
    template = "admin/login.html" if visit is None else "admin/code.html"
    status = status_of(refusal) if refusal else 200
    reader = visitor_of(request)
    page = render(wiring.settings, template, values, status=status, reader=reader)
    return keep(page, wiring.settings, session)
