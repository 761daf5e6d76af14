"""Dialling: a leg goes over the trunks of its route, one after the other, until one carries it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from switchboard.calls.caller_id import Caller
from switchboard.calls.ending import Culprit, Ending, Party, Verdict, is_about_the_trunk
from switchboard.calls.routing import Routes, Way
from switchboard.numbering import PhoneNumber
from workers.channels import Channels
from workers.pace import Pace
from workers.phone import Leg, LegEnded, LegOrder, LegTrace, Phone
from workers.tracing import NO_TAPE, Tape
from workers.trunk_watch import TrunkWatch

# How long a call waits for its turn where every trunk has its calls of this second.
PACE_LIMIT_S = 10.0
PACE_CHECK_S = 0.1
NO_TRUNK = Verdict(Ending.CARRIER_FAILED, Culprit.US)

logger = logging.getLogger(__name__)


@dataclass
class Dialling:
    """Places the legs of one callback by its routes. A trunk that is full is passed over, one that
    rests or has its calls of this second unless there is no other, and one that fails before the
    far end rings; once it has rung, nothing is tried again."""

    phone: Phone
    channels: Channels
    watch: TrunkWatch
    pace: Pace
    callback: str
    routes: Routes
    ring_limit: timedelta
    # The first number of the account that pays, for trunks that want to be told that.
    own_number: Callable[[], PhoneNumber | None]
    tape: Tape = NO_TAPE
    passed_over: Callable[[str], None] = lambda _trunk: None
    _taken: dict[Party, Way] = field(default_factory=dict)

    @asynccontextmanager
    async def dial(
        self,
        party: Party,
        number: PhoneNumber,
        caller: Caller,
        trace: LegTrace,
        *,
        heard_by: Leg | None = None,
    ) -> AsyncIterator[Leg]:
        """As `Phone.dial`, over the first trunk that carries the leg; `trace` tells of the last one
        that was tried. Where there is none to try, LegEnded says that it is our fault."""
        end = LegEnded(party, NO_TRUNK)
        other = self._taken.get(Party.CUSTOMER) if party is Party.DESTINATION else None
        async with aclosing(self._in_turn(party, self.routes.ways(party, other))) as ways:
            async for way in ways:
                async with self.channels.taken(way.trunk) as has_room:
                    if not has_room:
                        self._log(party, way, "is full")
                        continue
                    self._taken[party] = way
                    if trace.way is not None:
                        self.passed_over(trace.way.trunk.name)
                    trace.begin(way)
                    self.watch.begin(way.trunk)
                    limits = self.ring_limit, way.trunk.reply_limit
                    told = await self._told(party, caller, way)
                    order = LegOrder(party, number, told, way.trunk, *limits, tape=self.tape)
                    try:
                        async with self.phone.dial(order, trace, heard_by=heard_by) as leg:
                            self._log(party, way, "answers")
                            self.watch.worked(way.trunk)
                            yield leg
                            return
                    except LegEnded as ended:
                        if trace.answered is not None:
                            raise
                        end = ended
                    if not self._may_go_on(party, way, end, trace):
                        break
        raise end

    def _may_go_on(self, party: Party, way: Way, end: LegEnded, trace: LegTrace) -> bool:
        """Whether the next trunk may be tried; the watch is told of this one."""
        why = f"{end.ending.value} {trace.sip_code or ''}".strip()
        self._log(party, way, why)
        if not _is_the_carriers(end, trace):
            self.watch.worked(way.trunk)
            return False
        if trace.invited_at is not None or end.verdict.culprit is Culprit.CARRIER:
            self.watch.failed(way.trunk, why)
        return True

    async def _in_turn(self, party: Party, ways: tuple[Way, ...]) -> AsyncGenerator[Way, None]:
        """First those that may be tried now; where there is none, the first that may soon, and
        last those that rest."""
        hasty: list[Way] = []
        resting: list[Way] = []
        tried = False
        self.watch.hear(await self.channels.others())
        for way in ways:
            if self.watch.rests(way.trunk):
                self._log(party, way, "rests")
                resting.append(way)
            elif await self.pace.take(way.trunk):
                tried = True
                yield way
            else:
                self._log(party, way, "has its calls of this second")
                hasty.append(way)
        for waiting in (hasty, resting):
            while waiting and not tried:
                soon = await self._soon(waiting)
                if soon is None:
                    break
                tried = waiting is hasty
                waiting.remove(soon)
                yield soon

    async def _soon(self, ways: list[Way]) -> Way | None:
        """The first of these that a call may begin over, waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PACE_LIMIT_S):
                while True:
                    for way in ways:
                        if await self.pace.take(way.trunk):
                            return way
                    await asyncio.sleep(PACE_CHECK_S)
        return None

    async def _told(self, party: Party, caller: Caller, way: Way) -> Caller:
        """With the account's number, where the trunk wants it: nobody is called by themselves."""
        if party is Party.CUSTOMER or not way.trunk.caller_id.wants_account:
            return caller
        return replace(caller, account=await asyncio.to_thread(self.own_number))

    def _log(self, party: Party, way: Way, what: str) -> None:
        self.tape.tried(party, way.trunk.name, what)
        logger.info(
            "callback %s: %s leg over %s: %s",
            self.callback,
            party.value,
            way.trunk.name,
            what,
            extra={"party": party.value, "trunk": way.trunk.name, "outcome": what},
        )


def _is_the_carriers(end: LegEnded, trace: LegTrace) -> bool:
    """Whether another trunk may do better: it did not ring, and the answer was none about the
    number."""
    if trace.ringing_at is not None:
        return False
    never_sent = trace.invited_at is None
    silent = end.verdict.culprit is Culprit.CARRIER
    return never_sent or silent or is_about_the_trunk(trace.sip_code)
