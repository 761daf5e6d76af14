"""Media release: in a talk, two far ends may speak to each other past us until we must be heard.

Each is told by a re-INVITE to send to where the other hears, the second when the first has agreed
(third-party call control, RFC 3725). Whatever goes wrong brings both back for the rest of the talk.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Protocol

from workers.patchbay import Patchbay
from workers.sdp import USUAL, AudioTerms

# Far ends have offers of their own right after an answer, and who gets a voicemail box hangs up.
BEGINS_AFTER_S = 2.0
# How soon it is looked again whether two ends can meet by now.
LOOKED_AGAIN_S = 10.0
# How long the second may take: meanwhile it may not hear the first.
HALF_WAY_LIMIT_S = 3.0
# Who is to hear us does not wait any longer.
TAKEN_BACK_LIMIT_S = 2.0
# Soon after this the transaction would be over, and the call with it (RFC 3261, Timer B).
OFFER_LIMIT_S = 30.0
# Offers that cross are made again by who made the call after a time out of these (RFC 3261 §14.1);
# sooner, where the other was there before ours was sent.
PENDING, CROSSED_S = 491, (2.1, 4.0)
NOT_NOW, NOT_NOW_S = -1, 0.5
TRIES = 5
# A far end that made an offer acknowledges our answer before one of ours may follow.
ACKNOWLEDGED_S = 0.3

logger = logging.getLogger(__name__)


class Offers(Protocol):
    """What a release asks of the media engine."""

    patchbay: Patchbay

    def audio(self, number: int) -> AudioTerms | None:
        """Where and how the far end of a call hears; None where it has no audio."""

    def offer(self, number: int, towards: AudioTerms | None) -> bool:
        """Tell the far end by a re-INVITE to send there, in that form; to us where that is None.
        Its answer is reported. Not sent, False, while another offer is open."""

    def withdraw(self, number: int) -> None:
        """An offer that was not answered is over, which is reported as its answer."""

    def open_audio(self, number: int, *, sends: bool, hears: bool) -> None:
        """Whether we send anything to the far end, and take in what it sends, from now on."""


def can_meet(one: AudioTerms, other: AudioTerms) -> bool:
    """Whether two far ends can speak to each other without us, and notice if we are gone."""
    return (
        all(end.both_ways and end.keeps_time and end.is_there for end in (one, other))
        and one.events in (None, int(USUAL))  # the only number that we offer
        and _needs(one) == _needs(other)
    )


def _needs(terms: AudioTerms) -> tuple[object, ...]:
    """What two far ends have in common, if they can meet: a private network is not found."""
    address = ip_address(terms.host)
    form = terms.payload, terms.events, terms.packet_ms
    return *form, address.version, address.is_private


class Course:
    """Where one far end sends its audio: to us, or past us, which it has done for `past_s`."""

    def __init__(self, offers: Offers, number: int, turned: Callable[[], None]) -> None:
        self._offers = offers
        self._number = number
        self._turned = turned
        self._loop = asyncio.get_running_loop()
        self._towards: AudioTerms | None = None
        self._asked: AudioTerms | None = None
        self._answer: asyncio.Future[int] | None = None
        self._is_over = False
        self._past_s, self._past_since = 0.0, 0.0

    @property
    def is_past_us(self) -> bool:
        return self._towards is not None

    @property
    def past_s(self) -> float:
        return self._past_s + (self._loop.time() - self._past_since if self.is_past_us else 0.0)

    async def turn(self, towards: AudioTerms | None) -> bool:
        """Have the far end send there, to us where that is None; whether it does."""
        for _ in range(TRIES):
            answer = await self._ask(towards)
            if answer == PENDING:
                await asyncio.sleep(random.uniform(*CROSSED_S))
            elif answer == NOT_NOW:
                await asyncio.sleep(NOT_NOW_S)
            else:
                break
        if self._towards != towards:
            logger.info("a far end does not send elsewhere: it answers %s", answer)
        return self._towards == towards

    def answered(self, sip_code: int) -> None:
        """Reported: the final answer to an INVITE, which may be no offer of ours."""
        if self._answer is None:
            return
        self._limit.cancel()
        if sip_code < 300:
            self._go(self._asked)
        self._settle(sip_code)

    def end(self) -> None:
        """The far end is gone, or is hung up: it does not speak any more."""
        self._is_over = True
        self._go(None)
        if self._answer is not None:
            self._limit.cancel()
            self._settle(0)

    async def _ask(self, towards: AudioTerms | None) -> int:
        while self._answer is not None:
            await asyncio.shield(self._answer)
        if self._is_over or self._towards == towards:
            return 0
        if not self._offers.offer(self._number, towards):
            return NOT_NOW
        self._asked, self._answer = towards, self._loop.create_future()
        self._limit = self._loop.call_later(OFFER_LIMIT_S, self._offers.withdraw, self._number)
        return await asyncio.shield(self._answer)

    def _settle(self, sip_code: int) -> None:
        assert self._answer is not None
        answer, self._answer = self._answer, None
        answer.set_result(sip_code)

    def _go(self, towards: AudioTerms | None) -> None:
        self._past_s, self._past_since = self.past_s, self._loop.time()
        self._towards = towards
        self._turned()


class Release:
    """Of two calls that are joined; it begins by itself, a little later. What happens to the calls
    is reported to it. While one far end speaks past us we say nothing to the other."""

    def __init__(self, offers: Offers, one: int, other: int, told: Callable[[str], None]) -> None:
        self._offers = offers
        self._numbers = one, other
        self._told = told
        self._courses = {number: Course(offers, number, self._adjust) for number in (one, other)}
        # What each far end had agreed on when the other was told of it.
        self._agreed: dict[int, AudioTerms] = {}
        self._are_apart = self._must_speak = self._is_over = False
        self._going = asyncio.create_task(self._go())
        self._back: asyncio.Task[None] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether one of the two speaks past us, or may soon."""
        return bool(self._agreed) and not (self._back is not None and self._back.done())

    def past_s(self, number: int) -> float:
        """For how long a far end has spoken past us."""
        return self._courses[number].past_s

    async def take_back(self) -> None:
        """Have both send to us, from now to the end of the talk. Comes back when they do; where one
        of them lets us wait, we speak all the same."""
        await asyncio.wait([self._turn_back()], timeout=TAKEN_BACK_LIMIT_S)
        self._must_speak = True
        self._adjust()

    def answered(self, number: int, sip_code: int) -> None:
        """Reported: the final answer to an INVITE."""
        self._courses[number].answered(sip_code)

    def renegotiated(self, number: int) -> None:
        """Reported: a far end agreed on its audio anew; what the other was told may be wrong."""
        agreed = self._agreed.get(number)
        if agreed is not None and self._offers.audio(number) != agreed:
            self._turn_back(after_s=ACKNOWLEDGED_S)

    def end(self, number: int) -> None:
        """A call is over, or hung up. The other is left alone: it may be hung up as well."""
        self._is_over = True
        self._going.cancel()
        self._courses[number].end()

    async def _go(self) -> None:
        await asyncio.sleep(BEGINS_AFTER_S)
        first, second = self._numbers
        # Not everything that they need is told when it is there.
        while (met := self._met()) is None:  # noqa: ASYNC110
            await asyncio.sleep(LOOKED_AGAIN_S)
        self._agreed = met
        both = False
        if await self._courses[first].turn(met[second]):
            with suppress(TimeoutError):
                async with asyncio.timeout(HALF_WAY_LIMIT_S):
                    both = await self._courses[second].turn(met[first])
        if not both:
            self._turn_back()

    def _met(self) -> dict[int, AudioTerms] | None:
        """Where both hear, once they can meet."""
        first, second = self._numbers
        one, other = self._offers.audio(first), self._offers.audio(second)
        if one is None or other is None or not can_meet(one, other):
            return None
        return {first: one, second: other}

    def _turn_back(self, after_s: float = 0.0) -> asyncio.Task[None]:
        if self._back is None:
            self._going.cancel()
            self._back = asyncio.create_task(self._come_back(after_s))
        return self._back

    async def _come_back(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        courses = self._courses.values()
        if not all(await asyncio.gather(*(course.turn(None) for course in courses))):
            logger.warning("a far end goes on speaking past us")

    def _adjust(self) -> None:
        """Be silent to those who hear each other, and bridge those who do not."""
        for number, other in (self._numbers, self._numbers[::-1]):
            hears = not self._courses[number].is_past_us
            sends = self._must_speak or not self._courses[other].is_past_us
            self._offers.open_audio(number, sends=sends, hears=hears)
        apart = all(course.is_past_us for course in self._courses.values())
        if apart == self._are_apart or self._is_over:
            return
        self._are_apart = apart
        change = self._offers.patchbay.unwire if apart else self._offers.patchbay.wire
        for source, sink in (self._numbers, self._numbers[::-1]):
            change(source, sink)
        self._told("audio flows past us" if apart else "audio comes here again")
