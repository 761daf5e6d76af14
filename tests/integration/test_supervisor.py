"""A supervisor and its worker processes: one killed, all told to leave, and what they tell."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from ringback.carrier import PhoneScript, Tone
from ringback.local.child import free_port
from switchboard.calls.callback import State
from tests.integration.caller import in_real_time
from tests.integration.system import DEADLINE_S, WORKER, System, make_system, until

pytestmark = pytest.mark.integration

ANSWERS = PhoneScript(ring_for=timedelta(), sound=Tone(700))


@contextmanager
def supervised(system: System, processes: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [*WORKER, "--processes", str(processes)]
    with (
        system.log.open("ab") as log,
        subprocess.Popen(command, env=system.env, stdout=log, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


class Status:
    """What a supervisor tells at its port."""

    def __init__(self) -> None:
        self.port = free_port()

    def health(self) -> tuple[int, dict] | None:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/healthz")
        except httpx.TransportError:
            return None
        return answer.status_code, answer.json()

    def pids(self) -> list[int]:
        """Those of its processes, once all are well."""
        code, told = self.health() or (0, {})
        return [one["pid"] for one in told["processes"]] if code == 200 else []

    def metrics(self) -> str:
        return httpx.get(f"http://127.0.0.1:{self.port}/metrics").text


@in_real_time
async def test_processes_share_the_work_are_started_again_and_leave_together(aws, tmp_path):
    status, log = Status(), tmp_path / "worker.log"
    system = make_system(
        aws,
        log,
        RINGBACK_STATUS_PORT=str(status.port),
        RINGBACK_WORKER_CALLBACKS="1",
        RINGBACK_SPOOL=str(tmp_path / "spool"),
    )
    customers = [system.customer() for _ in range(2)]
    phones = {number: ANSWERS for one in customers for number in (one.phone, one.friend)}
    async with system.carrier(phones) as carrier:
        with supervised(system, 2) as supervisor:
            first, second = await until(status.pids)
            os.kill(first, signal.SIGKILL)
            again = await until(lambda: first not in (pids := status.pids()) and pids)
            callbacks = [
                await asyncio.to_thread(system.order, customer, customer.friend)
                for customer in customers
            ]
            for customer in customers:
                call = await carrier.next_call(str(customer.friend))
                await call.wait_acknowledged()
            both_up = all(call.ended is None for call in carrier.calls)
            supervisor.send_signal(signal.SIGTERM)
            settled = [await system.ended(callback) for callback in callbacks]
            last_told = await asyncio.to_thread(status.metrics)
            exit_status = await asyncio.to_thread(supervisor.wait, DEADLINE_S)

    assert second in again
    assert both_up
    assert len({over.worker for over, _ in settled}) == 2
    assert [over.state for over, _ in settled] == [State.ENDED] * 2
    assert "ringback_callbacks_ended_total" in last_told
    assert exit_status == 0
    assert system.books_are_clean()


def test_what_no_process_could_work_with_is_not_tried_again(aws, tmp_path):
    system = make_system(aws, tmp_path / "worker.log", RINGBACK_PROMPTS=str(tmp_path / "nowhere"))

    with supervised(system, 2) as supervisor:
        exit_status = supervisor.wait(DEADLINE_S)

    assert exit_status == 2
    assert "nowhere" in system.log.read_text()


def test_a_supervisor_is_failing_while_a_heartbeat_does_not_reach_the_stores(aws, tmp_path):
    status = Status()
    nobody = f"http://127.0.0.1:{free_port()}"
    system = make_system(
        aws,
        tmp_path / "worker.log",
        RINGBACK_STATUS_PORT=str(status.port),
        AWS_ENDPOINT_URL_DYNAMODB=nobody,
    )

    with supervised(system, 1):
        code, told = asyncio.run(until(status.health))

    assert (code, told["status"]) == (503, "failing")
    assert told["processes"][0]["heartbeat_age_s"] is None
