"""Visits: who is signed in by the cookie of a browser, and which forms are of this visit."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from chalice.app import Request, Response

from chalicelib.forms import Form, read_form
from chalicelib.routes import Forged, View, source_of
from chalicelib.sessions import Seal, Session
from chalicelib.settings import Settings
from chalicelib.wiring import Wiring
from switchboard.billing.account import Profile
from switchboard.desk.visits import begin_visit, is_open
from switchboard.errors import NotSignedIn
from switchboard.ports import Visit, VisitKind

VISIT_LIFETIME = timedelta(hours=12)
# Enough to recognise a browser or an app by.
LONGEST_AGENT = 200
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field, not a secret


class StaleForm(Forged):
    """A form was not made for this visit, or the visit is over."""

    code = "stale_form"


def seal_of(settings: Settings) -> Seal:
    """What makes and reads the cookies."""
    return Seal(settings.secret_key, "visit")


def visit_of(wiring: Wiring, request: Request) -> Session:
    """The visit that a request belongs to; a new one, signed in by nobody, where it has none, or
    where that has been ended."""
    now = wiring.ports.clock.now()
    kept = cookies_of(request).get(_name(wiring.settings), "")
    session = seal_of(wiring.settings).open(kept, now)
    if session is None or not _goes_on(wiring, session):
        return Session.begin(None, now, VISIT_LIFETIME)
    return session


def begin(
    wiring: Wiring,
    request: Request,
    profile: Profile,
    *,
    kind: VisitKind = VisitKind.BROWSER,
    lifetime: timedelta = VISIT_LIFETIME,
) -> Session:
    """A new visit, signed in to an account: what knew an old one knows nothing of this one."""
    now = wiring.ports.clock.now()
    session = Session.begin(profile.account, now, lifetime)
    agent = request.headers.get("user-agent", "")[:LONGEST_AGENT]
    visit = Visit(session.nonce, now, session.expires_at, agent, source_of(request), kind)
    begin_visit(wiring.ports, profile, visit)
    return session


def cookies_of(request: Request) -> dict[str, str]:
    """What the browser keeps for us, by name."""
    cookies = request.headers.get("cookie", "").split(";")
    return dict(cookie.strip().partition("=")[::2] for cookie in cookies)


def keep(response: Response, settings: Settings, session: Session) -> Response:
    """The response, by which the browser keeps this visit."""
    return _set_cookie(response, settings, seal_of(settings).close(session), VISIT_LIFETIME)


def forget(response: Response, settings: Settings) -> Response:
    """The response, by which the browser forgets its visit."""
    return _set_cookie(response, settings, "", timedelta(0))


def signed_in(view: Callable[[Wiring, Request, Session, str], Response]) -> View:
    """Gives the view the visit and its account. NotSignedIn where there is none."""

    @wraps(view)
    def with_account(wiring: Wiring, request: Request) -> Response:
        visit = visit_of(wiring, request)
        if visit.account is None:
            raise NotSignedIn("please sign in")
        return view(wiring, request, visit, visit.account)

    return with_account


def own_form(wiring: Wiring, request: Request, visit: Session) -> Form:
    """The form that was posted. StaleForm where it was not made for this visit."""
    form = read_form(request)
    if not seal_of(wiring.settings).is_form_of(visit, form.text(FORM_TOKEN)):
        raise StaleForm("this page was too old: please try again")
    return form


def cookie_of(settings: Settings, name: str, text: str, lifetime: timedelta) -> str:
    """A cookie of ours, out of reach of scripts and of other sites."""
    attributes = [
        f"{name}={text}",
        "Path=/",
        f"Max-Age={lifetime // timedelta(seconds=1)}",
        "HttpOnly",
        "SameSite=Lax",
        *(["Secure"] if settings.secure else []),
    ]
    return "; ".join(attributes)


def _goes_on(wiring: Wiring, session: Session) -> bool:
    return session.account is None or is_open(wiring.ports, session.account, session.nonce)


def _set_cookie(response: Response, settings: Settings, text: str, lifetime: timedelta) -> Response:
    response.headers["Set-Cookie"] = cookie_of(settings, _name(settings), text, lifetime)
    return response


def _name(settings: Settings) -> str:
    # The prefix keeps other hosts of the same domain from setting it (RFC 6265bis §4.1.3).
    return "__Host-ringback" if settings.secure else "ringback"
