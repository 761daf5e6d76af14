"""Dialling: a leg goes over the trunks of its route, one after the other, until one carries it."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.routing import Routes, Way
from switchboard.numbering import PhoneNumber
from workers.channels import Channels
from workers.phone import Leg, LegEnded, LegOrder, LegTrace, Phone
from workers.tracing import NO_TAPE, Tape

NO_TRUNK = Verdict(Ending.CARRIER_FAILED, Culprit.US)

logger = logging.getLogger(__name__)


@dataclass
class Dialling:
    """Places the legs of one callback by its routes. A trunk that is full is passed over, and so is
    one that fails before the far end rings; once it has rung, nothing is tried again."""

    phone: Phone
    channels: Channels
    callback: str
    routes: Routes
    ring_limit: timedelta
    tape: Tape = NO_TAPE
    passed_over: Callable[[str], None] = lambda _trunk: None
    _taken: dict[Party, Way] = field(default_factory=dict)

    @asynccontextmanager
    async def dial(
        self,
        party: Party,
        number: PhoneNumber,
        caller: PhoneNumber | None,
        trace: LegTrace,
        *,
        heard_by: Leg | None = None,
    ) -> AsyncIterator[Leg]:
        """As `Phone.dial`, over the first trunk that carries the leg; `trace` tells of the last one
        that was tried. Where there is none to try, LegEnded says that it is our fault."""
        end = LegEnded(party, NO_TRUNK)
        other = self._taken.get(Party.CUSTOMER) if party is Party.DESTINATION else None
        for way in self.routes.ways(party, other):
            async with self.channels.taken(way.trunk) as has_room:
                if not has_room:
                    self._log(party, way, "is full")
                    continue
                self._taken[party] = way
                if trace.way is not None:
                    self.passed_over(trace.way.trunk.name)
                trace.begin(way)
                order = LegOrder(party, number, caller, way.trunk, self.ring_limit, tape=self.tape)
                try:
                    async with self.phone.dial(order, trace, heard_by=heard_by) as leg:
                        self._log(party, way, "answers")
                        yield leg
                        return
                except LegEnded as ended:
                    if trace.answered is not None:
                        raise
                    end = ended
                self._log(party, way, f"{end.ending.value} {trace.sip_code or ''}".strip())
                if not _is_the_carriers(end, trace):
                    break
        raise end

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
    never_sent = trace.invited_at is None
    return trace.ringing_at is None and (never_sent or end.verdict.culprit is Culprit.CARRIER)
