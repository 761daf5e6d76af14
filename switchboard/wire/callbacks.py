"""Callbacks as doors tell of them."""

from datetime import datetime

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Verdict
from switchboard.calls.planned import LATEST, Planned
from switchboard.wire.forms import Body, instant


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


def verdict_body(verdict: Verdict) -> Body:
    """Why something ended, and whose doing it was."""
    return {"reason": verdict.ending.value, "culprit": verdict.culprit.value}
