"""One call as a simulated phone lives it: from the first ring to the hang-up."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum

from ringback.carrier.media.keys import CannotPress
from ringback.carrier.media.line import Line
from ringback.carrier.media.ports import PortsExhausted
from ringback.carrier.media.recording import Recording
from ringback.carrier.media.sound import source_of
from ringback.carrier.script import PhoneScript, Reject, Verdict
from ringback.carrier.sip.endpoint import Endpoint
from ringback.carrier.sip.sdp import NotAcceptable
from ringback.carrier.sip.session import Session
from ringback.carrier.sip.transaction import LIFETIME_S, ServerTransaction, SocketAddress
from ringback.carrier.timeline import Milestone, Moment

log = logging.getLogger(__name__)

# A proxy drops an INVITE that stays silent for three minutes (RFC 3261 §13.3.1.1).
_RING_AGAIN_S = 60.0


class Side(StrEnum):
    PHONE = "phone"
    NETWORK = "network"


class PhoneCall:
    """A call that reached a simulated phone.

    It follows its script by itself; `answer`, `press`, `re_invite` and `hang_up` step in. The
    steps `ringing`, `answered`, `acknowledged` and `ended` are None until they happen. What was
    heard stays when the call is over. Raises MalformedSip if the INVITE opens no dialog.
    """

    def __init__(
        self,
        script: PhoneScript,
        endpoint: Endpoint,
        invite: ServerTransaction,
        caller_at: SocketAddress,
        line: Line,
        on_end: Callable[["PhoneCall"], None],
    ) -> None:
        self.script = script
        self.session = Session(
            endpoint,
            invite,
            caller_at,
            line,
            owner=self,
            script=script,
        )
        self.number = self.session.dialog.number
        self.caller = self.session.dialog.caller
        self.call_id = self.session.dialog.call_id
        self.invited = Moment.now()
        self.ended_by: Side | None = None
        self._line = line
        self._on_end = on_end
        self._ringing = Milestone()
        self._answered = Milestone()
        self._acknowledged = Milestone()
        self._ended = Milestone()
        self._picked_up = asyncio.Event()
        if not self.is_dead:
            self.session.trying()
        self._flow = asyncio.create_task(self._live(), name=f"phone call {self.call_id}")
        self._flow.add_done_callback(self._flow_done)

    @property
    def is_dead(self) -> bool:
        return self.script.verdict is Verdict.DEAD

    @property
    def ringing(self) -> Moment | None:
        """When it first rang: 180, or 183 with early media."""
        return self._ringing.moment

    @property
    def answered(self) -> Moment | None:
        return self._answered.moment

    @property
    def acknowledged(self) -> Moment | None:
        return self._acknowledged.moment

    @property
    def ended(self) -> Moment | None:
        return self._ended.moment

    @property
    def final_code(self) -> int | None:
        """Our final response to the INVITE; None if there was none (yet)."""
        invite = self.session.invite
        return invite.status if invite.answered else None

    @property
    def heard(self) -> Recording:
        return self._line.heard

    @property
    def media_address(self) -> tuple[str, int]:
        """Where it hears and speaks."""
        return self._line.address

    @property
    def digits_heard(self) -> str:
        """The keys that came by telephone events."""
        return self._line.digits.text

    async def wait_ringing(self) -> Moment:
        """This and its like raise CallEnded if the call ends before."""
        return await self._ringing.wait()

    async def wait_answered(self) -> Moment:
        return await self._answered.wait()

    async def wait_acknowledged(self) -> Moment:
        return await self._acknowledged.wait()

    async def wait_ended(self) -> Moment:
        return await self._ended.wait()

    async def wait_digits(self, count: int) -> str:
        """What was pressed at the far end, as soon as there are `count` digits; what there is,
        if the call ends before."""
        return await self._line.digits.wait(count)

    def answer(self) -> None:
        """Picks the ringing phone up, whatever its script says."""
        self._picked_up.set()

    async def press(self, digits: str) -> None:
        """Returns when the last key is up; keys wait while the line is on hold. Raises
        CannotPress if the call ends, or if the far end takes no telephone events and the phone
        does not press in the audio."""
        await self._line.press(digits)

    async def re_invite(self, *, hold: bool) -> int:
        """Puts the call on hold from the phone's side, or back: the far end is asked to send
        nothing, and the phone sends nothing. Returns the status that the far end answers with;
        491 if it was not asked because another offer is open, or there is no call."""
        return await self.session.re_invite(hold=hold)

    async def hang_up(self) -> None:
        """Returns when the far end has answered the BYE. A phone that still rings declines (603)
        instead; one that is dead stays so."""
        if self._answered.moment is None:
            if not self.is_dead:
                self._reject(603)
            return
        bye = await self.session.hang_up()
        if bye is not None:
            self._end(Side.PHONE)
            await bye.wait_final()

    def drop(self) -> None:
        """Ends the call at once, however far it is: the carrier fails."""
        if not self.is_dead:
            self.session.reject(503)
        self.session.hang_up_now()
        self._end(Side.PHONE)

    def far_end_acknowledged(self) -> None:
        self._acknowledged.reach()

    def far_end_ended(self) -> None:
        self._end(Side.NETWORK)

    async def _live(self) -> None:
        if self.is_dead:
            await asyncio.sleep(LIFETIME_S)  # then the caller's INVITE has timed out
            self.session.invite.close()
            self._end(Side.NETWORK)
            return
        try:
            await self._line.open()
            self.session.negotiate()
        except PortsExhausted:
            self._reject(503)
        except NotAcceptable as refusal:
            self._reject(refusal.status)
        else:
            await self._ring()
            if isinstance(self.script.verdict, Reject) and not self._picked_up.is_set():
                self._reject(self.script.verdict.status)
            else:
                await self._talk()

    async def _ring(self) -> None:
        """Until the script's time is up, or somebody picks up."""
        if self.script.early_media is not None:
            self._line.play(source_of(self.script.early_media, self.number))
        for_ever = self.script.verdict is Verdict.NO_ANSWER
        limit_s = None if for_ever else self.script.ring_for.total_seconds()
        if limit_s == 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while not self._picked_up.is_set():
                    self._tell_that_it_rings()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_RING_AGAIN_S):
                            await self._picked_up.wait()

    def _tell_that_it_rings(self) -> None:
        if self.script.early_media is None:
            self.session.ring()
        else:
            self.session.progress()
        self._ringing.reach()

    async def _talk(self) -> None:
        self.session.answer()
        self._answered.reach()
        self._line.play(source_of(self.script.sound, self.number))
        await self._acknowledged.wait()
        limit = self.script.hang_up_after
        until = None if limit is None else self._after_answer(limit)
        try:
            async with asyncio.timeout_at(until):
                await self._press_keys()
                await self._ended.wait()
        except TimeoutError:
            await self.hang_up()

    def _after_answer(self, span: timedelta) -> float:
        assert self._answered.moment is not None
        return self._answered.moment.monotonic + span.total_seconds()

    async def _press_keys(self) -> None:
        now = asyncio.get_running_loop().time
        for press in sorted(self.script.digits, key=lambda press: press.after):
            await asyncio.sleep(self._after_answer(press.after) - now())
            try:
                await self._line.press(press.digits)
            except CannotPress as error:
                log.warning("call %s: keys not pressed: %s", self.call_id, error)

    def _reject(self, status: int) -> None:
        self.session.reject(status)
        self._end(Side.PHONE)

    def _end(self, side: Side) -> None:
        if self._ended.moment is not None:
            return
        self.ended_by = side
        self._ended.reach()
        for step in (self._ringing, self._answered, self._acknowledged):
            step.miss()
        self._line.close()
        if asyncio.current_task() is not self._flow:
            self._flow.cancel()
        self._on_end(self)

    def _flow_done(self, flow: asyncio.Task[None]) -> None:
        if not flow.cancelled() and (error := flow.exception()) is not None:
            log.error("call %s: the phone failed", self.call_id, exc_info=error)
            self.drop()
