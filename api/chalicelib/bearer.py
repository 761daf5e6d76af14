"""Who asks the REST interface: the account whose token a request bears."""

from collections.abc import Callable
from functools import wraps

from chalice.app import Request, Response

from chalicelib.routes import View
from chalicelib.sessions import Seal
from chalicelib.wiring import Wiring
from switchboard.billing.account import Profile
from switchboard.desk.visits import is_open
from switchboard.errors import NotANumber, NotSignedIn
from switchboard.numbering import PhoneNumber, parse_number


def signed_in(view: Callable[[Wiring, Request, str], Response]) -> View:
    """Gives the view the account whose token the request bears. NotSignedIn where it bears none."""

    @wraps(view)
    def with_account(wiring: Wiring, request: Request) -> Response:
        account, _ = visit_borne(wiring, request)
        return view(wiring, request, account)

    return with_account


def visit_borne(wiring: Wiring, request: Request) -> tuple[str, str]:
    """The account and the visit of the token that a request bears. NotSignedIn where it bears none
    of a visit that goes on."""
    session = token_seal(wiring).open(borne_by(request), wiring.ports.clock.now())
    if session is None or session.account is None:
        raise NotSignedIn("send a token of POST /api/v1/sessions as Authorization: Bearer")
    if not is_open(wiring.ports, session.account, session.nonce):
        raise NotSignedIn("this token was signed out: sign in again by POST /api/v1/sessions")
    return session.account, session.nonce


def borne_by(request: Request) -> str:
    """The token that a request bears, empty where it bears none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def token_seal(wiring: Wiring) -> Seal:
    """What tokens are sealed with."""
    return Seal(wiring.settings.secret_key, "api token")


def read_phone(field: str, text: str, profile: Profile) -> PhoneNumber:
    """A phone that a client wrote, in the account's country. NotANumber names the field."""
    try:
        return parse_number(text, profile.country)
    except NotANumber as error:
        raise NotANumber(f"“{field}”: {error.message}") from error
