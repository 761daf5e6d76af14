"""Callbacks as doors tell of them."""

from datetime import datetime

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.planned import LATEST, Planned
from switchboard.money import format_micros
from switchboard.wire.forms import Body, instant, maybe_instant


def callback_body(callback: Callback, now: datetime) -> Body:
    """A callback as it stands; `reached` tells when it came into each state."""
    reached: Body = {
        state.value: instant(callback.reached[state])
        for state in State
        if state in callback.reached
    }
    return {
        "id": callback.id,
        "status": callback.state_at(now).value,
        "from": str(callback.customer),
        "to": None if callback.destination is None else str(callback.destination),
        "at": None,
        "requested_at": instant(callback.requested_at),
        "expires_at": instant(callback.expires_at),
        "reached": reached,
        "ending": None if callback.verdict is None else verdict_body(callback.verdict),
    }


def planned_body(planned: Planned) -> Body:
    """A planned callback, in the form of the callback that it will be."""
    return {
        "id": planned.id,
        "status": planned.state.value,
        "from": str(planned.customer),
        "to": None if planned.destination is None else str(planned.destination),
        "at": instant(planned.at),
        "requested_at": instant(planned.planned_at),
        "expires_at": instant(planned.at + LATEST),
        "reached": {},
        "ending": None,
    }


def charge_body(cdr: Cdr) -> Body:
    """What a callback cost whoever ordered it, and how long the two parties talked."""
    return {
        "amount": cdr.cost.decimal,
        "currency": cdr.currency,
        "talked_seconds": cdr.talked_s,
    }


def call_body(cdr: Cdr) -> Body:
    """A finished callback as its customer finds it in the history: the legs in the order in which
    they were placed, the customer's first, and not what only we and the trunks are to know."""
    customer, destination = cdr.customer, cdr.destination
    return {
        "id": cdr.callback,
        "from": None if customer is None else str(customer.number),
        "to": None if destination is None else str(destination.number),
        "requested_at": instant(cdr.requested_at),
        "ended_at": instant(cdr.ended_at),
        "ending": verdict_body(cdr.verdict),
        "charge": charge_body(cdr),
        "legs": [_call_leg_body(leg) for leg in cdr.legs],
    }


def _call_leg_body(leg: LegRecord) -> Body:
    return {
        "party": leg.party.value,
        "number": str(leg.number),
        "prefix": leg.prefix,
        "answered_at": maybe_instant(leg.answered_at),
        "ended_at": maybe_instant(leg.ended_at),
        "seconds": leg.seconds,
        "billed_seconds": leg.billed_s,
        "covered_seconds": leg.covered_s,
        "amount": format_micros(leg.cost_micros),
        "ending": verdict_body(leg.verdict),
    }


def verdict_body(verdict: Verdict) -> Body:
    """Why something ended, and whose doing it was."""
    return {"reason": verdict.ending.value, "culprit": verdict.culprit.value}
