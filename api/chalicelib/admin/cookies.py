"""What a browser keeps for the console: its visit, and what the last form has to say."""

from datetime import timedelta

from chalice.app import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from chalicelib.sessions import Seal, Session
from chalicelib.settings import Settings
from chalicelib.visits import cookie_of, cookies_of
from chalicelib.wiring import Wiring
from switchboard.staff.visits import LONGEST

# Until the next page is there.
SAID_FOR = timedelta(minutes=1)


def seal_of(settings: Settings) -> Seal:
    """What makes and reads the cookie of a visit, and the tokens of its forms."""
    return Seal(settings.secret_key, "console")


def session_of(wiring: Wiring, request: Request) -> Session:
    """What the browser bears; a new one, signed in by nobody, where it bears none."""
    now = wiring.ports.clock.now()
    kept = cookies_of(request).get(_name(wiring.settings, "console"), "")
    return seal_of(wiring.settings).open(kept, now) or Session.begin(None, now, LONGEST)


def keep(response: Response, settings: Settings, session: Session) -> Response:
    """The response, by which the browser keeps this session."""
    text = seal_of(settings).close(session)
    return _set(response, settings, "console", text, LONGEST)


def forget(response: Response, settings: Settings) -> Response:
    """The response, by which the browser forgets its session."""
    return _set(response, settings, "console", "", timedelta(0))


def say(response: Response, settings: Settings, text: str) -> Response:
    """The response, after which the next page says this."""
    return _set(response, settings, "said", _sayings(settings).dumps(text), SAID_FOR)


def heard(wiring: Wiring, request: Request) -> str:
    """What the last form had to say, if anything."""
    kept = cookies_of(request).get(_name(wiring.settings, "said"), "")
    try:
        text = _sayings(wiring.settings).loads(kept)
    except BadSignature:
        return ""
    return str(text)


def say_no_more(response: Response, settings: Settings) -> Response:
    """The response, after which nothing is said twice."""
    return _set(response, settings, "said", "", timedelta(0))


def _sayings(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="console said")


def _set(
    response: Response, settings: Settings, use: str, text: str, lifetime: timedelta
) -> Response:
    cookie = cookie_of(settings, _name(settings, use), text, lifetime)
    response.headers["Set-Cookie"] = cookie
    return response


def _name(settings: Settings, use: str) -> str:
    # The prefix keeps other hosts of the same domain from setting it (RFC 6265bis §4.1.3).
    return f"__Host-ringback-{use}" if settings.secure else f"ringback-{use}"
