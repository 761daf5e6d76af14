"""`python -m workers`: one worker, until SIGTERM or SIGINT. A second one cuts its calls short."""

import argparse
import asyncio
import ctypes
import logging
import os
import signal
import sys

from workers.loop import shared_loop
from workers.pjsip import CannotStart, PjsipEngine
from workers.recordings import UnusablePrompt
from workers.settings import BadSetting, Settings
from workers.wiring import open_worker

PR_SET_PDEATHSIG = 1

logger = logging.getLogger("workers")


def main() -> int:
    """The exit status: 2 where a setting or a prompt is wrong, 1 where there is no engine."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("--die-with-parent", action="store_true", help="stop when the parent does")
    if parser.parse_args().die_with_parent:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)  # it tells where it found its settings
    try:
        settings = Settings.from_env(os.environ)
        with (
            PjsipEngine(settings.sip) as engine,
            asyncio.Runner(loop_factory=lambda: shared_loop(engine.poll)) as runner,
        ):
            runner.run(_until_told(settings, engine))
    except (BadSetting, UnusablePrompt, CannotStart) as error:
        logger.error("%s", error)
        return 1 if isinstance(error, CannotStart) else 2
    return 0


async def _until_told(settings: Settings, engine: PjsipEngine) -> None:
    async with open_worker(settings, engine, os.environ) as host:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, host.leave)
        logger.info("worker %s uses SIP port %s", settings.worker, engine.sip_port)
        await host.run()


if __name__ == "__main__":
    sys.exit(main())
