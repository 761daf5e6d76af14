"""The host: takes orders off the queue, as many as there is room for, and keeps the heartbeat."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from switchboard.calls.beat import Beat
from switchboard.calls.cdr import Cdr
from switchboard.desk.sweep import LOST
from switchboard.logs import NOTABLE
from switchboard.ports import ControlInbox, Inbox, Limit, Message, NoQueue
from workers.chores import for_ever, go_on_after_faults
from workers.metrics import Metrics
from workers.minutes import MinuteBook, tell
from workers.session import Desk, Session
from workers.threads import in_daemon_thread

logger = logging.getLogger(__name__)

# How long the next heartbeat waits at least for each callback that this one named: a full worker's
# is long, and is written as often as usual only.
PAUSE_A_CALL = timedelta(milliseconds=20)
# How often it looks for what workers that are gone have left.
DELIVER_EVERY_S = 30
# How often it looks how many orders wait, and are dead.
COUNT_EVERY_S = 30
MILLISECOND = timedelta(milliseconds=1)
# How long a heartbeat tells of a callback that had to wait.
LATELY = timedelta(minutes=1)
# Of all workers, one tells that so many orders are dead, and again after a while.
TOLD_DEAD = Limit(1, timedelta(hours=1))
# How long a worker that is told to stop tries to reach the stores.
GOODBYE_LIMIT_S = 10
# So many heartbeats may fail to come before a worker is taken for lost.
BEATS_MISSED = 3


@dataclass(frozen=True, slots=True)
class HostTerms:
    """How many callbacks this worker carries at once, and how often it tells that it lives."""

    capacity: int
    beat_every: timedelta = timedelta(seconds=5)
    # How long its callbacks may go on once it is to leave.
    drain_limit: timedelta = timedelta()


class Host:
    """Works until it is to leave, and then until its callbacks are over or its patience with them
    is; what is left is hung up and settled, and it says goodbye."""

    def __init__(
        self, desk: Desk, terms: HostTerms, orders: Inbox, control: ControlInbox, metrics: Metrics
    ) -> None:
        self._minutes = MinuteBook(desk.ports.clock, desk.worker)
        self._desk = replace(desk, passed_over=self._minutes.passed_over, taken=self._taken)
        # How long the callbacks had waited that were taken lately, by when that was.
        self._waits: dict[datetime, timedelta] = {}
        self._metrics = metrics
        self._terms = terms
        self._orders = orders
        self._control = control
        self._sessions: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_beat: Beat | None = None
        # A callback is about to ring: what happens to this worker now must not hide it.
        self._news = asyncio.Event()
        desk.watch.news = desk.channels.news = self._news.set
        self._beaten = asyncio.Event()
        # Orders that a heartbeat has yet to name; until it does, the queue keeps them.
        self._unnamed: dict[str, list[Message]] = {}
        self._leaving = asyncio.Event()
        self._patience: asyncio.Timeout | None = None
        self._hurried = False
        self._over = asyncio.Event()
        self._dead = 0

    @property
    def is_leaving(self) -> bool:
        """Whether it has been told to leave."""
        return self._leaving.is_set()

    def leave(self) -> None:
        """Take no new callbacks, and end when those there are have. Told again, end now."""
        if self.is_leaving:
            self.end_now()
        self._leaving.set()
        self._news.set()

    def end_now(self) -> None:
        """Leave without waiting for the callbacks there are, which are cut short."""
        self._hurried = True
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time())
        self._leaving.set()
        self._news.set()

    async def run(self) -> None:
        """Work until told to leave."""
        try:
            async with asyncio.TaskGroup() as group:
                orders = group.create_task(self._take_orders_until_leaving())
                beside = self._obey, self._deliver, self._count
                others = [group.create_task(for_ever(work)) for work in beside]
                group.create_task(self._beat_until_over())
                await self._leaving.wait()
                await self._drain(orders)
                for task in others:
                    task.cancel()
                self._over.set()
                self._news.set()
        finally:
            await asyncio.shield(self._say_goodbye())

    async def _drain(self, orders: asyncio.Task[None]) -> None:
        logger.info("takes no more callbacks; %s go on", len(self._sessions), extra=NOTABLE)
        limit_s = 0 if self._hurried else self._terms.drain_limit.total_seconds()
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s) as self._patience:
                # What the last question to the queue brings is served: to another worker it would
                # come half a minute late.
                await orders
                while self._tasks:
                    await asyncio.wait(self._tasks)
        self._patience = None

    async def _take_orders_until_leaving(self) -> None:
        while not self._leaving.is_set():
            await go_on_after_faults(self._take_orders, self._leaving)

    async def _take_orders(self) -> None:
        while len(self._tasks) >= self._terms.capacity:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        if self._leaving.is_set():
            return
        free = self._terms.capacity - len(self._tasks)
        for message in await in_daemon_thread(lambda: self._orders.receive(most=free)):
            task = asyncio.create_task(self._serve(message))
            self._tasks.add(task)

    async def _serve(self, message: Message) -> None:
        """Whatever goes wrong with one order is logged, and its message comes again."""
        try:
            if message.body not in self._sessions:
                await self._serve_once(message)
            elif message.body in self._unnamed:
                self._unnamed[message.body].append(message)
            else:
                await asyncio.to_thread(self._orders.delete, message)
        except Exception:
            logger.exception("callback %s failed", message.body, extra={"callback": message.body})
        finally:
            self._tasks.discard(_this_task())

    async def _serve_once(self, message: Message) -> None:
        name = message.body
        session = self._sessions[name] = Session(self._desk, name, self._news.set)
        self._unnamed[name] = [message]
        try:
            cdr = await session.serve()
            if cdr is not None:
                self._metrics.ended(cdr)
                self._minutes.ended(cdr)
                _log_end(cdr)
            if not session.given_back:
                await self._delete_order(name)
        finally:
            del self._sessions[name]
            self._unnamed.pop(name, None)

    async def _delete_order(self, name: str) -> None:
        """Once the heartbeat or the CDR tells of a callback, the queue need not."""
        for message in self._unnamed.pop(name, ()):
            await in_daemon_thread(partial(self._orders.delete, message))

    async def _obey(self) -> None:
        try:
            messages = await in_daemon_thread(lambda: self._control.receive(most=10))
        except NoQueue:
            await self._listen()
            return
        for message in messages:
            session = self._sessions.get(message.body)
            if session is not None:
                session.hang_up()
            await asyncio.to_thread(self._control.delete, message)

    async def _listen(self) -> None:
        """Make the control queue, first or after a sweep took this worker for lost; once a
        heartbeat leads the next sweep to it, should this process be killed."""
        self._beaten.clear()
        self._news.set()
        await self._beaten.wait()
        await asyncio.to_thread(self._control.create)

    async def _deliver(self) -> None:
        delivered = await asyncio.to_thread(self._desk.spool.deliver_abandoned, self._desk.ports)
        if delivered:
            text = "settled %s callbacks that other workers had left"
            logger.info(text, delivered, extra=NOTABLE)
        await asyncio.sleep(DELIVER_EVERY_S)

    async def _count(self) -> None:
        ports = self._desk.ports
        waiting = await asyncio.to_thread(ports.queue.depth)
        dead = await asyncio.to_thread(ports.dead_orders.depth)
        self._metrics.counted(waiting=waiting, dead=dead)
        if dead > self._dead and await asyncio.to_thread(self._is_first_to_tell, dead):
            logger.warning("%s orders are dead: no worker could serve them", dead)
        self._dead = dead
        await asyncio.sleep(COUNT_EVERY_S)

    def _is_first_to_tell(self, dead: int) -> bool:
        ports = self._desk.ports
        return ports.throttle.take(f"dead#{dead}", TOLD_DEAD, ports.clock.now())

    def _taken(self, waited: timedelta) -> None:
        self._waits[self._desk.ports.clock.now()] = waited
        self._metrics.taken(waited)

    def _longest_wait(self, now: datetime) -> timedelta:
        self._waits = {at: waited for at, waited in self._waits.items() if at > now - LATELY}
        return max(self._waits.values(), default=timedelta())

    async def _beat_until_over(self) -> None:
        # Not cancelled: a heartbeat that is being written would come after the goodbye.
        while not self._over.is_set():
            await go_on_after_faults(self._beat, self._over)

    async def _beat(self) -> None:
        # In threads of its own: while the stores are slow, callbacks may have all of the others,
        # and a worker whose heartbeat waits for one is taken for lost.
        self._news.clear()
        now = self._desk.ports.clock.now()
        found = {name: session.live() for name, session in self._sessions.items()}
        calls = {name: live for name, live in found.items() if live is not None}
        stale_at = now + BEATS_MISSED * self._terms.beat_every
        capacity = 0 if self._leaving.is_set() else self._terms.capacity
        trunks = self._desk.watch.told
        waited_ms = self._longest_wait(now) // MILLISECOND
        beat = Beat(self._desk.worker, now, stale_at, capacity, calls, trunks, waited_ms)
        await in_daemon_thread(partial(self._desk.ports.workers.beat, beat))
        self._last_beat = beat
        self._beaten.set()
        self._metrics.beat(live=len(self._sessions), capacity=capacity)
        for name in calls:
            await self._delete_order(name)
        await self._tell_minutes()
        every = self._terms.beat_every
        pause = min(every, len(calls) * PAUSE_A_CALL)
        await _within(pause, self._over)
        await _within(every - pause, self._news)

    async def _tell_minutes(self) -> None:
        if untold := self._minutes.untold:
            await in_daemon_thread(partial(tell, untold, self._desk.ports.minutes))
            self._minutes.told(untold)

    async def _say_goodbye(self) -> None:
        for session in self._sessions.values():
            session.hang_up(LOST)
        if self._tasks:
            _, unsettled = await asyncio.wait(self._tasks, timeout=GOODBYE_LIMIT_S)
            if unsettled:
                # The heartbeat stays as it was, for the sweep to settle them by.
                logger.error("%s callbacks could not be settled", len(unsettled))
                return
        if self._last_beat is not None:
            await asyncio.to_thread(self._control.remove)
            await asyncio.to_thread(self._desk.ports.workers.forget, self._last_beat)
            logger.info("worker %s has left", self._desk.worker, extra=NOTABLE)
        await self._tell_minutes()


async def _within(limit: timedelta, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than that."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limit.total_seconds()):
            await event.wait()


def _log_end(cdr: Cdr) -> None:
    verdict = cdr.verdict
    logger.info(
        "callback %s is over: %s",
        cdr.callback,
        verdict.ending.value,
        extra={
            "callback": cdr.callback,
            "account": cdr.account,
            "ending": verdict.ending.value,
            "culprit": verdict.culprit.value,
            "talked_s": cdr.talked_s,
            "cost": cdr.cost.decimal,
            "currency": cdr.currency,
        },
    )


def _this_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task
