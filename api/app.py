"""What Lambda and Chalice load: the app, wired at its first request."""

import os
from functools import cache

from chalice.app import CloudWatchEvent, Rate

from chalicelib.factory import make_app
from chalicelib.wiring import Wiring, open_wiring
from switchboard.desk.planned import run_due, run_planned
from switchboard.desk.sweep import sweep
from switchboard.logs import FORM, JSON, write_logs


@cache
def wiring() -> Wiring:
    """Opened once in the life of a process."""
    if os.environ.get(FORM) == JSON:
        write_logs(JSON)
    return open_wiring(os.environ)


app = make_app(wiring)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep_lost_callbacks(_event: CloudWatchEvent) -> None:
    """Settle what a lost worker left behind."""
    sweep(wiring().ports)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def place_planned_callbacks(_event: CloudWatchEvent) -> None:
    """Place the callbacks whose time has come. Most have been placed at their alarms; this is for
    those whose alarm could not be set or was not heard, and for systems that set none."""
    run_due(wiring().ports)


@app.lambda_function(name="place_planned_callback")
def place_planned_callback(event: dict[str, str], _context: object) -> None:
    """The alarm of one planned callback (switchboard/aws/alarms.py)."""
    run_planned(wiring().ports, event["planned"])
