"""`python -m ringback.carrier`: a simulated carrier on its own, for as long as it is wanted."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from ringback.carrier.carrier import SimulatedCarrier
from ringback.carrier.script import PhoneBook
from ringback.carrier.script_file import ScriptError, load

_PARENT_POLL_S = 0.2


def main() -> int:
    """0 after SIGTERM or SIGINT, 1 if the port is taken, 2 if the options or scripts are wrong."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        phones = load(options.script) if options.script else PhoneBook()
    except ScriptError as error:
        return _failed(str(error), 2)
    try:
        asyncio.run(_serve(phones, options.port, die_with_parent=options.die_with_parent))
    except OSError as error:
        return _failed(f"cannot listen on UDP port {options.port}: {error.strerror}", 1)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ringback.carrier",
        description="A carrier with a simulated phone behind every number. Without a script file, "
        "a phone rings 2 s, answers, plays a tone of its own (400 Hz, and 10 Hz more for each "
        "unit of the number's last two digits) and hangs up after 60 s.",
    )
    parser.add_argument("--port", type=_port, default=5070, help="UDP; 0 for any (%(default)s)")
    parser.add_argument("--script", type=Path, metavar="FILE.toml", help="what the phones do")
    parser.add_argument(
        "--die-with-parent", action="store_true", help="stop when the process that started it ends"
    )
    return parser.parse_args()


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 65536:
        raise ValueError(port)
    return port


async def _serve(phones: PhoneBook, port: int, *, die_with_parent: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watch = asyncio.create_task(_await_orphanhood(stop)) if die_with_parent else None
    async with SimulatedCarrier(
        phones.scripts, phones.default, port=port, keep_calls=False
    ) as carrier:
        sys.stdout.write(f"carrier listening on {carrier.address}\n")
        sys.stdout.flush()
        await stop.wait()
    if watch is not None:
        watch.cancel()


async def _await_orphanhood(stop: asyncio.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110  no event tells that a parent has died
        await asyncio.sleep(_PARENT_POLL_S)
    stop.set()


def _failed(reason: str, status: int) -> int:
    sys.stderr.write(f"{reason}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
