"""Whole callbacks by one worker: from the queue to the settled record, with the embedded AWS."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from ringback.embedded.process import start_embedded_aws
from switchboard.billing.account import Profile
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.trunk import Trunk
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.orders import Order, order_callback
from switchboard.numbering import PhoneNumber
from tests.bench.figures import shown
from tests.bench.fleet.children import HOST, LOADING, MEASURED, Child, cpu_s
from tests.integration.system import POLL_S, System, make_system

CALLBACKS = 200
TALK_MS = 1000
LIMIT_S = 90
EURO = 1_000_000


def whole_rows(far_ends: Child, sip_port: int, python: Path) -> Iterator[str]:
    """All of the orders wait before the worker comes."""
    far_ends.tell(f"talk {TALK_MS}")
    with (
        TemporaryDirectory() as folder,
        start_embedded_aws(Path(folder, "aws"), log=False) as aws,
    ):
        os.sched_setaffinity(aws.process.pid, {LOADING})
        settings = {"RINGBACK_RTP_PORT": "12000", "RINGBACK_SIP_PORT": "0"}
        system = make_system(aws, Path(folder, "worker.log"), **settings)
        system.ports.trunks.save(Trunk("carrier", HOST, sip_port))
        orders = [_order(system, number) for number in range(CALLBACKS)]
        began_s = cpu_s(aws.process.pid)
        worker_s, ended = _served(system, python, orders)
        aws_s = cpu_s(aws.process.pid) - began_s
    connected = sum(State.CONNECTED in one.reached for one in ended)
    span = max(one.reached[State.ENDED] for one in ended) - min(
        one.reached[State.CLAIMED] for one in ended
    )
    rang = [
        (one.reached[State.CALLING_CUSTOMER] - one.reached[State.CLAIMED]).total_seconds()
        for one in ended
    ]
    a_second = len(ended) / (span.total_seconds() - TALK_MS / 1000)
    yield (
        f"{CALLBACKS} callbacks from the queue to the settled record by one worker, {connected} of"
        f" them connected: {a_second:.0f} a second, {1000 * worker_s / CALLBACKS:.0f} ms of its CPU"
        f" each (the embedded AWS {1000 * aws_s / CALLBACKS:.0f} ms); claimed to calling"
        f" {shown(rang)}"
    )


def _order(system: System, number: int) -> Callback:
    phone, friend = 2 * number, 2 * number + 1
    profile = Profile(
        account=f"customer-{number}",
        name="A customer",
        currency="EUR",
        sheet="cents",
        country="GB",
        numbers=(PhoneNumber(f"+4420794{phone:05d}"),),
    )
    account = open_account(system.ports, profile, Terms(opening_micros=5 * EURO))
    trigger = Trigger("bench", uuid4().hex)
    destination = PhoneNumber(f"+141555{friend:05d}")
    return order_callback(system.ports, account, Order(profile.numbers[0], destination, trigger))


def _served(system: System, python: Path, orders: list[Callback]) -> tuple[float, list[Callback]]:
    """What the worker computed from its start on, and the callbacks when all are over."""
    command = ["taskset", "-c", str(MEASURED), python, "-m", "workers", "--die-with-parent"]
    deadline = time.monotonic() + LIMIT_S
    with (
        system.log.open("ab") as log,
        subprocess.Popen(command, env=system.env, stdout=log, stderr=log) as worker,
    ):
        try:
            while not system.ports.workers.all():
                _wait(worker, deadline)
            began_s = cpu_s(worker.pid)
            ended = [_ended(system, order, worker, deadline) for order in orders]
            return cpu_s(worker.pid) - began_s, ended
        finally:
            worker.terminate()


def _ended(
    system: System, order: Callback, worker: subprocess.Popen[bytes], deadline: float
) -> Callback:
    while not (found := system.ports.callbacks.find(order.id)).state.final:
        _wait(worker, deadline)
    return found


def _wait(worker: subprocess.Popen[bytes], deadline: float) -> None:
    """A moment, in which the worker must not end."""
    assert time.monotonic() < deadline
    with suppress(subprocess.TimeoutExpired):
        worker.wait(POLL_S)
        raise AssertionError("the worker is gone")
