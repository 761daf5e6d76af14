"""Calls: those that are over with all of their record, callbacks as they stand, and their end."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.bodies import E164, Amount, Callback, Currency, Model, Seconds, Verdict
from chalicelib.office.bodies import Part, page_of
from chalicelib.office.request import OfficeRequest, hide
from chalicelib.office.route import Route
from switchboard.calls import callback as calls
from switchboard.calls import cdr as records
from switchboard.desk.office import accounts, monitor
from switchboard.wire import Body, callback_body, cdr_body


class OfficeCallback(Callback):
    """A callback, and whose it is."""

    account: str


class TrunkCost(Model):
    """What a trunk takes for a leg."""

    amount: Amount
    currency: Currency
    prefix: str
    sheet: str
    version: str
    exchange: str
    """What one unit of its currency was in the account's."""


class Rtp(Model):
    """How a leg sounded: what came from the far end."""

    received: int
    lost: int
    discarded: int
    jitter_ms: float
    buffered_ms: int | None
    round_trip_ms: int | None
    mos: float | None
    """The mean opinion score, 1 to 4.5."""
    released_seconds: int | None


class CdrLeg(Model):
    """One phone that was called, what that cost and what it was sold for."""

    number: E164
    trunk: str
    prefix: str
    invited_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    pdd_ms: int | None
    seconds: Seconds
    billed_seconds: Seconds
    covered_seconds: Seconds
    cost: Amount | None
    """What the customer pays; null for whoever has no right to see money."""
    trunk_cost: TrunkCost | None
    """Null for whoever is not shown costs, too."""
    margin: Amount | None
    ending: Verdict
    sip_code: int | None
    hung_up_by_far_end: bool | None
    rtp: Rtp | None


class Cdr(Model):
    """The record of a callback that is over."""

    account: str
    callback: str
    trigger: str
    requested_at: datetime
    claimed_at: datetime | None
    ended_at: datetime
    ending: Verdict
    talked_seconds: Seconds
    cost: Amount | None
    currency: Currency
    margin: Amount | None
    settlement: str
    late: bool
    sheet: str
    version: str
    worker: str | None
    customer: CdrLeg | None
    destination: CdrLeg | None
    earlier: Annotated[list[CdrLeg], Field(description="To destinations before that one.")]


def cdr_shown(request: OfficeRequest, cdr: records.Cdr) -> Body:
    """A record with as much of its money as whoever asks may see."""
    body = cdr_body(cdr)
    if request.by.sees_costs:
        return body
    hidden = ("margin", "trunk_cost") if request.by.sees_money else ("margin", "trunk_cost", "cost")
    return hide(body, *hidden)


def callback_shown(request: OfficeRequest, callback: calls.Callback) -> Body:
    """A callback, and whose it is."""
    body = callback_body(callback, request.ports.clock.now())
    return {**body, "account": callback.account}


def list_calls(request: OfficeRequest) -> Body:
    name = request.part("account")
    page = accounts.calls_of(request.ports, request.by, name, **request.part_of_list)
    return request.listed(page, lambda cdr: cdr_shown(request, cdr))


def list_callbacks(request: OfficeRequest) -> Body:
    name = request.part("account")
    page = accounts.callbacks_of(request.ports, request.by, name, **request.part_of_list)
    return request.listed(page, lambda callback: callback_shown(request, callback))


def show_callback(request: OfficeRequest) -> Body:
    name = request.part("callback")
    return callback_shown(request, monitor.find_running(request.ports, request.by, name))


def hang_up(request: OfficeRequest) -> Body:
    name = request.part("callback")
    return callback_shown(request, monitor.hang_up(request.ports, request.by, name))


ROUTES = (
    Route(
        "GET",
        "/accounts/{account}/calls",
        list_calls,
        (accounts.calls_of,),
        "List the calls of an account with all of their records, newest first",
        page_of(Cdr),
        query=Part,
    ),
    Route(
        "GET",
        "/accounts/{account}/callbacks",
        list_callbacks,
        (accounts.callbacks_of,),
        "List the callbacks of an account, newest first",
        page_of(OfficeCallback),
        query=Part,
    ),
    Route(
        "GET",
        "/callbacks/{callback}",
        show_callback,
        (monitor.find_running,),
        "Show a callback as it stands",
        OfficeCallback,
    ),
    Route(
        "DELETE",
        "/callbacks/{callback}",
        hang_up,
        (monitor.hang_up,),
        "Hang a callback up; one that is over stays as it is",
        OfficeCallback,
        status=202,
    ),
)
