"""The world of a chaos run: a system behind faults, its peer and customers, and what befalls it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ringback.embedded.process import EmbeddedAws
from switchboard.calls.trunk import Trunk
from switchboard.desk.check_books import check_books
from switchboard.desk.sweep import sweep
from switchboard.ports import Ports
from tests.chaos.aftermath import Aftermath, holds_of, look_at_orders
from tests.chaos.customers import AWS_FAILED, Customers, open_accounts, ports_through
from tests.chaos.fleet import SETTINGS, Fleet, fleet_of
from tests.chaos.peer import Peer
from tests.chaos.plan import Deed, Errand, Fate, Plan, Step
from tests.chaos.proxy import FaultProxy
from tests.integration.system import HOST, System, make_system, until

# For those who wait for AWS, which may take long to answer.
THREADS = 64
SWEEP_EVERY_S = 2.0
# How long the world has to come to rest: SQS offers again after half a minute what nobody deleted.
REST_LIMIT_S = 100.0
# How long workers that were lost have to be noticed, or to be heard of again.
LEAVE_LIMIT_S = 20.0
# A customer whose call the carrier has forgotten hears nothing any more, and cancels it.
NOTICED_AFTER_S = 3.0
LAST_WORDS_S = 0.2
# Nobody may make a write that somebody waits for.
SOMEBODY_WITHIN_S = 20.0
REPLY_LIMIT = timedelta(seconds=3)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Story:
    """What happened in a run, and what was found in the end. `done` counts what was done to it,
    `met` what became of requests to AWS, `broken_off` what gave up because of that."""

    done: Counter[Deed]
    met: Counter[Fate]
    broken_off: Counter[str]
    aftermath: Aftermath


async def live(plan: Plan, aws: EmbeddedAws, folder: Path, tell: Tell) -> Story:
    """A run from its first order to its aftermath. Its workers' log is left in the folder."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    phones = {
        str(number): script
        for errand in plan.errands
        for number, script in zip(errand.phones, (errand.customer, errand.destination), strict=True)
    }
    spool = folder / "spool"
    async with FaultProxy(aws.port) as proxy:
        settings = {"AWS_ENDPOINT_URL": proxy.url, "RINGBACK_SPOOL": str(spool), **SETTINGS}
        system = make_system(aws, folder / "workers.log", **settings)
        open_accounts(system.ports)
        trunk = Trunk("carrier", HOST, system.carrier_port, reply_limit=REPLY_LIMIT)
        system.ports.trunks.save(trunk)
        troubled = await asyncio.to_thread(ports_through, proxy.url, aws, system.prefix)
        async with (
            Peer(phones, system.carrier_port) as peer,
            fleet_of(system, plan.scale.processes) as fleet,
        ):
            broken_off: Counter[str] = Counter()
            customers = Customers(troubled, broken_off)
            world = World(plan, system, spool, proxy, peer, fleet, customers, tell)
            tell(f"{fleet.capacity()} callbacks at once in {plan.scale.processes} processes")
            async with sweeping(troubled, broken_off):
                await world.suffer()
                await world.rest()
            aftermath = await asyncio.to_thread(world.look)
    return Story(world.done, proxy.met, broken_off, aftermath)


@dataclass
class World:
    """What stands between an order and its record, and what is done to it."""

    plan: Plan
    system: System
    spool: Path
    proxy: FaultProxy
    peer: Peer
    fleet: Fleet
    customers: Customers
    tell: Tell
    done: Counter[Deed] = field(default_factory=Counter)
    deaf: tuple[str, ...] = ()

    async def suffer(self) -> None:
        """All that is planned."""
        self.proxy.trouble(self.plan.fates())
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for errand in self.plan.errands:
                group.create_task(self._run(errand, began + errand.at_s))
            for step in self.plan.steps:
                group.create_task(self._befall(step, began + step.at_s))

    async def rest(self) -> None:
        """Nothing goes wrong any more, and all that was begun has its time. Then every message
        comes once more, new workers find what is left, and leave."""
        self.proxy.calm()
        self.tell("the world is calm")
        await _seen(self._rests, REST_LIMIT_S)
        await _seen(lambda: not self._deaf(), LEAVE_LIMIT_S)
        self.deaf = await asyncio.to_thread(self._deaf)
        for errand in self.plan.errands:
            await self._send_again(errand)
        await self.fleet.stop()
        await self.fleet.start()
        await _seen(self._rests, REST_LIMIT_S)
        await self.fleet.stop()
        await _seen(lambda: not self.system.ports.workers.all(), LEAVE_LIMIT_S)

    def look(self) -> Aftermath:
        """What is left when the last worker is gone."""
        ports = self.system.ports
        return Aftermath(
            tuple(look_at_orders(self.plan, ports, self.peer)),
            breaches=tuple(map(str, check_books(ports))),
            holds=tuple(holds_of(ports)),
            calls_up=tuple(call.number for call in self.peer.calls_up),
            orders_waiting=self.system.orders_waiting(),
            deaf=self.deaf,
            heartbeats=tuple(beat.worker for beat in ports.workers.all()),
            control_queues=tuple(self.system.control_queues()),
            spooled=tuple(map(str, self.spooled)),
        )

    @property
    def spooled(self) -> list[Path]:
        """The settlements on disk, also those that could not be read."""
        return list(self.spool.glob("*/*.*"))

    async def _run(self, errand: Errand, at: float) -> None:
        await _until(at)
        await self.customers.order(errand)
        async with asyncio.TaskGroup() as group:
            for after_s in errand.sent_again_after_s:
                group.create_task(self._send_again(errand, after_s))
            if errand.cancelled_after_s is not None:
                await asyncio.sleep(errand.cancelled_after_s)
                await self.customers.cancel(errand)

    async def _send_again(self, errand: Errand, after_s: float = 0.0) -> None:
        await asyncio.sleep(after_s)
        await asyncio.to_thread(self.system.ports.queue.send, errand.trigger.callback_id)
        self.done[Deed.SEND_AGAIN] += 1

    async def _befall(self, step: Step, at: float) -> None:
        await _until(at)
        self.tell(str(step))
        if await self._do(step):
            self.done[step.deed] += 1

    async def _do(self, step: Step) -> bool:
        """Whether there was anybody to suffer it."""
        match step.deed:
            case Deed.KILL | Deed.PAUSE | Deed.KILL_AT_WRITE | Deed.PAUSE_AT_WRITE:
                with suppress(TimeoutError):
                    async with asyncio.timeout(SOMEBODY_WITHIN_S), self._victim(step) as slot:
                        return await self._strike(step, slot)
                return False
            case Deed.HUSH:
                await self.peer.hush(step.lasts_s)
            case Deed.FORGET:
                await self._forget(step.lasts_s)
            case Deed.OUTAGE:
                assert step.fate is not None, "an outage has its kind"
                with self.proxy.outage(step.fate):
                    await asyncio.sleep(step.lasts_s)
        return True

    @asynccontextmanager
    async def _victim(self, step: Step) -> AsyncIterator[int]:
        """The slot of the process that is meant, or that has just made the write and does not know
        it yet."""
        if step.slot is not None:
            yield step.slot
            return
        assert step.write is not None, "it is a process, or a write"
        while True:
            async with self.proxy.after(step.write) as port:
                slot = await self.fleet.slot_at(port)
                if slot is not None:
                    yield slot
                    return

    async def _strike(self, step: Step, slot: int) -> bool:
        if step.deed in {Deed.PAUSE, Deed.PAUSE_AT_WRITE}:
            return await self.fleet.pause(slot, step.lasts_s)
        killed = await self.fleet.kill(slot)
        loop, port = asyncio.get_running_loop(), self.fleet.sip_port(slot)
        # What it sent last is heard before, and nobody else calls from there so soon.
        loop.call_later(LAST_WORDS_S, self.peer.lose, port)
        return killed

    async def _forget(self, span_s: float) -> None:
        forgotten = {call.number for call in self.peer.calls_up}
        await self.peer.forget(span_s)
        await asyncio.sleep(NOTICED_AFTER_S)
        for errand in self.plan.errands:
            if forgotten & {str(phone) for phone in errand.phones}:
                await self.customers.cancel(errand)

    def _deaf(self) -> tuple[str, ...]:
        """The workers that live, and have no control queue."""
        listening = self.system.control_queues()
        names = (beat.worker for beat in self.system.ports.workers.all())
        return tuple(name for name in names if not any(url.endswith(name) for url in listening))

    def _rests(self) -> bool:
        ports, now = self.system.ports, self.system.ports.clock.now()
        if self.peer.calls_up or self.system.orders_waiting() or any(holds_of(ports)):
            return False
        found = (ports.callbacks.find(one.trigger.callback_id) for one in self.plan.errands)
        over = all(one is not None and one.state_at(now).final for one in found)
        return over and not self.spooled


@asynccontextmanager
async def sweeping(ports: Ports, broken_off: Counter[str]) -> AsyncIterator[None]:
    """A sweep every other second, as a schedule has it: one that fails is over, and the next one
    comes."""

    async def sweep_on() -> None:
        while True:
            try:
                await asyncio.to_thread(sweep, ports)
            except AWS_FAILED:
                broken_off["sweeps"] += 1
            await asyncio.sleep(SWEEP_EVERY_S)

    task = asyncio.create_task(sweep_on())
    try:
        yield
    finally:
        task.cancel()


async def _seen(found: Callable[[], bool], limit_s: float) -> None:
    """Wait for it so long, and no longer: what is not as it should be, the aftermath tells."""
    with suppress(TimeoutError):
        await until(found, limit_s)


async def _until(instant: float) -> None:
    await asyncio.sleep(max(0.0, instant - asyncio.get_running_loop().time()))
