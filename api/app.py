"""What Lambda and Chalice load: the app, wired at its first request."""

import os
from functools import cache

from chalice.app import CloudWatchEvent, Rate

from chalicelib.factory import make_app
from chalicelib.wiring import Wiring, open_wiring
from switchboard.desk.planned import run_due
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
    """Place the callbacks whose time has come."""
    run_due(wiring().ports)
