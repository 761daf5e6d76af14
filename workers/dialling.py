"""Dialling: a leg goes over the trunks of its route, one after the other, until one carries it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from switchboard.calls.caller_id import Caller
from switchboard.calls.ending import Culprit, Ending, Party, Verdict, is_about_the_trunk
from switchboard.calls.routing import Routes, Way
from switchboard.numbering import PhoneNumber
from workers.channels import Channels
from workers.phone import Leg, LegEnded, LegOrder, LegTrace, Phone
from workers.trunk_watch import TrunkWatch

NO_TRUNK = Verdict(Ending.CARRIER_FAILED, Culprit.US)

logger = logging.getLogger(__name__)


@dataclass
class Dialling:
    """Places the legs of one callback by its routes. A trunk that is full is passed over, one that
    rests unless all do, and one that fails before the far end rings; once it has rung, nothing is
    tried again."""

    phone: Phone
    channels: Channels
    watch: TrunkWatch
    callback: str
    routes: Routes
    ring_limit: timedelta
    # The first number of the account that pays, for trunks that want to be told that.
    own_number: Callable[[], PhoneNumber | None]
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
        for way in self._in_turn(party, self.routes.ways(party, other)):
            async with self.channels.taken(way.trunk) as has_room:
                if not has_room:
                    self._log(party, way, "is full")
                    continue
                self._taken[party] = way
                trace.begin(way)
                self.watch.begin(way.trunk)
                limits = self.ring_limit, way.trunk.reply_limit
                told = await self._told(party, caller, way)
                order = LegOrder(party, number, told, way.trunk, *limits)
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
                why = f"{end.ending.value} {trace.sip_code or ''}".strip()
                self._log(party, way, why)
                if not _is_the_carriers(end, trace):
                    self.watch.worked(way.trunk)
                    break
                if trace.invited_at is not None or end.verdict.culprit is Culprit.CARRIER:
                    self.watch.failed(way.trunk, why)
        raise end

    def _in_turn(self, party: Party, ways: tuple[Way, ...]) -> Iterator[Way]:
        all_rest = True
        for way in ways:
            if self.watch.rests(way.trunk):
                self._log(party, way, "rests")
            else:
                all_rest = False
                yield way
        if all_rest:
            yield from ways

    async def _told(self, party: Party, caller: Caller, way: Way) -> Caller:
        """With the account's number, where the trunk wants it: nobody is called by themselves."""
        if party is Party.CUSTOMER or not way.trunk.caller_id.wants_account:
            return caller
        return replace(caller, account=await asyncio.to_thread(self.own_number))

    def _log(self, party: Party, way: Way, what: str) -> None:
        logger.info(
            "callback %s: %s leg over %s: %s", self.callback, party.value, way.trunk.name, what
        )


def _is_the_carriers(end: LegEnded, trace: LegTrace) -> bool:
    """Whether another trunk may do better: it did not ring, and the answer was none about the
    number."""
    if trace.ringing_at is not None:
        return False
    never_sent = trace.invited_at is None
    silent = end.verdict.culprit is Culprit.CARRIER
    return never_sent or silent or is_about_the_trunk(trace.sip_code)
