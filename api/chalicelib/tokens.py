"""How a customer's app signs in to the REST interface and out: each of its tokens is a visit."""

from datetime import timedelta

from chalice.app import Request, Response

from chalicelib.bearer import token_seal, visit_borne
from chalicelib.bodies import SignIn, Token, read_body
from chalicelib.openapi import NO_CONTENT, Operation
from chalicelib.routes import answer, source_of
from chalicelib.visits import begin
from chalicelib.wiring import Wiring
from switchboard.desk.accounts import sign_in
from switchboard.desk.lockout import one_sign_in
from switchboard.desk.visits import MOST_VISITS, end_visit
from switchboard.ports import VisitKind
from switchboard.wire import Body, instant

TOKEN_LIFETIME = timedelta(hours=1)


def create_session(wiring: Wiring, request: Request) -> Response:
    asked = read_body(SignIn, request)
    with one_sign_in(wiring.ports, asked.login, source_of(request)):
        account = sign_in(wiring.ports, wiring.passwords, asked.login, asked.password)
    profile, kind = account.profile, VisitKind.APP
    session = begin(wiring, request, profile, kind=kind, lifetime=TOKEN_LIFETIME)
    token: Body = {
        "token": token_seal(wiring).close(session),
        "expires_at": instant(session.expires_at),
    }
    return answer(token, 201)


def delete_session(wiring: Wiring, request: Request) -> Response:
    account, visit = visit_borne(wiring, request)
    end_visit(wiring.ports, account, visit)
    return Response(b"", status_code=NO_CONTENT)


TOKENS = (
    Operation(
        "POST",
        "/api/v1/sessions",
        create_session,
        "Sign in: a token for an hour",
        Token,
        status=201,
        body=SignIn,
        refused_with=(400, 401, 409, 429),
        public=True,
        description="The token is a visit like that of a browser: the customer sees it in the"
        " portal by its User-Agent and address, and can end it there; another password ends it,"
        f" too. Of more than {MOST_VISITS[VisitKind.APP]} at once the oldest end. Whoever takes a"
        " new one signs out of the old one.",
    ),
    Operation(
        "DELETE",
        "/api/v1/sessions",
        delete_session,
        "Sign out: the token is over",
        None,
        status=NO_CONTENT,
    ),
)
