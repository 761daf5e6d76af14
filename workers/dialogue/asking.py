"""For how long a customer may be on the line and talk to nobody."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

from switchboard.calls.ending import Culprit, Ending, Verdict
from workers.phone import Leg


@dataclass(frozen=True, slots=True)
class AskingTerms:
    """How long a customer may take before a number is called: `at_a_time`, and `in_all` of one
    callback, in which everything counts but talks. Codes and questions cost no money on a leg that
    is free, and a leg is never free for us."""

    at_a_time: timedelta = timedelta(minutes=5)
    in_all: timedelta = timedelta(hours=1)

    def left(self, without_talk: timedelta) -> timedelta:
        """How long they may be asked now, after so long in all."""
        return max(timedelta(), min(self.at_a_time, self.in_all - without_talk))


USUAL_ASKING = AskingTerms()


async def asked_within(
    limit: timedelta, customer: Leg, asking: Awaitable[Verdict | None]
) -> Verdict | None:
    """What `asking` gives; where it takes longer, the customer is told, and that is the verdict."""
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return await asking
    except TimeoutError:
        await customer.play("time-limit")
        return Verdict(Ending.NO_DESTINATION, Culprit.CUSTOMER)
