"""A worker that takes its orders from a queue, in memory and under simulated time."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

from prometheus_client import CollectorRegistry

from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.queue import SimulatedControl, SimulatedControlQueue, SimulatedQueue
from tests.fakes.world import BOB
from workers.host import Host, HostTerms
from workers.metrics import Metrics

# Two talk from second 5 to second 65 after the order is taken.
TALK_A_MINUTE = {BOB: FarEnd(hangs_up_s=60)}
HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


class Shift(Exchange):
    """An exchange with a worker that takes its orders from a queue."""

    def __init__(self, capacity: int = 2, **changes: Callable[[Any], Any]) -> None:
        super().__init__(TALK_A_MINUTE, deck=CENT_A_SECOND, opening_micros=100_000_000)
        self.orders = self.inbox = SimulatedQueue()
        self.control = SimulatedControlQueue()
        control = SimulatedControl(self.control)
        self.ports = replace(self.ports, queue=self.orders, control=control)
        failing = {name: change(getattr(self.ports, name)) for name, change in changes.items()}
        self.ports = replace(self.ports, **failing)
        self.desk = replace(self.desk, ports=self.ports)
        self.metrics = CollectorRegistry()
        self.terms = HostTerms(capacity, beat_every=timedelta(seconds=5))

    def work(self, story: Callable[[], Coroutine[Any, Any, Any]], *, until_s: float) -> Any:
        """Let the host work, and the story happen meanwhile; then stop the host."""

        async def both() -> Any:
            host = self._host()
            work = asyncio.create_task(host.run())
            told = await story()
            await asyncio.sleep(until_s - asyncio.get_running_loop().time())
            host.leave()
            await work
            return told

        return run_simulated(both())

    def leave(
        self, story: Callable[[], Coroutine[Any, Any, Any]], *after_s: float, drain_s: float
    ) -> float:
        """Let the host work, and tell it to leave: when it has left."""
        self.terms = replace(self.terms, drain_limit=timedelta(seconds=drain_s))

        async def until_it_has_left() -> float:
            host = self._host()
            work = asyncio.create_task(host.run())
            for told_s in after_s:
                asyncio.get_running_loop().call_at(told_s, host.leave)
            await story()
            await work
            return asyncio.get_running_loop().time()

        return run_simulated(until_it_has_left())

    def _host(self) -> Host:
        metrics = Metrics(self.metrics)
        return Host(self.desk, self.terms, self.inbox, self.control, metrics)

    def at(self, seconds: float):
        return self.ports.clock.start + timedelta(seconds=seconds)

    def dialled(self) -> list[float]:
        """When customers were dialled."""
        return [at_s for at_s, what in self.transcript if what.startswith("customer is dialled")]


def order_many(shift: Shift, many: int):
    async def story():
        for number in range(many):
            customer = PhoneNumber(f"+44207123450{number}")
            shift.order(customer=customer, identity=str(number))

    return story
