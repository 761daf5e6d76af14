"""`python -m workers`: one worker, or so many under a supervisor, until SIGTERM or SIGINT. A second
one cuts their calls short."""

import argparse
import asyncio
import ctypes
import logging
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from switchboard.logs import FORM, NOTABLE, about, write_logs
from workers.host import BEATS_MISSED
from workers.loop import shared_loop
from workers.metrics import count_as
from workers.pjsip import CannotStart, PjsipEngine
from workers.recordings import UnusablePrompt
from workers.settings import BadSetting, Settings
from workers.status import told_over_http
from workers.supervisor import BAD_SETTINGS, Supervisor
from workers.wiring import open_worker, supervisor_told

PR_SET_PDEATHSIG = 1
TO_LEAVE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Some for each call; a process is usually given a thousand, and may take more.
FILES = 65_536

logger = logging.getLogger("workers")


def main() -> int:
    """The exit status: 2 where a setting or a prompt is wrong, 1 where there is no engine."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("--die-with-parent", action="store_true", help="stop when the parent does")
    parser.add_argument("--processes", type=int, metavar="N", help="so many, under a supervisor")
    parser.add_argument(
        "--supervised", nargs=2, type=int, metavar=("PID", "N"), help="as process N of this parent"
    )
    told = parser.parse_args()
    if told.die_with_parent or told.supervised:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if told.supervised:
        parent, number = told.supervised
        if os.getppid() != parent:
            return 0  # it was gone before that
        count_as(number)
    write_logs(os.environ.get(FORM))
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("botocore").setLevel(logging.WARNING)  # it tells where it found its settings
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most_files), most_files))
    try:
        settings = Settings.from_env(os.environ)
        if told.processes is not None:
            return asyncio.run(_supervise(settings, told.processes))
        with (
            about(worker=settings.worker),
            PjsipEngine(settings.sip) as engine,
            asyncio.Runner(loop_factory=lambda: shared_loop(engine.poll)) as runner,
        ):
            runner.run(_work(settings, engine, supervised=bool(told.supervised)))
    except (BadSetting, UnusablePrompt, CannotStart) as error:
        logger.error("%s", error)
        return 1 if isinstance(error, CannotStart) else BAD_SETTINGS
    return 0


async def _work(settings: Settings, engine: PjsipEngine, *, supervised: bool) -> None:
    async with open_worker(settings, engine, os.environ) as host:
        _when_told_to_leave(host.leave)
        if supervised:
            # SIGTERM comes from the supervisor, from whoever stops all processes at once, and when
            # the supervisor dies; calls are cut short by SIGINT only, which may overtake it.
            def leave_once() -> None:
                if not host.is_leaving:
                    host.leave()

            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, leave_once)
            loop.add_signal_handler(signal.SIGINT, host.end_now)
        logger.info(
            "worker %s uses SIP port %s",
            settings.worker,
            engine.sip_port,
            extra={"sip_port": engine.sip_port, **NOTABLE},
        )
        await host.run()


def _when_told_to_leave(leave: Callable[[], None]) -> None:
    for number in TO_LEAVE:
        # Under nohup it outlives its terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, leave)


async def _supervise(settings: Settings, processes: int) -> int:
    stale_s = BEATS_MISSED * settings.host.beat_every.total_seconds()
    with tempfile.TemporaryDirectory(prefix="ringback-metrics-") as folder:
        supervisor = Supervisor(settings, os.environ, processes, Path(folder))
        _when_told_to_leave(supervisor.leave)
        with (
            supervisor_told(settings, os.environ),
            told_over_http(supervisor, Path(folder), settings.status, stale_s),
        ):
            return await supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
