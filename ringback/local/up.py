"""`ringback up`: the whole system on this machine until it is stopped."""

import logging
import os
import shutil
import signal
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

from ringback.local.sample import (
    ACCOUNT,
    ADMINISTRATOR,
    CUSTOMER,
    DESTINATION,
    SERVICE,
    add_administrator,
    add_sample,
)
from ringback.local.state import ADMIN_PASSWORD, DEMO_PASSWORD
from ringback.local.system import LocalSystem, SystemOptions
from ringback.wiring import passwords
from switchboard.desk.planned import run_due
from switchboard.desk.recurring import run_recurring
from switchboard.desk.sweep import sweep
from switchboard.desk.system_log import telling
from switchboard.logs import FORM, NOTABLE, write_logs

SWEEP_EVERY_S = 10
CHARGE_EVERY_S = 300

logger = logging.getLogger("ringback.up")


def run_up(state: Path, *, port: int, workers: int) -> None:
    """Until SIGINT or SIGTERM. Parts that end are started again; planned callbacks are placed, and
    the sweep and the recurring charges run, as their schedules in AWS would have them."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    _complain_to_the_terminal()
    with (
        LocalSystem(SystemOptions(state, api_port=port, workers=workers)) as system,
        telling(system.ports.system_log, "up", f"up-{os.getpid()}"),
    ):
        add_sample(system.ports, passwords(), system.env[DEMO_PASSWORD])
        add_administrator(system.ports, passwords(), system.env[ADMIN_PASSWORD])
        print(_welcome(system, state), flush=True)
        logger.info("the system is up, with %s workers", workers, extra=NOTABLE)
        for second in count(1):
            if stop.wait(1):
                break
            _try(_place_planned, system)
            if second % SWEEP_EVERY_S == 0:
                _restart_ended(system)
                _try(_sweep, system)
            if second % CHARGE_EVERY_S == 0:
                _try(_charge, system)
        print("stopping", flush=True)
        logger.info("the system is being stopped", extra=NOTABLE)


def _complain_to_the_terminal() -> None:
    """Of what is logged, the terminal has warnings only: it is told in words what is done."""
    write_logs(os.environ.get(FORM))
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.WARNING)


def _restart_ended(system: LocalSystem) -> None:
    for child in system.restart_ended():
        logger.warning("%s ended and was started again: %s", child.name, child.log)


def _try(job: Callable[[LocalSystem], None], system: LocalSystem) -> None:
    try:
        job(system)
    except Exception:
        logger.exception("it will be tried again in a moment")


def _place_planned(system: LocalSystem) -> None:
    for planned in run_due(system.ports):
        print(f"planned callback {planned.id} is {planned.state.value}", flush=True)


def _sweep(system: LocalSystem) -> None:
    for cdr in sweep(system.ports).settled:
        print(f"swept {cdr.callback}: {cdr.cost}", flush=True)


def _charge(system: LocalSystem) -> None:
    """The recurring charges that are due; for what is not paid yet, its account is looked at."""
    report = run_recurring(system.ports)
    for done in report.done:
        print(f"{done.did.value}: {done.after.account} {done.after.name}", flush=True)
    for failed in report.failed:
        print(f"not charged: {failed.account} {failed.subscription}: {failed.reason}", flush=True)


def _welcome(system: LocalSystem, state: Path) -> str:
    option = "" if state == Path("var") else f" --state {state}"
    command = "ringback" if shutil.which("ringback") else ".venv/bin/ringback"
    return f"""\
Ringback is up at {system.url}  (state and logs in {state}; Ctrl-C stops it)

  page       {system.url}/   login {ACCOUNT}, password {system.env[DEMO_PASSWORD]}
  console    {system.url}/admin   login {ADMINISTRATOR}, password {system.env[ADMIN_PASSWORD]}
  command    {command} callback {CUSTOMER} {DESTINATION} --account {ACCOUNT} --wait{option}
  webhook    {system.url}/webhooks/twilio/sms   texts to {SERVICE} from {CUSTOMER}

A simulated carrier answers any number after two seconds, and hangs up after a minute."""
