"""The embedded AWS as a process: `python -m ringback.embedded --state DIR --port N`."""

import argparse
import asyncio
import ctypes
import decimal
import gc
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from ringback.embedded.files import forget_old
from ringback.embedded.log import Log, LogError
from ringback.embedded.process import KEY

PR_SET_PDEATHSIG = 1

# ministack reads these when it is imported. What the user has set for a ministack of their own is
# not meant for this one; a queue's address, for one, must not depend on it.
SETTINGS = {
    "AUTH": "false",
    # Addresses and forms of S3 are signed by them, and looked at whatever AUTH says.
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": KEY,
    "CLOUDTRAIL_RECORDING": "0",
    "IOT_MTLS_ENABLED": "0",
    "LOCALSTACK_PERSISTENCE": "0",
    "LOG_LEVEL": "WARNING",
    "PERSIST_STATE": "0",
    "SERVICES": "",
    "SFTP_ENABLED": "0",
    "USE_SSL": "0",
}
UNSET = (
    "AWS_SESSION_TOKEN",
    "EDGE_PORT",
    "GATEWAY_PORT",
    "MINISTACK_ACCOUNT_ID",
    "MINISTACK_HOST",
    "MINISTACK_REGION",
)


def main() -> None:
    arguments = _arguments()
    if arguments.die_with_parent:
        _die_with_parent()
    _prepare(arguments.state / "files" if arguments.log else None)
    # Imported late: this imports ministack, which has to find the settings above.
    from ringback.embedded.server import serve

    try:
        with ExitStack() as stack:
            log = stack.enter_context(Log(arguments.state)) if arguments.log else None
            asyncio.run(serve(arguments.port, log))
    except (LogError, OSError) as error:
        sys.exit(f"embedded AWS at port {arguments.port}: {error}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ringback.embedded", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="where the log is kept")
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1")
    parser.add_argument(
        "--no-log", dest="log", action="store_false", help="keep nothing: for tests, and faster"
    )
    parser.add_argument(
        "--die-with-parent", action="store_true", help="Linux: end when the parent process ends"
    )
    return parser.parse_args()


def _die_with_parent() -> None:
    parent = os.getppid()
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("embedded AWS: the parent process has gone")


def _prepare(files: Path | None) -> None:
    os.environ.update(SETTINGS)
    # Objects of S3 are files of their own, in their place before a reply leaves.
    os.environ["S3_PERSIST"] = "0" if files is None else "1"
    os.environ["S3_DATA_DIR"] = str(files or "")
    if files is not None:
        forget_old(files, time.time())
    for name in UNSET:
        os.environ.pop(name, None)
    # DynamoDB's numbers have 38 digits; Python computes with 28 unless told otherwise.
    decimal.DefaultContext.prec = 38
    # Items are kept for good and make no circles: to look through all of them again and again, as
    # Python does by default, takes a sixth of the time once there are many.
    gc.set_threshold(10_000, 50, 500)


if __name__ == "__main__":
    main()
