"""The REST interface (design §9)."""

from datetime import datetime
from uuid import uuid4

from chalice.app import Request, Response

from chalicelib import bodies
from chalicelib.bearer import read_phone, signed_in
from chalicelib.bodies import read_body, read_query
from chalicelib.bridge import BRIDGE_OPERATIONS
from chalicelib.calls import CALLS
from chalicelib.keys import read_key
from chalicelib.office.table import OFFICE
from chalicelib.openapi import Operation, openapi_document
from chalicelib.routes import JSON, Routes, answer, callback_id, refuse_as_json, source_of
from chalicelib.self_service import SELF_SERVICE
from chalicelib.tokens import TOKENS
from chalicelib.wiring import Wire, Wiring
from switchboard.billing.account import Profile
from switchboard.calls.callback import Trigger
from switchboard.calls.manners import Manners
from switchboard.calls.planned import Planned
from switchboard.desk.orders import Order, quote, talk_s
from switchboard.desk.permission import permit
from switchboard.desk.planned import cancel_order, find_order, order_now, plan_callback
from switchboard.desk.velocity import count_order
from switchboard.errors import Malformed, UnreadableText
from switchboard.numbering import PhoneNumber
from switchboard.texts.clock import FURTHEST, instant_of
from switchboard.wire import (
    account_body,
    callback_body,
    charge_body,
    planned_body,
    quote_body,
)

# The id of no callback: to look for it costs one read and tells whether the store answers.
NOBODY = "0" * 32


def rest_routes(wire: Wire) -> Routes:
    """The operations, as routes."""
    routes = Routes(wire, refuse_as_json)
    for operation in (*OPERATIONS, *OFFICE):
        takes = [JSON] if operation.body else []
        routes.add(operation.method, operation.path, operation.view, takes=takes)
    return routes


@signed_in
def create_callback(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_body(bodies.PlannedOrder, request)
    key = read_key(request, uuid4().hex)
    count_order(wiring.ports, account_id, source_of(request))
    account = wiring.ports.accounts.get(account_id)
    customer, destination = _phones(asked, account.profile)
    manners = Manners(confirm=asked.confirm)
    trigger, named = Trigger("api", f"{account_id}#{key}"), asked.customer is not None
    order = Order(customer, destination, trigger, manners=manners, named=named)
    if asked.at is not None:
        at = _instant(asked.at, account.profile, wiring.ports.clock.now())
        return answer(planned_body(plan_callback(wiring.ports, account, order, at)), 202)
    callback = order_now(wiring.ports, account, order)
    return answer(callback_body(callback, wiring.ports.clock.now()), 202)


@signed_in
def list_callbacks(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_query(bodies.CallbacksQuery, request)
    if asked.planned:
        plans = [planned_body(planned) for planned in wiring.ports.schedule.of(account_id)]
        return answer({"items": [*plans], "cursor": None})
    page = wiring.ports.callbacks.recent(account_id, limit=asked.limit, cursor=asked.cursor)
    now = wiring.ports.clock.now()
    items = [callback_body(callback, now) for callback in page.items]
    return answer({"items": [*items], "cursor": page.cursor})


@signed_in
def show_callback(wiring: Wiring, request: Request, account_id: str) -> Response:
    found = find_order(wiring.ports, account_id, callback_id(request))
    if isinstance(found, Planned):
        return answer({**planned_body(found), "charge": None})
    callback, cdr = found, None
    if callback.state.final:
        cdr = wiring.ports.books.cdr(account_id, callback.id, callback.requested_at)
    body = callback_body(callback, wiring.ports.clock.now())
    return answer({**body, "charge": None if cdr is None else charge_body(cdr)})


@signed_in
def delete_callback(wiring: Wiring, request: Request, account_id: str) -> Response:
    found = cancel_order(wiring.ports, account_id, callback_id(request))
    if isinstance(found, Planned):
        return answer(planned_body(found), 202)
    return answer(callback_body(found, wiring.ports.clock.now()), 202)


@signed_in
def show_account(wiring: Wiring, _request: Request, account_id: str) -> Response:
    account = wiring.ports.accounts.get(account_id)
    return answer(account_body(account, wiring.ports.clock.now()))


@signed_in
def show_quote(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_query(bodies.QuoteQuery, request)
    account = wiring.ports.accounts.get(account_id)
    customer, destination = _phones(asked, account.profile)
    permit(wiring.ports, account, customer, destination)
    price = quote(wiring.ports, account, customer, destination)
    talk = talk_s(wiring.ports, account, customer, destination, price)
    return answer(quote_body(price, customer, destination, talk))


def show_health(wiring: Wiring, _request: Request) -> Response:
    wiring.ports.callbacks.find(NOBODY)
    return answer({"status": "ok"})


def show_openapi(wiring: Wiring, _request: Request) -> Response:
    return answer(openapi_document([*OPERATIONS, *OFFICE], wiring.settings.public_url))


def _instant(at: datetime, profile: Profile, now: datetime) -> datetime:
    if at.tzinfo is not None:
        return at
    try:
        return instant_of(at.time(), at.date(), now, profile.time_zone)
    except UnreadableText as refusal:
        raise Malformed(
            f"“at” is over by the clocks of {profile.time_zone}, or not in the next"
            f" {FURTHEST.days} days"
        ) from refusal


def _phones(asked: bodies.CallbackOrder, profile: Profile) -> tuple[PhoneNumber, PhoneNumber]:
    if asked.customer is not None:
        customer = read_phone("from", asked.customer, profile)
    elif profile.default_number is not None:
        customer = profile.default_number
    else:
        raise Malformed("“from” is missing, and the account has no default number")
    return customer, read_phone("to", asked.destination, profile)


OPERATIONS = (
    *TOKENS,
    Operation(
        "POST",
        "/api/v1/callbacks",
        create_callback,
        "Order a callback, now or for a time to come",
        bodies.Callback,
        status=202,
        body=bodies.PlannedOrder,
        refused_with=(400, 402, 403, 409, 422, 429),
        idempotent=True,
    ),
    Operation(
        "GET",
        "/api/v1/callbacks",
        list_callbacks,
        "List the account's callbacks, newest first, or those that are planned, earliest first",
        bodies.CallbackPage,
        query=bodies.CallbacksQuery,
        refused_with=(400,),
    ),
    Operation(
        "GET",
        "/api/v1/callbacks/{id}",
        show_callback,
        "Show a callback and what it cost",
        bodies.CallbackWithCharge,
        refused_with=(404,),
    ),
    Operation(
        "DELETE",
        "/api/v1/callbacks/{id}",
        delete_callback,
        "Cancel a callback, or hang it up",
        bodies.Callback,
        status=202,
        refused_with=(404,),
    ),
    Operation(
        "GET", "/api/v1/account", show_account, "Show the account and its money", bodies.Account
    ),
    Operation(
        "GET",
        "/api/v1/quote",
        show_quote,
        "Show what a callback would cost",
        bodies.Quote,
        query=bodies.QuoteQuery,
        refused_with=(400, 422),
    ),
    *CALLS,
    *SELF_SERVICE,
    *BRIDGE_OPERATIONS,
    Operation("GET", "/healthz", show_health, "Tell that all is well", bodies.Health, public=True),
    Operation("GET", "/openapi.json", show_openapi, "This document", None, public=True),
)
