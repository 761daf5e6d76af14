"""What Lambda and Chalice load: the app, wired at its first request."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from chalice.app import CloudWatchEvent, Rate, SQSEvent

from chalicelib.factory import make_app
from chalicelib.wiring import Wiring, open_wiring
from switchboard.desk.jobs import run_job
from switchboard.desk.office.job_kinds import KINDS
from switchboard.desk.planned import run_due, run_planned
from switchboard.desk.recurring import run_recurring
from switchboard.desk.sweep import sweep
from switchboard.desk.system_log import SystemLogHandler, tell
from switchboard.logs import FORM, JSON, write_logs

# Read where the app is packaged: `ringback tables create` makes the queue, by the same prefix.
JOBS_QUEUE = f"{os.environ.get('RINGBACK_PREFIX', 'ringback-')}jobs"


@cache
def wiring() -> Wiring:
    """Opened once in the life of a process."""
    if os.environ.get(FORM) == JSON:
        write_logs(JSON)
    opened = open_wiring(os.environ)
    _told.append(tell(opened.ports.system_log, "api", f"api-{os.getpid()}"))
    return opened


_told: list[SystemLogHandler] = []
app = make_app(wiring)


@app.middleware("all")
def write_system_log(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Lambda freezes a process once it has answered: what it had to tell is written before, at most
    two seconds long. Of most requests there is nothing."""
    try:
        return get_response(event)
    finally:
        for handler in _told:
            handler.flush()


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep_lost_callbacks(_event: CloudWatchEvent) -> None:
    """Settle what a lost worker left behind."""
    sweep(wiring().ports)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def place_planned_callbacks(_event: CloudWatchEvent) -> None:
    """Place the callbacks whose time has come. Most have been placed at their alarms; this is for
    those whose alarm could not be set or was not heard, and for systems that set none."""
    run_due(wiring().ports)


@app.schedule(Rate(5, unit=Rate.MINUTES))
def charge_what_is_due(_event: CloudWatchEvent) -> None:
    """The recurring charges; one that breaks off is gone on with by the next."""
    run_recurring(wiring().ports)


@app.lambda_function(name="place_planned_callback")
def place_planned_callback(event: dict[str, str], _context: object) -> None:
    """The alarm of one planned callback (switchboard/aws/alarms.py)."""
    run_planned(wiring().ports, event["planned"])


# One message at a time, since one that fails comes again with all that were handed over with it.
@app.on_sqs_message(queue=JOBS_QUEUE, batch_size=1, name="run_jobs")
def run_jobs(event: SQSEvent) -> None:
    """What the jobs queue hands over."""
    for record in event:
        run_job(wiring().ports, KINDS, wiring().tools, record.body)
