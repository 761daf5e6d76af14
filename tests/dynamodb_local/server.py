"""Amazon's DynamoDB Local as a child process: the engine that judges our stores."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile

import pytest

HOME = Path(__file__).parents[2] / "var" / "dynamodb-local"
START_LIMIT_S = 30
POLL_S = 0.05


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """The endpoint of a fresh, empty engine, which keeps everything in memory and is stopped on
    leaving the block.

    Fails the test with the command that helps where Java or the jar is missing: a conformance run
    that quietly did not happen is worse than none. Any key and region are accepted; each pair of
    them sees tables of its own.
    """
    port = _free_port()
    with (
        TemporaryFile() as log,
        subprocess.Popen(_command(port), cwd=HOME, stdout=log, stderr=log) as engine,
    ):
        try:
            if not _starts_to_answer(engine, port):
                log.seek(0)
                words = log.read().decode(errors="replace")
                pytest.fail(f"DynamoDB Local did not start:\n{words}", pytrace=False)
            yield f"http://127.0.0.1:{port}"
        finally:
            engine.kill()


def _command(port: int) -> list[str]:
    java = shutil.which("java")
    if java is None:
        pytest.fail("DynamoDB Local needs Java: infra/machine.sh test", pytrace=False)
    if not (HOME / "version").exists():
        pytest.fail("DynamoDB Local is missing: tests/dynamodb_local/fetch.sh", pytrace=False)
    options = ["-inMemory", "-disableTelemetry", "-port", str(port)]
    return [java, "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", *options]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _starts_to_answer(engine: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if _answers(port):
            return True
        with suppress(subprocess.TimeoutExpired):
            engine.wait(POLL_S)
            return False
    return False


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=START_LIMIT_S)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True
