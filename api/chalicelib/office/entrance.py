"""How users sign in to the API and out, and who they are."""

from typing import Annotated

from chalice.app import Request, Response
from pydantic import AwareDatetime, Field

from chalicelib.bodies import Model, SignIn, Token, read_body
from chalicelib.office.request import DOOR, OfficeRequest, token_seal
from chalicelib.office.route import PREFIX, Route
from chalicelib.openapi import Operation
from chalicelib.routes import answer, source_of
from chalicelib.sessions import Session
from chalicelib.wiring import Wiring
from switchboard.desk.office import entrance
from switchboard.desk.office.entrance import Browser
from switchboard.staff.visits import LONGEST
from switchboard.wire import Body, instant
from switchboard.wire.staff import role_body


class UserSignIn(SignIn):
    """Which user's token is asked for."""

    code: Annotated[str | None, Field(min_length=1, max_length=32)] = None
    """That of the second factor, or a recovery code, where the user has one."""


class Me(Model):
    """Who is signed in, and what they may do."""

    user: str
    role: str
    rights: list[str]
    hides_costs: bool
    own_accounts_only: bool
    ends_at: AwareDatetime
    """When the token is over, if nothing more is asked with it."""


def office_create_session(wiring: Wiring, http: Request) -> Response:
    asked = read_body(UserSignIn, http)
    now = wiring.ports.clock.now()
    session = Session.begin(asked.login, now, LONGEST)
    agent, address = http.headers.get("user-agent", ""), source_of(http)
    browser = Browser(session.nonce, address, agent, DOOR)
    entrance.sign_in_at_once(
        wiring.ports,
        wiring.passwords,
        wiring.safe,
        asked.login,
        asked.password,
        asked.code,
        browser,
    )
    token: Body = {
        "token": token_seal(wiring).close(session),
        "expires_at": instant(session.expires_at),
    }
    return answer(token, 201)


def delete_session(request: OfficeRequest) -> None:
    entrance.sign_out(request.ports, request.visit)


def show_me(request: OfficeRequest) -> Body:
    by = request.by
    ends_at = instant(request.visit.ends_at)
    return {"user": by.login, **role_body(by.role), "ends_at": ends_at}


SIGN_IN = Operation(
    "POST",
    f"{PREFIX}/sessions",
    office_create_session,
    "Sign in as a user of the console",
    Token,
    status=201,
    body=UserSignIn,
    refused_with=(400, 401, 429),
    public=True,
    tag="Office: Signing in",
    description="A token for twelve hours, or until nothing is asked with it for half an hour. It"
    " is a visit like that of a browser: it is listed with them, and ended with them. Where the"
    " user has a second factor and no code is sent, the refusal is `code_needed`.",
    example={"login": "jane", "password": "correct horse battery", "code": "123456"},
)
ROUTES = (
    Route("DELETE", "/sessions", delete_session, (), "Sign out: the token is over", None),
    Route("GET", "/me", show_me, (), "Show who is signed in, and what they may do", Me),
)
