"""The REST interface to an account's call history: what its finished callbacks were and cost."""

from datetime import datetime

from chalice.app import Request, Response
from pydantic import Field

from chalicelib.bearer import signed_in
from chalicelib.bodies import E164, Amount, Charge, ListQuery, Model, Seconds, Verdict, read_query
from chalicelib.openapi import Operation
from chalicelib.routes import answer
from chalicelib.wiring import Wiring
from switchboard.calls.ending import Party
from switchboard.wire import call_body


class Leg(Model):
    """One phone that was called, and what that cost."""

    party: Party
    number: E164
    prefix: str
    """The prefix of the rate sheet that prices it."""
    answered_at: datetime | None
    ended_at: datetime | None
    seconds: Seconds
    """From its answer to its end."""
    billed_seconds: Seconds
    covered_seconds: Seconds
    """What of it was taken from included minutes."""
    amount: Amount
    ending: Verdict


class Call(Model):
    """A finished callback."""

    id: str
    """That of its callback."""
    customer: E164 | None = Field(alias="from")
    destination: E164 | None = Field(alias="to")
    """The last one; null where the customer dialled none."""
    requested_at: datetime
    ended_at: datetime
    ending: Verdict
    charge: Charge
    legs: list[Leg]
    """In order: the customer's first, then one for each destination."""


class CallPage(Model):
    """A part of the history, newest first."""

    items: list[Call]
    cursor: str | None
    """Asks for the next part; null at the end."""


@signed_in
def list_calls(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_query(ListQuery, request)
    page = wiring.ports.books.cdr_page(account_id, limit=asked.limit, cursor=asked.cursor)
    return answer({"items": [call_body(cdr) for cdr in page.items], "cursor": page.cursor})


CALLS = (
    Operation(
        "GET",
        "/api/v1/calls",
        list_calls,
        "List the account's finished callbacks with what they cost, newest first",
        CallPage,
        query=ListQuery,
        refused_with=(400,),
    ),
)
