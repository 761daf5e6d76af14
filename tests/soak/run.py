"""The soak: short callbacks, one after the other for each of some customers, on some workers."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from ringback.carrier import PhoneScript, SimulatedCarrier
from ringback.embedded.process import EmbeddedAws
from switchboard.calls.callback import Callback
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.numbering import PhoneNumber
from tests.integration.chords import write_chords
from tests.integration.system import Customer, make_system, until
from tests.soak.counts import Held, held, megabytes
from tests.soak.worker import FOLDER

WORKER = [sys.executable, "-m", "tests.soak.worker", "--die-with-parent"]
TALKS = PhoneScript(ring_for=timedelta(), hang_up_after=timedelta(seconds=0.3))
WAITS = PhoneScript(ring_for=timedelta())
CALLBACK_LIMIT_S = 30.0
PLENTY_CENTS = 10_000_000
TOLD_EVERY = 500
HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
_numbers = count()


@dataclass(frozen=True, slots=True)
class Plan:
    """How many callbacks, after how many for warming up, and how long all rests before a count:
    transactions of SIP live for half a minute."""

    callbacks: int
    warm_up: int
    workers: int
    at_once: int
    rest_s: float


@dataclass(frozen=True, slots=True)
class Soaked:
    """What each worker held after the warm-up and at the end, and which callbacks went wrong."""

    before: list[Held]
    after: list[Held]
    lost: list[str]
    books_are_clean: bool
    took_s: float


class Soak:
    """A system whose prompts are short, and customers who are always on the phone."""

    def __init__(
        self, aws: EmbeddedAws, folder: Path, plan: Plan, tell: Callable[[str], None]
    ) -> None:
        prompts, self._counts = folder / "prompts", folder / "counts"
        write_chords(prompts, long="", long_s=0)
        self._counts.mkdir()
        told = {FOLDER: str(self._counts), "RINGBACK_PROMPTS": str(prompts)}
        # The phones are slow where the machine is busy, and that is no fault of theirs.
        told |= {"RINGBACK_BEAT_S": "5", "RINGBACK_RING_LIMIT_S": "30"}
        self.system = make_system(aws, folder / "workers.log", **told)
        [trunk] = self.system.ports.trunks.all()
        patient = replace(trunk, rests_after=0, reply_limit=timedelta(seconds=30))
        self.system.ports.trunks.save(patient)
        self._plan = plan
        self._tell = tell
        self._customers = [self.system.customer(PLENTY_CENTS) for _ in range(plan.at_once)]
        self._placed: list[Callback] = []

    async def run(self) -> Soaked:
        plan = self._plan
        with self._workers() as workers:
            async with self._carrier() as carrier:
                await self._call(carrier, plan.warm_up)
                before = await self._held(workers)
                began = time.monotonic()
                for done in range(0, plan.callbacks, TOLD_EVERY):
                    await self._call(carrier, min(TOLD_EVERY, plan.callbacks - done))
                    sizes = [f"{megabytes(worker.pid):.1f} MB" for worker in workers]
                    self._tell(f"{len(self._placed) - plan.warm_up} callbacks: {', '.join(sizes)}")
                took_s = time.monotonic() - began
                after = await self._held(workers)
        lost = await asyncio.to_thread(self._lost)
        return Soaked(before, after, lost, self.system.books_are_clean(), took_s)

    @contextmanager
    def _workers(self) -> Iterator[list[subprocess.Popen[bytes]]]:
        with self.system.log.open("ab") as log, ExitStack() as running:
            workers = []
            for _ in range(self._plan.workers):
                worker = subprocess.Popen(WORKER, env=self.system.env, stdout=log, stderr=log)
                workers.append(running.enter_context(worker))
                running.callback(worker.terminate)
            self.system._first_beats(workers, set())
            yield workers

    def _carrier(self) -> SimulatedCarrier:
        customers = {str(one.phone): WAITS for one in self._customers}
        port = self.system.carrier_port
        return SimulatedCarrier(customers, TALKS, port=port, keep_calls=False)

    async def _call(self, carrier: SimulatedCarrier, callbacks: int) -> None:
        left = iter(range(callbacks))
        async with asyncio.TaskGroup() as group:
            for customer in self._customers:
                group.create_task(self._keep_calling(carrier, customer, left))

    async def _keep_calling(
        self, carrier: SimulatedCarrier, customer: Customer, left: Iterator[int]
    ) -> None:
        for _ in left:
            # Always another: who orders the same two phones twice is given the first callback.
            friend = PhoneNumber(f"+1415{2_000_000 + next(_numbers)}")
            self._placed.append(await asyncio.to_thread(self.system.order, customer, friend))
            # Which was lost is asked when all is over.
            with suppress(TimeoutError):
                async with asyncio.timeout(CALLBACK_LIMIT_S):
                    call = await carrier.next_call(str(friend))
                    await call.wait_ended()

    async def _held(self, workers: list[subprocess.Popen[bytes]]) -> list[Held]:
        """Once nothing is under way."""
        await until(lambda: self.system.orders_waiting() == 0, CALLBACK_LIMIT_S)
        await until(self._nothing_is_held, CALLBACK_LIMIT_S)
        await asyncio.sleep(self._plan.rest_s)
        return [await held(worker.pid, self._counts) for worker in workers]

    def _nothing_is_held(self) -> bool:
        return not any(self.system.balance(one).holds for one in self._customers)

    def _lost(self) -> list[str]:
        """The callbacks whose CDR does not say that the friend answered and hung up."""
        cdrs = {one.id: self._cdr(one) for one in self._placed}
        return [
            f"{name}: {cdr and cdr.verdict}"
            for name, cdr in cdrs.items()
            if cdr is None or cdr.verdict != HUNG_UP
        ]

    def _cdr(self, callback: Callback) -> Cdr | None:
        return self.system.ports.books.cdr(callback.account, callback.id, callback.requested_at)
