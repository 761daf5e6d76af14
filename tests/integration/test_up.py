"""`ringback up` and `ringback demo`: the whole system, with every part a process of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.integration.system import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

RINGBACK = str(Path(sys.executable).with_name("ringback"))
LAST_WORDS = "A simulated carrier answers any number"


@contextmanager
def up(state: Path) -> Iterator[subprocess.Popen[str]]:
    """The system, once it has said that it is there; still running parts are ended with it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [RINGBACK, "up", "--state", str(state), "--port", port, "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any(LAST_WORDS in line for line in process.stdout)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def ringback(state: Path, *words: str):
    command = [RINGBACK, *words, "--state", str(state), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


def parts_of(state: Path) -> list[str]:
    """What still runs with this state directory among its arguments or in its environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(state).encode() in told and process.name != str(os.getpid()):
            found.append(process.name)
    return found


def call_until_connected(state: Path) -> None:
    """Place a call by the command, and come back when the two talk."""
    words = ["callback", "+442079460123", "+14155550100", "--account", "demo", "--wait"]
    command = [RINGBACK, *words, "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as calling:
        assert calling.stdout is not None
        assert any(line == "connected\n" for line in calling.stdout)
        calling.kill()


def swept(state: Path):
    """The CDRs that a sweep writes, once the heartbeat of the killed worker is stale."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ringback(state, "sweep")
        if cdrs := ringback(state, "cdrs", "list", "--account", "demo"):
            return cdrs
    pytest.fail("nothing was swept")


def test_a_call_cut_by_a_kill_is_charged_once_after_the_restart(tmp_path, monkeypatch):
    monkeypatch.setenv("RINGBACK_BEAT_S", "1")
    with up(tmp_path) as system:
        call_until_connected(tmp_path)
        system.kill()
        system.wait()

    with up(tmp_path) as system:
        cdrs = swept(tmp_path)
        account = ringback(tmp_path, "accounts", "show", "demo")
        breaches = ringback(tmp_path, "check-books")
        system.terminate()
        system.wait(timeout=60)

    (cdr,) = cdrs
    assert cdr["reason"] == "worker_lost"
    assert Decimal(cdr["cost"]) > 0
    assert Decimal(account["balance"]) == 5 - Decimal(cdr["cost"])
    assert (account["held"], breaches) == ("0.00", [])
    # A worker whose launcher was killed tries for ten seconds to settle its calls.
    assert asyncio.run(until(lambda: not parts_of(tmp_path), limit_s=30))


def test_a_planned_callback_survives_a_restart_and_is_placed_in_its_time(tmp_path):
    order = ["callback", "+442079460123", "+14155550100", "--account", "demo"]
    with up(tmp_path) as system:
        at = datetime.now(UTC) + timedelta(seconds=15)
        planned = ringback(tmp_path, *order, "--at", at.isoformat())
        system.terminate()
        system.wait(timeout=60)

    with up(tmp_path) as system:
        placed = f"planned callback {planned['id']} is placed\n"
        assert any(line == placed for line in system.stdout)
        placed_at = datetime.now(UTC)
        system.terminate()
        system.wait(timeout=60)

    assert planned["status"] == "planned"
    assert at <= placed_at


def test_the_demo_holds_and_leaves_nothing_behind(tmp_path):
    env = {**os.environ, "TMPDIR": str(tmp_path)}

    done = subprocess.run([RINGBACK, "demo"], env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "first INVITE" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert parts_of(tmp_path) == []
