"""One simulation from one seed: actors in any order, interrupted, delayed, crashed, repeated."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from switchboard.billing.buckets import Bucket
from switchboard.desk.purse import Purse
from switchboard.desk.sweep import sweep
from switchboard.ports import Ports
from tests.fakes.plenty import grant
from tests.fakes.ports import MemoryClock, memory_ports
from tests.fakes.world import open_alice
from tests.simulator.attempt import Attempt
from tests.simulator.crowd import (
    Invocation,
    block,
    cancel,
    clear_up,
    correct,
    limit,
    order,
    pay,
    ration,
)
from tests.simulator.host import Host
from tests.simulator.judge import Judge
from tests.simulator.stores import MemoryStores, Orders, SkewedClock, Stores
from tests.simulator.trouble import CALM, Crashed, Fate, Odds, Troubled

Actor = Host | Attempt | Invocation
# Most steps take no time; some let a heartbeat be missed, a claim lapse, or patience end.
PAUSES_S = (0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 8, 16, 40)
DEEPEST = 3
# Daily limits begin again in the midst of it.
BEGIN = datetime(2026, 1, 2, 23, 52, tzinfo=UTC)


@dataclass(frozen=True)
class Plot:
    """What a simulation is about. Each clock is off by up to `skew_ms`, to either side."""

    opening_micros: int = 150_000
    callbacks: int = 8
    workers: int = 4
    steps: int = 150
    skew_ms: int = 3000
    odds: Odds = field(default_factory=Odds)
    clerks: bool = True
    buckets: tuple[Bucket, ...] = ()


class Story:
    """Told once, by `tell`."""

    def __init__(
        self,
        seed: int,
        plot: Plot,
        *,
        over: Callable[..., Stores] = MemoryStores,
        purse: type[Purse] = Purse,
        **kinds: type,
    ) -> None:
        self._random = random = Random(seed)
        self._plot = plot
        stores, clock = over(**kinds), MemoryClock(BEGIN)
        queue = Orders(clock, random)
        self.ports = replace(memory_ports(), clock=clock, queue=queue, **stores.calm())
        open_alice(self.ports, opening_micros=plot.opening_micros, max_callbacks=3)
        grant(self.ports, *plot.buckets)
        self._judge = Judge(self.ports)
        self._fate = Fate(random, plot.odds, self._let_others_run, self._judge.watch)
        self._troubled = replace(
            self.ports, queue=Troubled(queue, self._fate), **stores.troubled(self._fate)
        )
        self._crowd = [Invocation(deed, self._seen(), random) for deed in _deeds(plot)]
        self._purse = purse
        self._hosts: list[Host] = []
        self._running: list[Actor] = []

    @property
    def deaths(self) -> int:
        """How many workers died in the midst of their work."""
        return len(self._hosts) - self._plot.workers

    def tell(self) -> list[str]:
        """What should not have happened; nothing, in a good run."""
        for _ in range(self._plot.steps):
            self._step()
        self._calm_down()
        self._judge.conclude(self._hosts)
        return self._judge.found

    def _step(self) -> None:
        """One step of somebody, perhaps after a while."""
        self._pass(self._random.choice(PAUSES_S))
        while sum(host.alive for host in self._hosts) < self._plot.workers:
            name = f"w{len(self._hosts)}"
            self._hosts.append(
                Host(name, self._seen(), self.ports.queue, self._random, self._purse)
            )
        workers = [actor for host in self._hosts for actor in host.actors]
        crowd: list[Actor] = [*self._crowd] if self._random.random() < 0.3 else []
        free = [actor for actor in crowd or workers if actor not in self._running]
        if free:
            self._run(self._random.choice(free))

    def _run(self, actor: Actor) -> None:
        self._running.append(actor)
        try:
            actor.step()
        except Crashed:
            actor.crash()
        finally:
            self._running.pop()

    def _let_others_run(self) -> None:
        """In the midst of somebody's step, who may find its own process dead after that."""
        if len(self._running) <= DEEPEST:
            for _ in range(self._random.randint(1, 4)):
                self._step()
        if not self._running[-1].alive:
            raise Crashed

    def _calm_down(self) -> None:
        """Nothing goes wrong any more: workers finish, patience and holds end, a sweep comes."""
        self._fate.odds = CALM
        quiet = 0
        while quiet < 10:
            self._pass(5)
            alive = [host for host in self._hosts if host.alive]
            for actor in [actor for host in alive for actor in host.actors]:
                self._run(actor)
            quiet = 0 if any(len(host.actors) > 1 for host in alive) else quiet + 1
        for host in self._hosts:
            host.crash()
        self._pass(600)
        sweep(self.ports)
        if sweep(self.ports).settled:
            self._judge.found.append("a sweep was not enough")

    def _pass(self, seconds: int) -> None:
        self.ports.clock.pass_by(timedelta(seconds=seconds))

    def _seen(self) -> Ports:
        """The world as somebody sees it whose clock is wrong."""
        off_ms = self._random.randint(-self._plot.skew_ms, self._plot.skew_ms)
        clock = SkewedClock(self.ports.clock, timedelta(milliseconds=off_ms))
        return replace(self._troubled, clock=clock)


def _deeds(plot: Plot) -> list[Callable[[Ports, Random], Any]]:
    clerks = [pay, correct, block, limit, ration] if plot.clerks else []
    orders = [order(plot.callbacks)] * 4
    return [*orders, clear_up, clear_up, cancel(plot.callbacks), *clerks]
