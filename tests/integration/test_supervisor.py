"""A supervisor and its worker processes: one killed, all told to leave, and what they tell."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from ringback.carrier import PhoneCall, PhoneScript, Tone
from ringback.local.child import free_port
from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.sweep import LOST
from tests.integration.caller import in_real_time
from tests.integration.system import DEADLINE_S, WORKER, System, make_system, until
from workers import supervisor as supervisor_module
from workers.settings import Settings
from workers.status import told_over_http
from workers.supervisor import Supervisor

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


@dataclass(frozen=True)
class OnTheLine:
    """A callback whose two phones talk."""

    supervisor: subprocess.Popen[bytes]
    status: Status
    callback: str
    calls: list[PhoneCall]


@asynccontextmanager
async def talking(system: System, status: Status, processes: int = 1) -> AsyncIterator[OnTheLine]:
    customer = system.customer()
    async with system.carrier({customer.phone: ANSWERS, customer.friend: ANSWERS}) as carrier:
        with supervised(system, processes) as supervisor:
            await until(status.pids)
            callback = await asyncio.to_thread(system.order, customer, customer.friend)
            call = await carrier.next_call(str(customer.friend))
            await call.wait_acknowledged()
            yield OnTheLine(supervisor, status, callback, carrier.calls)


@pytest.fixture
def status() -> Status:
    return Status()


@pytest.fixture
def system(aws, tmp_path, status) -> System:
    env = {"RINGBACK_STATUS_PORT": str(status.port), "RINGBACK_DRAIN_S": "60"}
    return make_system(aws, tmp_path / "worker.log", **env, RINGBACK_WORKER_CALLBACKS="1")


@in_real_time
async def test_calls_go_on_where_supervisor_and_processes_are_told_to_leave_at_once(system, status):
    async with talking(system, status) as line:
        [pid] = status.pids()
        for told in (line.supervisor.pid, pid):
            os.kill(told, signal.SIGTERM)
        await asyncio.sleep(1)
        await line.calls[1].hang_up()
        _, cdr = await system.ended(line.callback)
        exit_status = await asyncio.to_thread(line.supervisor.wait, DEADLINE_S)

    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert exit_status == 0


@in_real_time
async def test_calls_are_cut_short_where_the_supervisor_is_told_again(system, status):
    async with talking(system, status) as line:
        line.supervisor.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        line.supervisor.send_signal(signal.SIGTERM)
        _, cdr = await system.ended(line.callback)
        exit_status = await asyncio.to_thread(line.supervisor.wait, DEADLINE_S)

    assert (cdr.verdict, exit_status) == (LOST, 0)


@in_real_time
async def test_calls_go_on_though_the_supervisor_is_killed_and_then_its_processes_leave(
    system, status
):
    async with talking(system, status) as line:
        line.supervisor.kill()
        await asyncio.sleep(1)
        await line.calls[1].hang_up()
        _, cdr = await system.ended(line.callback)
        await until(lambda: not system.ports.workers.all())

    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


def test_who_asks_for_the_status_and_says_nothing_keeps_nobody_waiting(system, status):
    with supervised(system, 1):
        asyncio.run(until(status.health))
        with socket.create_connection(("127.0.0.1", status.port)):
            code, _ = status.health()

    assert code in (200, 503)


def test_a_status_port_that_is_taken_is_named(system, status):
    with socket.create_server(("127.0.0.1", status.port)), supervised(system, 1) as supervisor:
        exit_status = supervisor.wait(DEADLINE_S)

    assert exit_status == 2
    assert f"no status at 127.0.0.1:{status.port}: " in system.log.read_text()


def test_a_process_that_dies_at_once_is_tried_more_and_more_seldom_and_health_tells(
    tmp_path, status, monkeypatch, caplog
):
    monkeypatch.setattr(
        supervisor_module, "WORKER", (sys.executable, "-c", "raise SystemExit(3)", "--")
    )

    async def story() -> tuple[int, dict]:
        supervisor = Supervisor(Settings.from_env({}), os.environ, 1, tmp_path)
        running = asyncio.create_task(supervisor.run())
        with told_over_http(supervisor, tmp_path, ("127.0.0.1", status.port), 15):
            await asyncio.sleep(3)
            told = await asyncio.to_thread(status.health)
            metrics = await asyncio.to_thread(status.metrics)
        supervisor.leave()
        await running
        assert 'ringback_process_restarts_total{process="0"} 2.0' in metrics
        return told

    code, told = asyncio.run(story())

    assert (code, told["processes"][0]["restarts"]) == (503, 2)
    assert [line.split("; ")[1] for line in caplog.messages] == ["again in 1.0 s", "again in 2.0 s"]


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
