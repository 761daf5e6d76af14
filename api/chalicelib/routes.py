"""How a view is called, and what becomes of a refusal and of Chalice's own errors."""

import logging
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalice.app import Blueprint, CaseInsensitiveMapping, Request, Response

from chalicelib.wiring import Wire, Wiring
from switchboard.errors import (
    AccountBlocked,
    AlreadyExists,
    Changed,
    Conflict,
    Malformed,
    NoRight,
    NotEnoughCredit,
    NotFound,
    NotSignedIn,
    Refusal,
    TooManyCallbacks,
    TooOften,
)
from switchboard.wire import Body

log = logging.getLogger("ringback.api")

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
HTML = "text/html; charset=utf-8"

CALLBACK_ID = re.compile("[0-9a-f]{32}")

View = Callable[[Wiring, Request], Response]
Refuse = Callable[[Wiring, Request, Refusal], Response]


class Forged(Refusal):
    """A request does not come from where it claims to."""

    code = "forged"


class BadProof(Forged):
    """A request does not show, by signature, secret or address, that its sender is who they say."""

    code = "bad_signature"


STATUSES: Mapping[type[Refusal], int] = {
    Malformed: 400,
    NotSignedIn: 401,
    NoRight: 403,
    NotEnoughCredit: 402,
    AccountBlocked: 403,
    Forged: 403,
    NotFound: 404,
    Changed: 412,
    Conflict: 409,
    AlreadyExists: 409,
    TooManyCallbacks: 429,
    TooOften: 429,
}
ANY_OTHER_RULE = 422
# Nobody knows when a callback will end; by then most are over or have got further.
RETRY_AFTER_S = 10

CHALICE_ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("malformed", "this request cannot be read"),
    405: ("method_not_allowed", "this address does not know that method"),
    415: ("unsupported_media_type", "this address does not read that Content-Type"),
    500: ("internal_error", "something went wrong on our side"),
}
# Depends on nothing that may be what broke.
FAULT_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Ringback</title>
<h1>This did not work</h1>
<p>We are sorry: {message}. Please go back and try again in a moment.
"""

# What an answer says to a browser unless its view says otherwise.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Routes(Blueprint):
    """Routes whose views are given the wiring and the request, and whose refusals are answers."""

    def __init__(self, wire: Wire, refuse: Refuse) -> None:
        super().__init__(__name__)
        self._wire = wire
        self._refuse = refuse

    def add(self, method: str, path: str, view: View, *, takes: Sequence[str] = ()) -> None:
        """A route; `takes` are the only Content-Types that it reads, where it reads a body."""

        # Chalice hands over what stands in the path; a view finds that in its request.
        def handle(**_path: str) -> Response:
            wiring, request = self._wire(), self.current_request
            # Whoever does not say so accepts anything (RFC 9110 §12.5.1). Chalice would refuse.
            request.headers = CaseInsensitiveMapping({"accept": "*/*", **request.headers})
            try:
                return view(wiring, request)
            except Refusal as refusal:
                if isinstance(refusal, BadProof):
                    facts = {"part": "webhooks", "address": source_of(request)}
                    log.warning("%s is refused: %s", request.path, refusal.message, extra=facts)
                return self._refuse(wiring, request, refusal)

        content_types = list(takes)
        self.route(path, methods=[method], content_types=content_types, name=view.__name__)(handle)


def path_part(request: Request, name: str) -> str:
    """What the client wrote in the place of `{name}`."""
    return str((request.uri_params or {})[name])


def query_of(request: Request) -> dict[str, str]:
    """The query, the last value of each name."""
    return dict(request.query_params or {})


def source_of(request: Request) -> str:
    """The address that a request comes from, as the gateway saw it."""
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def callback_id(request: Request) -> str:
    """The id in the path. NotFound where it can be none, so that no store is asked for it."""
    written = path_part(request, "id")
    if not CALLBACK_ID.fullmatch(written):
        raise NotFound("there is no such callback")
    return written


def answer(body: Body, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(body, {"Content-Type": JSON, **(headers or {})}, status)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    kinds = (STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES)
    return next(kinds, ANY_OTHER_RULE)


def refuse_as_json(_wiring: Wiring, _request: Request, refusal: Refusal) -> Response:
    """A refusal as an API client reads it."""
    status = status_of(refusal)
    headers = {
        401: {"WWW-Authenticate": "Bearer"},
        429: {"Retry-After": str(_retry_after_s(refusal))},
    }
    return answer({"code": refusal.code, "message": refusal.message}, status, headers.get(status))


def _retry_after_s(refusal: Refusal) -> int:
    if isinstance(refusal, TooOften) and refusal.wait is not None:
        return math.ceil(refusal.wait.total_seconds())
    return RETRY_AFTER_S


def finish(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Each answer on its way out: with the headers that all have, Chalice's own errors in our
    form, and a line in the log, which holds no secret and no number."""
    begun = time.perf_counter()
    response = get_response(request)
    if isinstance(response.body, dict) and response.body.keys() == {"Code", "Message"}:
        response = _in_our_form(request, response)
    if isinstance(response.body, str):
        response.body = response.body.encode()
    headers: dict[str, Any] = {**HEADERS, **response.headers}
    response.headers = headers
    elapsed_ms = (time.perf_counter() - begun) * 1000
    # This path is the route's own, with names in place of what the client wrote.
    log.info(
        "%s %s %d %.1f ms",
        request.method,
        request.path,
        response.status_code,
        elapsed_ms,
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "elapsed_ms": round(elapsed_ms, 1),
        },
    )
    return response


def _in_our_form(request: Request, error: Response) -> Response:
    code, message = CHALICE_ERRORS[error.status_code]
    if "text/html" in request.headers.get("accept", ""):
        page = FAULT_PAGE.format(message=message)
        return Response(page, {**error.headers, "Content-Type": HTML}, error.status_code)
    body = {"code": code, "message": message}
    return Response(body, {**error.headers, "Content-Type": JSON}, error.status_code)
