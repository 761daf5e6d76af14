"""The embedded AWS as a child of this process, for `ringback up`, the demo and the tests."""

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

POLL_S = 0.02
STOP_S = 5
LAST_LINES = 10
# Its id, and its secret; it opens nothing else.
KEY = "embedded"


class EmbeddedAwsFailed(Exception):
    """The process ended or did not answer in time; the message has the last it said."""


@dataclass(frozen=True, slots=True)
class EmbeddedAws:
    """A running embedded AWS; leaving the `with` block stops it."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What boto3 and pynamodb need to find it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_DEFAULT_REGION": "eu-central-1",
        }

    def stop(self) -> None:
        """Ends it in an orderly way, long polls included."""
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it as a crash would; whatever it has acknowledged is there at the next start."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_embedded_aws(
    state: Path,
    *,
    port: int | None = None,
    log: bool = True,
    deadline: timedelta = timedelta(seconds=30),
) -> EmbeddedAws:
    """An embedded AWS that answers and has put back what the state directory holds.

    What it complains about goes to `aws.stderr` in that directory. It dies with the thread that
    makes this call, so call it from one that lasts.
    """
    port = _free(port)
    state.mkdir(parents=True, exist_ok=True)
    complaints = state / "aws.stderr"
    command = [sys.executable, "-m", "ringback.embedded", "--die-with-parent"]
    command += ["--state", str(state), "--port", str(port)]
    if not log:
        command.append("--no-log")
    with complaints.open("ab") as output:
        said_before = output.tell()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C is for the launcher, which stops this one last.
            process_group=0,
        )
    aws = EmbeddedAws(port, process)
    try:
        _wait_until_healthy(aws, deadline)
    except EmbeddedAwsFailed as failure:
        aws.kill()
        said = complaints.read_bytes()[said_before:].decode(errors="replace")
        last_lines = said.splitlines()[-LAST_LINES:]
        raise EmbeddedAwsFailed("\n".join([str(failure), *last_lines])) from None
    return aws


def _wait_until_healthy(aws: EmbeddedAws, deadline: timedelta) -> None:
    until = time.monotonic() + deadline.total_seconds()
    while time.monotonic() < until:
        if aws.process.poll() is not None:
            raise EmbeddedAwsFailed(f"the embedded AWS ended with {aws.process.returncode}:")
        if _is_healthy(aws.port):
            return
        time.sleep(POLL_S)
    raise EmbeddedAwsFailed(f"the embedded AWS did not answer within {deadline}:")


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free(port: int | None) -> int:
    with socket.socket() as probe:
        # As the server does: connections of the last one that linger are no reason to refuse.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port or 0))
        except OSError as error:
            raise EmbeddedAwsFailed(f"port {port} of 127.0.0.1: {error.strerror}") from None
        free: int = probe.getsockname()[1]
        return free
