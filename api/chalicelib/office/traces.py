"""Tracing: what it is on for, what was traced, and one callback from end to end."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.bodies import E164, ID, Model
from chalicelib.office.bodies import Kind, Part, page_of
from chalicelib.office.calls import Cdr, cdr_shown
from chalicelib.office.request import OfficeRequest, whole
from chalicelib.office.route import Route
from switchboard.calls.tracing import Traced
from switchboard.desk.office import tracing as office
from switchboard.wire import Body, switch_body, title_body, trace_body

A_WEEK_MINUTES = 7 * 24 * 60


class TraceTitle(Model):
    """Of which callback there is a trace."""

    callback: Annotated[str, Field(pattern=ID)]
    account: str
    worker: str
    began_at: datetime
    numbers: list[E164]
    trunks: list[str]


class Line(Model):
    """A SIP message, or what else happened."""

    at: datetime
    source: str
    """sip, state, ivr, ledger, trunk or audio."""
    party: Literal["customer", "destination"] | None
    text: str
    sent: bool | None = None
    transport: str | None = None
    ours: str | None = None
    theirs: str | None = None
    message: str | None = None
    """Without passwords, keys and PINs."""


class Trace(TraceTitle):
    """What one worker saw of a callback, in order."""

    timeline: list[Line]


class Story(Model):
    """What happened in a callback."""

    why: str | None
    """Why it failed, in plain words."""
    traces: list[Trace]
    call: Cdr | None


class TraceSwitch(Model):
    """What tracing is on for, and until when."""

    kind: Kind
    value: str
    until: datetime


class TraceOrder(Model):
    """What is to be traced."""

    kind: Kind
    value: Annotated[str, Field(min_length=1, max_length=64, examples=["alice"])]
    """Its name, its id, or a number with its country."""
    minutes: Annotated[int, Field(ge=1, le=A_WEEK_MINUTES)] = 60


def list_traces(request: OfficeRequest) -> Body:
    page = office.list_traces(request.ports, request.by, **request.part_of_list)
    return request.listed(page, title_body)


def show_trace(request: OfficeRequest) -> Body:
    story = office.read_trace(request.ports, request.by, request.part("callback"))
    return {
        "why": None if story.why is None else str(story.why),
        "traces": [*map(trace_body, story.traces)],
        "call": None if story.cdr is None else cdr_shown(request, story.cdr),
    }


def list_switches(request: OfficeRequest) -> Body:
    return whole(map(switch_body, office.switches(request.ports, request.by)))


def switch_on(request: OfficeRequest) -> Body:
    asked: TraceOrder = request.body
    kind, span = Traced(asked.kind), timedelta(minutes=asked.minutes)
    return switch_body(office.switch_on(request.ports, request.by, kind, asked.value, span))


def switch_off(request: OfficeRequest) -> None:
    kind, value = Traced(request.part("kind")), request.part("value")
    if kind is Traced.NUMBER:
        value = f"+{value.removeprefix('+')}"
    office.switch_off(request.ports, request.by, kind, value)


ROUTES = (
    Route(
        "GET",
        "/traces",
        list_traces,
        (office.list_traces,),
        "List the callbacks that were traced, newest first",
        page_of(TraceTitle),
        query=Part,
    ),
    Route(
        "GET",
        "/traces/{callback}",
        show_trace,
        (office.read_trace,),
        "Show what happened in a traced callback",
        Story,
    ),
    Route(
        "GET",
        "/trace-switches",
        list_switches,
        (office.switches,),
        "List what tracing is on for",
        page_of(TraceSwitch),
    ),
    Route(
        "POST",
        "/trace-switches",
        switch_on,
        (office.switch_on,),
        "Trace what begins from now on",
        TraceSwitch,
        status=201,
        body=TraceOrder,
        example={"kind": "account", "value": "alice", "minutes": 60},
        refused_with=(404, 422),
    ),
    Route(
        "DELETE",
        "/trace-switches/{kind}/{value}",
        switch_off,
        (office.switch_off,),
        "Trace no more; what was traced stays for its week",
        None,
    ),
)
