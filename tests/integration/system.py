"""A whole system behind the doors that order: embedded AWS, a worker process, a carrier."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import boto3
import pytest
from mypy_boto3_sqs import SQSClient

from ringback.carrier import PhoneScript, SimulatedCarrier
from ringback.embedded.process import EmbeddedAws
from switchboard.aws import AwsSettings, create_tables, open_ports
from switchboard.billing.account import Profile
from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.cdr import Cdr
from switchboard.calls.trunk import Trunk
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.check_books import check_books
from switchboard.desk.orders import Order, order_callback
from switchboard.ledger.balance import Balance
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.decks import read_deck
from tests.fakes.exchange import CENT, CENT_A_SECOND
from tests.fakes.texts import PIN_KEY

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
WORKER = [sys.executable, "-m", "workers", "--die-with-parent"]
DEADLINE_S = 15
POLL_S = 0.05
_numbers = itertools.count(1)
Found = TypeVar("Found")


@dataclass(frozen=True)
class Customer:
    """An account of its own, so that tests share a system; each leg costs a cent a second."""

    account: str
    phone: PhoneNumber
    friend: PhoneNumber


@dataclass(frozen=True)
class Worker:
    """A worker process, and the name that it gave itself."""

    name: str
    process: subprocess.Popen[bytes]


@dataclass
class System:
    """One system. Its trunk leads to `carrier_port`, whoever listens there."""

    ports: Ports
    sqs: SQSClient
    prefix: str
    env: Mapping[str, str]
    log: Path
    carrier_port: int

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """A worker that takes orders. At the end of the block it is stopped, unless it was."""
        others = self._workers()
        with (
            self.log.open("ab") as log,
            subprocess.Popen(WORKER, env=self.env, stdout=log, stderr=log) as process,
        ):
            try:
                [name] = self._first_beats([process], others)
                yield Worker(name, process)
            finally:
                process.terminate()

    @contextmanager
    def workers(self, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
        """So many at once that take orders; stopped at the end of the block."""
        others = self._workers()
        with self.log.open("ab") as log, ExitStack() as running:
            processes = []
            for _ in range(count):
                process = subprocess.Popen(WORKER, env=self.env, stdout=log, stderr=log)
                processes.append(running.enter_context(process))
                running.callback(process.terminate)
            self._first_beats(processes, others)
            yield processes

    def _workers(self) -> set[str]:
        return {beat.worker for beat in self.ports.workers.all()}

    def _first_beats(self, processes: list[subprocess.Popen[bytes]], others: set[str]) -> list[str]:
        """The names of workers that have just started."""
        deadline = time.monotonic() + DEADLINE_S * 2
        while len(new := self._workers() - others) < len(processes):
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")
            for process in processes:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL_S / len(processes))
                    pytest.fail(self.log.read_text(errors="replace"))
        return sorted(new)

    def carrier(self, scripts: Mapping[PhoneNumber, PhoneScript]) -> SimulatedCarrier:
        """Where the trunk leads to, with these phones behind it."""
        named = {str(number): script for number, script in scripts.items()}
        return SimulatedCarrier(named, port=self.carrier_port)

    def customer(self, cents: int = 500) -> Customer:
        """A new prepaid customer, who has a friend to call."""
        number = next(_numbers)
        customer = Customer(
            f"customer-{number}",
            PhoneNumber(f"+44207946{number:04d}"),
            PhoneNumber(f"+1415555{number:04d}"),
        )
        profile = Profile(
            account=customer.account,
            name="A customer",
            currency="EUR",
            sheet="cents",
            country="GB",
            numbers=(customer.phone,),
        )
        open_account(self.ports, profile, Terms(opening_micros=cents * CENT))
        return customer

    def order(self, customer: Customer, destination: PhoneNumber | None) -> Callback:
        """A callback that connects the customer, or asks whom to call."""
        account = self.ports.accounts.get(customer.account)
        trigger = Trigger("test", uuid4().hex)
        return order_callback(self.ports, account, Order(customer.phone, destination, trigger))

    async def ended(
        self, callback: Callback, limit_s: float = DEADLINE_S
    ) -> tuple[Callback, Cdr | None]:
        """A callback that is over and charged, and its CDR."""

        def found() -> Callback | None:
            known = self.ports.callbacks.find(callback.id)
            held = callback.id in self.ports.books.balance(callback.account).holds
            return known if known is not None and known.state.final and not held else None

        over = await until(found, limit_s)
        return over, self.ports.books.cdr(over.account, over.id, over.requested_at)

    def balance(self, customer: Customer) -> Balance:
        return self.ports.books.balance(customer.account)

    def books_are_clean(self) -> bool:
        return list(check_books(self.ports)) == []

    def orders_waiting(self) -> int:
        """How many messages of the callbacks queue are not deleted."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        url = self.sqs.get_queue_url(QueueName=f"{self.prefix}callbacks")["QueueUrl"]
        counted = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(counted["Attributes"][name]) for name in names)

    def control_queues(self) -> list[str]:
        """The addresses of the queues by which workers are told to hang up."""
        listed = self.sqs.list_queues(QueueNamePrefix=f"{self.prefix}control-")
        return listed.get("QueueUrls", [])


async def until(found: Callable[[], Found | None], limit_s: float = DEADLINE_S) -> Found:
    """What is found, as soon as it is; TimeoutError where it is not in time."""
    deadline = asyncio.get_running_loop().time() + limit_s
    while not (answer := await asyncio.to_thread(found)):
        async with asyncio.timeout_at(deadline):
            await asyncio.sleep(POLL_S)
    return answer


def make_system(aws: EmbeddedAws, log: Path, **settings: str) -> System:
    """A new system in an embedded AWS, without a worker. Its workers take these settings."""
    region, prefix = aws.environment["AWS_DEFAULT_REGION"], f"t{uuid4().hex[:8]}-"
    with pytest.MonkeyPatch.context() as patch:
        # The clients look for their endpoint when they are made.
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        create_tables(AwsSettings(region, prefix))
        ports = open_ports(AwsSettings(region, prefix))
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RINGBACK_PREFIX": prefix,
            "RINGBACK_BEAT_S": "1",
            "RINGBACK_DRAIN_S": "0",
            "RINGBACK_RING_LIMIT_S": "2",
            "RINGBACK_PIN_KEY": PIN_KEY.secret,
            **settings,
        }
        sqs = boto3.client("sqs", region_name=region)
        ports.sheets.publish(
            RateSheet.of("cents", "v1", SheetTerms("EUR"), read_deck(CENT_A_SECOND))
        )
        carrier_port = free_port()
        ports.trunks.save(Trunk("carrier", HOST, carrier_port))
    return System(ports, sqs, prefix, env, log, carrier_port)


def free_port() -> int:
    """A port for SIP that nobody listens at."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
