"""What a leg does whatever engine carries it: how long it rings, the block that hangs up, keys."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Protocol

from switchboard.calls.ending import Culprit, Ending, Verdict, verdict_of
from switchboard.calls.leg import RtpQuality
from switchboard.clock import Clock
from workers.phone import LegEnded, LegOrder, LegTrace, Stroke
from workers.speech.spoken import Part

KEYS = frozenset("0123456789*#")

logger = logging.getLogger(__name__)


class CannotDial(Exception):
    """The engine could not send an INVITE; the message says why."""


class NoWay(CannotDial):
    """The trunk cannot be reached as it is set up: its name is not known, or the engine has not
    what it asks for."""


class Line(Protocol):
    """An engine's part of one leg. Only `invite` raises; where there is no call any more, the
    others do nothing."""

    async def invite(self, leg: "DialledLeg") -> None:
        """Send the INVITE, once there is room for a call, and report to `leg` what happens from
        then on. CannotDial where there is none for long, or the engine refuses."""

    def hang_up(self) -> None:
        """Measure a last time, then CANCEL or BYE. Nothing is reported any more."""

    def playing(self, language: str, *parts: Part) -> AbstractContextManager[timedelta]:
        """The far end hears this said while the block lasts; gives how long it takes."""

    def ringback(self) -> AbstractContextManager[None]:
        """The far end hears a ringback tone while the block lasts."""

    def hearing(self, other: "Line") -> AbstractContextManager[None]:
        """The far end hears the far end of `other` while the block lasts."""

    async def take_back(self) -> None:
        """Where its audio flows past us, have it come here again, so that it hears what we play;
        gives up soon."""

    async def press(self, key: str) -> None:
        """The far end gets a key. Keys pressed before this returned are sent after it."""


class DialledLeg:
    """One leg: the port's `Leg` for the call flow, and for the engine where it reports to."""

    def __init__(self, line: Line, order: LegOrder, trace: LegTrace, clock: Clock) -> None:
        self.line = line
        self.order = order
        self.language = order.language
        self._tape = order.tape
        self._trace = trace
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._replied = asyncio.Event()
        self._audible = asyncio.Event()
        self._settled = asyncio.Event()
        self._pressed = asyncio.Event()
        self._strokes: deque[Stroke] = deque()
        self._verdict: Verdict | None = None
        self._block: _Block | None = None

    async def play(self, *parts: Part) -> None:
        """As the port says."""
        await self.line.take_back()
        self._tape.played(self.order.party, parts)
        with self.line.playing(self.language, *parts) as length:
            await asyncio.sleep(length.total_seconds())

    async def play_until_key(self, *parts: Part) -> None:
        """As the port says."""
        await self.line.take_back()
        self._tape.played(self.order.party, parts)
        with self.line.playing(self.language, *parts) as length, suppress(TimeoutError):
            async with asyncio.timeout(length.total_seconds()):
                await self._pressed.wait()

    async def key(self, *, limit: timedelta) -> str | None:
        """The next key pressed (0-9, *, #), also one pressed earlier; None after `limit`."""
        stroke = await self.stroke(limit=limit)
        return None if stroke is None else stroke.key

    async def stroke(self, *, limit: timedelta) -> Stroke | None:
        """As the port says."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds()):
                await self._pressed.wait()
        stroke = self._strokes.popleft() if self._strokes else None
        if not self._strokes:
            self._pressed.clear()
        self._tape.pressed(self.order.party, None if stroke is None else stroke.key)
        return stroke

    async def press(self, key: str) -> None:
        """As the port says."""
        await self.line.press(key)

    def progressed(self, sip_code: int) -> None:
        """A provisional answer: any shows that the carrier lives, 18x that the far end rings."""
        self._replied.set()
        if sip_code >= 180 and self._trace.ringing_at is None:
            self._trace.ringing_at = self._clock.now()

    def audible(self) -> None:
        """Early media has come: the far end can be heard before it answers."""
        self._replied.set()
        self._audible.set()

    def answered(self) -> None:
        """The far end has answered; reported once."""
        self._trace.sip_code = 200
        self._trace.answered_at = self._clock.now()
        self._trace.answered = self._loop.time()
        self._settle()

    def pressed(self, key: str, *, audible: bool = False) -> None:
        """The far end has pressed a key, which was `audible` or told."""
        if key in KEYS:
            self._strokes.append(Stroke(key, self._loop.time(), audible))
            self._pressed.set()

    def measured(self, quality: RtpQuality) -> None:
        """What has arrived from the far end since the leg began."""
        self._trace.rtp = quality

    def ended(self, sip_code: int) -> None:
        """The far end is gone, and nothing follows. `sip_code` is its final answer to our INVITE;
        on an answered leg 200 means that it hung up, anything else why the engine did."""
        hung_up = self._answered and sip_code == 200
        if hung_up:
            self._verdict = Verdict(Ending.HUNG_UP, Culprit(self.order.party.value))
        else:
            self._verdict = verdict_of(sip_code, self.order.party)
        if not self._answered:
            self._trace.sip_code = sip_code
        self._close(by_far_end=hung_up)
        self._settle()
        if self._block is not None:
            self._block.drop()

    async def ring(self, heard_by: "DialledLeg | None") -> None:
        """Return when the far end has answered; LegEnded where it does not."""
        if heard_by is not None:
            self._tape.asked_no_more(heard_by.order.party)
        try:
            await self.line.invite(self)
        except CannotDial as fault:
            logger.error(
                "no leg to %r over %s: %s", self.order.number, self.order.trunk.name, fault
            )
            no_way = Verdict(Ending.UNREACHABLE, Culprit.CARRIER)
            ours = Verdict(Ending.FAILED, Culprit.US)
            raise self._ending(no_way if isinstance(fault, NoWay) else ours) from fault
        self._trace.invited_at = self._clock.now()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.order.ring_limit.total_seconds()):
                await self._wait_for_answer(heard_by)
        if self._verdict is not None:
            raise self._ending(self._verdict)
        if not self._answered:
            raise self._ending(self._given_up)

    def hang_up(self) -> None:
        """End the leg unless the far end has, and complete the trace."""
        if not self._over:
            self.line.hang_up()
            self._close(by_far_end=False)

    def dropped_when_over(self) -> "_Block":
        """A block whose waiting is dropped when the far end hangs up, and LegEnded comes out."""
        self._block = _Block(self)
        return self._block

    def left(self) -> LegEnded | None:
        """The block is over; gives what to raise out of it where the far end was first."""
        self._block = None
        return None if self._verdict is None else self._ending(self._verdict)

    async def _wait_for_answer(self, heard_by: "DialledLeg | None") -> None:
        if heard_by is None:
            if await self._carrier_replied():
                await self._settled.wait()
            return
        with heard_by.line.ringback():
            if not await self._carrier_replied():
                return
            await self._audible.wait()
        if not self._settled.is_set():
            with heard_by.line.hearing(self.line):
                await self._settled.wait()

    async def _carrier_replied(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.order.reply_limit.total_seconds()):
                await self._replied.wait()
        return self._replied.is_set()

    @property
    def _given_up(self) -> Verdict:
        if not self._replied.is_set():
            return Verdict(Ending.UNREACHABLE, Culprit.CARRIER)
        return Verdict(Ending.NO_ANSWER, Culprit(self.order.party.value))

    @property
    def _answered(self) -> bool:
        return self._trace.answered is not None

    @property
    def _over(self) -> bool:
        return self._trace.ended is not None

    def _settle(self) -> None:
        self._replied.set()
        self._audible.set()
        self._settled.set()

    def _close(self, *, by_far_end: bool) -> None:
        self._trace.ended_at = self._clock.now()
        self._trace.ended = self._loop.time()
        if self._answered:
            self._trace.hung_up_by_far_end = by_far_end

    def _ending(self, verdict: Verdict) -> LegEnded:
        return LegEnded(self.order.party, verdict)


class _Block:
    """Drops what the holding task waits for, with the bookkeeping of asyncio.timeout: whoever
    cancels the task from outside, now or at the same moment, is not robbed of it."""

    def __init__(self, leg: DialledLeg) -> None:
        self._leg = leg

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._cancelling = task.cancelling()

    def drop(self) -> None:
        """The leg is over: cancel what the block waits for."""
        self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        end = self._leg.left()
        if end is None:
            return
        ours_alone = self._task.uncancel() <= self._cancelling
        if ours_alone and (kind is None or issubclass(kind, asyncio.CancelledError)):
            raise end from error


@asynccontextmanager
async def dialled(
    line: Line,
    order: LegOrder,
    trace: LegTrace,
    clock: Clock,
    *,
    heard_by: DialledLeg | None = None,
) -> AsyncIterator[DialledLeg]:
    """The port's `dial` over an engine's line."""
    leg = DialledLeg(line, order, trace, clock)
    try:
        await leg.ring(heard_by)
        with leg.dropped_when_over():
            yield leg
    finally:
        leg.hang_up()
