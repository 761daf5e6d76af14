"""One callback in a worker's hands: claimed, paid for, held, settled, written down."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from switchboard.billing.pins import PinKey
from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr, write_cdr
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.routing import Routes
from switchboard.calls.tracing import Source
from switchboard.desk.closing import Over, close_callback
from switchboard.desk.orders import CANCELLED, offer_again
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.routes import routes_of
from switchboard.desk.sweep import LOST
from switchboard.desk.till import Till
from switchboard.desk.tracing import TRACES_KEPT
from switchboard.desk.twins import goes_first
from switchboard.errors import NotEnoughCredit, Refusal
from switchboard.logs import about
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from workers.channels import Channels
from workers.conversation import Conversation
from workers.dialling import Dialling
from workers.dialogue.asking import USUAL_ASKING, AskingTerms
from workers.pace import Pace
from workers.phone import Phone
from workers.records import live_call
from workers.spool import NoSpool, Spool
from workers.threads import persist
from workers.tracing import LAST_WORDS, NO_TAPE, tape_for
from workers.trunk_watch import TrunkWatch

logger = logging.getLogger(__name__)

BROKEN = Verdict(Ending.FAILED, Culprit.US)
# A claim that did not ring within its lease is for another worker to take.
LEASE = timedelta(seconds=15)
# The same two phones are connected by another callback, which was ordered in the same moment.
TWIN = Verdict(Ending.REFUSED, Culprit.CUSTOMER)
UNDECIDED_CHECKS, UNDECIDED_S = 20, 0.1


@dataclass(frozen=True, slots=True)
class Desk:
    """What every session of a worker works with."""

    ports: Ports
    phone: Phone
    worker: str
    terms: PurseTerms
    channels: Channels
    watch: TrunkWatch
    pace: Pace
    routes: Callable[[Ports, Callback], Routes] = routes_of
    pins: PinKey | None = None
    spool: Spool = field(default_factory=NoSpool)
    asking: AskingTerms = USUAL_ASKING
    # Told the name of a trunk that did not carry a leg which another one is to carry.
    passed_over: Callable[[str], None] = lambda _trunk: None
    # Told how long a callback had waited when it was taken.
    taken: Callable[[timedelta], None] = lambda _waited: None


class Session:
    """From the claim to the CDR. Cancelled at any moment, it still settles what was used."""

    def __init__(
        self, desk: Desk, callback_id: str, about_to_ring: Callable[[], None] = lambda: None
    ) -> None:
        self.callback_id = callback_id
        self._about_to_ring = about_to_ring
        # The worker stopped before anything rang: the order is for another one.
        self.given_back = False
        self._desk = desk
        self._conversation: Conversation | None = None
        self._talk: asyncio.Task[Verdict] | None = None
        self._hung_up: Verdict | None = None
        self._reports: asyncio.Task[None] | None = None
        self._tape = NO_TAPE

    async def serve(self) -> Cdr | None:
        """The CDR; None where the callback was not ours to ring, or was refused before it rang."""
        with about(callback=self.callback_id):
            return await self._serve()

    async def _serve(self) -> Cdr | None:
        callback = await asyncio.to_thread(self._claim)
        if callback is None:
            return None
        waited = self._desk.ports.clock.now() - (callback.starts_at or callback.requested_at)
        self._desk.taken(max(timedelta(), waited))
        self._tape = await asyncio.to_thread(
            tape_for, self._desk.ports, callback, self._desk.worker
        )
        try:
            return await self._connect(callback)
        finally:
            if self._tape.records:
                await self._keep_trace(callback)

    async def _connect(self, callback: Callback) -> Cdr | None:
        ports = self._desk.ports
        purse = Purse(ports, callback, uuid4().hex[:8], self._desk.terms, self._tape.held)
        try:
            await asyncio.to_thread(purse.open)
        except Refusal as refusal:
            await self._refuse(refusal)
            return None
        if not await self._goes_first(callback, purse.nonce):
            await self._finish_refused(TWIN)
            await asyncio.to_thread(self._drop, callback, purse)
            return None
        routes = await asyncio.to_thread(self._desk.routes, ports, callback)
        self.given_back = self._hung_up == LOST
        if self.given_back or not await persist(self._may_ring, ports.clock.now()):
            await asyncio.to_thread(self._drop, callback, purse)
            return None
        verdict = await self._hold(callback, purse, routes)
        return await self._settle(callback, purse, verdict)

    def hang_up(self, why: Verdict = CANCELLED) -> None:
        """End the callback now; it is settled like any other."""
        self._hung_up = self._hung_up or why
        if self._talk is not None:
            self._talk.cancel()

    def live(self) -> LiveCall | None:
        """How far its legs are charged by now; None before the callback was ours to ring."""
        if self._conversation is None:
            return None
        conversation = self._conversation
        legs, quote = conversation.legs(CANCELLED), conversation.purse.quote
        return live_call(conversation.callback, legs, quote)

    def _claim(self) -> Callback | None:
        callbacks, now = self._desk.ports.callbacks, self._desk.ports.clock.now()
        claimed = callbacks.claim(self.callback_id, self._desk.worker, now=now, lease=LEASE)
        claimed = claimed or self._moved(State.CLAIMED, now)
        if claimed is None:
            offer_again(self._desk.ports, self.callback_id)
        return claimed

    async def _goes_first(self, callback: Callback, nonce: str) -> bool:
        """Whether no twin of this callback rings. One that stays undecided is waited for no longer
        than a moment: its worker may be gone."""
        for _ in range(UNDECIDED_CHECKS):
            goes = await asyncio.to_thread(goes_first, self._desk.ports, callback, nonce)
            if goes is not None:
                return goes
            await asyncio.sleep(UNDECIDED_S)
        return True

    def _drop(self, callback: Callback, purse: Purse) -> None:
        Till(self._desk.ports.books).drop(callback.account, callback.id, purse.hold)

    def _may_ring(self, now: datetime) -> bool:
        """True once: from here on nobody rings this callback again. A lapsed claim shows here,
        in time."""
        callbacks = self._desk.ports.callbacks
        ringing = State.CALLING_CUSTOMER
        return (
            callbacks.advance(self.callback_id, self._desk.worker, ringing, now)
            or self._moved(ringing, now) is not None
        )

    def _moved(self, state: State, at: datetime) -> Callback | None:
        """The callback, where a write that seems to have failed was made all the same: the client
        repeats one whose reply was lost, and the second fails."""
        found = self._desk.ports.callbacks.find(self.callback_id)
        if found is None or (found.state, found.worker) != (state, self._desk.worker):
            return None
        return found if found.reached[state] == at else None

    async def _hold(self, callback: Callback, purse: Purse, routes: Routes) -> Verdict:
        desk = self._desk
        limit = desk.terms.ring_limit
        means = desk.phone, desk.channels, desk.watch, desk.pace
        told = self._tape, desk.passed_over
        dialling = Dialling(*means, callback.id, routes, limit, self._own_number, *told)
        self._conversation = Conversation(
            desk.ports,
            desk.phone,
            callback,
            purse,
            desk.terms,
            dialling,
            self._report,
            pins=desk.pins,
            asking=desk.asking,
        )
        self._about_to_ring()
        self._tape.reached(State.CALLING_CUSTOMER)
        self._talk = asyncio.create_task(self._conversation.hold())
        if self._hung_up is not None:
            self._talk.cancel()
        await asyncio.wait([self._talk])
        if self._talk.cancelled():
            assert self._hung_up is not None, "nobody else cancels the talk"
            return self._hung_up
        if (fault := self._talk.exception()) is not None:
            logger.error("callback %s broke", callback.id, exc_info=fault)
            return BROKEN
        return self._talk.result()

    async def _settle(self, callback: Callback, purse: Purse, verdict: Verdict) -> Cdr:
        """Written and applied, however long the stores are out of reach."""
        ports, ended_at, ordered = self._desk.ports, self._desk.ports.clock.now(), callback
        conversation = self._conversation
        legs = [] if conversation is None else list(conversation.legs(verdict))
        if conversation is not None:
            # Its customer may have been known by PIN, and pays then.
            callback, purse = conversation.callback, conversation.purse
        cdr = write_cdr(
            callback, legs, verdict, nonce=purse.nonce, ended_at=ended_at, cover=purse.hold.cover
        )
        over = Over(cdr, ordered)
        await asyncio.to_thread(self._desk.spool.keep, over)
        if self._reports is not None:
            await self._reports
        posted = await persist(close_callback, ports, over)
        self._tape.settled(posted)
        await asyncio.to_thread(self._desk.spool.forget, over)
        return posted

    async def _refuse(self, refusal: Refusal) -> None:
        short = isinstance(refusal, NotEnoughCredit)
        ending = Ending.NO_CREDIT if short else Ending.REFUSED
        await self._finish_refused(Verdict(ending, Culprit.CUSTOMER), refusal.code)

    async def _finish_refused(self, verdict: Verdict, why: str = "a twin of it rings") -> None:
        ports, worker = self._desk.ports, self._desk.worker
        now = ports.clock.now()
        logger.info("callback %s is refused: %s", self.callback_id, why, extra={"refusal": why})
        self._tape.told(Source.LEDGER, f"refused: {why}")
        await asyncio.to_thread(
            ports.callbacks.finish, self.callback_id, State.REFUSED, verdict, now, worker=worker
        )

    def _own_number(self) -> PhoneNumber | None:
        assert self._conversation is not None, "it is asked for in a conversation"
        account = self._conversation.callback.account
        return self._desk.ports.accounts.get(account).profile.default_number

    def _report(self, state: State) -> None:
        """Tell the world in order, but do not let the call wait for it."""
        at = self._desk.ports.clock.now()
        self._tape.reached(state)
        self._reports = asyncio.create_task(self._tell(self._reports, state, at))

    async def _tell(self, earlier: asyncio.Task[None] | None, state: State, at: datetime) -> None:
        if earlier is not None:
            await earlier
        ports, worker = self._desk.ports, self._desk.worker
        await persist(ports.callbacks.advance, self.callback_id, worker, state, at)

    async def _keep_trace(self, callback: Callback) -> None:
        """Of a callback that tracing is on for; whatever goes wrong with that is not its affair."""
        if self._conversation is not None:
            callback = self._conversation.callback
            await asyncio.sleep(LAST_WORDS.total_seconds())
        ports, trace = self._desk.ports, self._tape.trace(callback)
        if trace is None:
            return
        try:
            await asyncio.to_thread(ports.traces.keep, trace, ports.clock.now() + TRACES_KEPT)
        except Exception:
            logger.exception("the trace of callback %s is lost", callback.id)
