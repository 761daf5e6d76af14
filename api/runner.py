"""The runner of jobs on this machine: `python api/runner.py`, with the environment of a Lambda."""

import argparse
import logging
import os
import signal
import sys
import threading
from contextlib import suppress

from app import run_jobs
from chalicelib.settings import SettingsError
from chalicelib.wiring import open_jobs_inbox
from local import die_with_parent
from switchboard.logs import FORM, write_logs
from switchboard.ports import Inbox, Message, NoQueue

# Below whatever carries calls.
NICENESS = 10
# A long job holds up no short one.
THREADS = 2
PAUSE_S = 5

log = logging.getLogger("ringback.runner")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python api/runner.py", description=__doc__)
    parser.add_argument(
        "--die-with-parent", action="store_true", help="Linux: end when the parent process ends"
    )
    arguments = parser.parse_args()
    if arguments.die_with_parent:
        die_with_parent()
    os.nice(NICENESS)
    write_logs(os.environ.get(FORM), "%(asctime)s %(name)s %(levelname)s %(message)s")
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        inbox = open_jobs_inbox(os.environ)
    except (SettingsError, KeyError) as error:
        sys.exit(f"runner: {error}")
    for _ in range(THREADS):
        # What they have not ended is taken over at the next start.
        threading.Thread(target=take_jobs, args=(inbox, stopping), daemon=True).start()
    stopping.wait()


def take_jobs(inbox: Inbox, stopping: threading.Event) -> None:
    """Run one job after the other."""
    while not stopping.is_set():
        try:
            for message in inbox.receive(most=1):
                run(inbox, message)
        except Exception:
            log.exception("a job failed, or none can be had: it is tried again")
            stopping.wait(PAUSE_S)


def run(inbox: Inbox, message: Message) -> None:
    """Run the job of a message, which is not needed again whatever comes of it: a job that broke
    off has sent itself another one."""
    try:
        record = {"body": message.body, "receiptHandle": message.receipt}
        run_jobs({"Records": [record]}, None)
    finally:
        with suppress(NoQueue):
            inbox.delete(message)


if __name__ == "__main__":
    main()
