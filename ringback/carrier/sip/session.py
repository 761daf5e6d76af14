"""One incoming call at the level of SIP: rings, answers, refuses, holds, and hangs up."""

import asyncio
from enum import Enum, auto
from typing import Protocol

from ringback.carrier.media.line import Agreed, Line
from ringback.carrier.script import PhoneScript, Reject, Verdict
from ringback.carrier.sip.dialog import ALLOW, Dialog
from ringback.carrier.sip.endpoint import Endpoint
from ringback.carrier.sip.negotiation import Negotiation
from ringback.carrier.sip.sdp import CONTENT_TYPE, NotAcceptable
from ringback.carrier.sip.timer import SessionTimer
from ringback.carrier.sip.transaction import (
    LIFETIME_S,
    ClientTransaction,
    ServerTransaction,
    SocketAddress,
)
from switchboard.sip.message import Header, Request, Response

_SDP: Header = ("Content-Type", CONTENT_TYPE)
_ALLOW: Header = ("Allow", ALLOW)


class _State(Enum):
    RINGING = auto()
    ANSWERED = auto()
    OVER = auto()


class Owner(Protocol):
    """Whose call it is; hears what the far end did."""

    def far_end_acknowledged(self) -> None: ...

    def far_end_ended(self) -> None:
        """By CANCEL or BYE, or by leaving something of ours without a reply."""


class Session:
    """The callee's half of one call. What comes too late, from either side, changes nothing.
    Raises MalformedSip if the INVITE cannot open a dialog."""

    def __init__(
        self,
        endpoint: Endpoint,
        invite: ServerTransaction,
        source: SocketAddress,
        line: Line,
        owner: Owner,
        script: PhoneScript,
    ) -> None:
        self.dialog = Dialog(invite.request, source, endpoint.address)
        self.invite = invite
        self._endpoint = endpoint
        self._line = line
        self._owner = owner
        self._state = _State.RINGING
        self._script = script
        self._timer = SessionTimer(self._give_up, wanted=script.keeps_time)
        self._negotiation = Negotiation(
            endpoint.address[0], telephone_events=not script.keys_in_audio
        )
        self._description = b""
        self._agreed: Agreed | None = None
        self._their_latest = invite
        self._our_invite_open = False

    def trying(self) -> None:
        self._respond(self.invite, 100)

    def negotiate(self) -> None:
        """Settles the media, once the line has its port. Raises NotAcceptable."""
        self._negotiation.port = self._line.port
        self._description, self._agreed = self._describe(self.invite.request)

    def ring(self) -> None:
        self._respond(self.invite, 180)

    def progress(self) -> None:
        """Opens the line while it rings; rings plainly if the caller left the offer to us."""
        if self._agreed is None:
            self.ring()
        else:
            self._line.agree(self._agreed)
            self._respond(self.invite, 183, self._description)

    def answer(self) -> None:
        if self._state is not _State.RINGING:
            return
        self._state = _State.ANSWERED
        if self._agreed is not None:
            self._line.agree(self._agreed)
        self._accept_invite(self.invite, self._description)

    def reject(self, status: int) -> None:
        if self._state is _State.RINGING:
            self._state = _State.OVER
            self._respond(self.invite, status)

    async def hang_up(self) -> ClientTransaction | None:
        """Returns with the BYE once it is on its way, which is not before the far end has
        acknowledged the answer (RFC 3261 §15); with None if the far end was first."""
        if self._state is _State.ANSWERED:
            await asyncio.shield(self.invite.acknowledgement)
        return self.hang_up_now()

    def hang_up_now(self) -> ClientTransaction | None:
        """As `hang_up`, without regard to the acknowledgement."""
        if self._state is not _State.ANSWERED:
            return None
        self._state = _State.OVER
        self._timer.stop()
        self.invite.settle(None)
        return self._endpoint.request(self.dialog.request("BYE"), self.dialog.next_hop)

    async def re_invite(self, *, hold: bool) -> int:
        """Offers to hold, or to talk again. The status of the answer; a 491 of our own while
        another offer is open."""
        if self._state is not _State.ANSWERED or self._offer_is_open:
            return 491
        before = self._negotiation.on_hold
        self._negotiation.on_hold = hold
        headers = (_SDP, *self._timer.asked)
        request = self.dialog.request("INVITE", headers, self._negotiation.offer())
        self._our_invite_open = True
        try:
            response = await self._endpoint.request(
                request, self.dialog.next_hop, lambda accepted: self._ack(request, accepted)
            ).wait_final()
        finally:
            self._our_invite_open = False
        if response.status < 300:
            self._accept_answer(response.body)
            self._timer.refreshed()
        else:
            self._negotiation.on_hold = before
        if response.status in (408, 481):
            self._give_up()  # there is nobody at the other end any more (RFC 3261 §12.2.1.2)
        return response.status

    def cancelled(self, transaction: ServerTransaction) -> None:
        self._respond(transaction, 200)
        if self._state is _State.RINGING:
            self._end(487)

    def acknowledged(self, ack: Request) -> None:
        """The ACK to a 2xx of ours."""
        invite = self._their_latest
        fits = invite.answered and ack.cseq.number == invite.request.cseq.number
        if fits and not invite.acknowledgement.done():
            invite.settle(ack)
            if not invite.request.body:
                self._accept_answer(ack.body)

    def requested(self, transaction: ServerTransaction) -> None:
        """A request within the dialog."""
        if not self.dialog.advance(transaction.request):
            self._respond(transaction, 500)
            return
        match transaction.request.method:
            case "BYE":
                self._respond(transaction, 200)
                self._end(487)
            case "INVITE":
                self._re_invited(transaction)
            case "OPTIONS":
                self._respond(transaction, 200)
            case _:
                self._respond(transaction, 405)

    def _re_invited(self, transaction: ServerTransaction) -> None:
        """RFC 3261 §14.2. A refused one leaves everything as it was."""
        if self._state is _State.OVER:
            self._respond(transaction, 481)
        elif self._state is _State.RINGING:
            self._respond(transaction, 500, headers=(("Retry-After", "5"),))
        elif self._our_invite_open:
            self._respond(transaction, 491)
        elif isinstance(self._script.re_invited, Reject):
            self._respond(transaction, self._script.re_invited.status)
        elif self._script.re_invited is not Verdict.ANSWER:
            if self._script.re_invited is Verdict.NO_ANSWER:
                self._respond(transaction, 100)
            asyncio.get_running_loop().call_later(LIFETIME_S, transaction.close)
        else:
            try:
                description, agreed = self._describe(transaction.request)
            except NotAcceptable as refusal:
                self._respond(transaction, refusal.status)
                return
            self.dialog.refresh_target(transaction.request)
            self._their_latest = transaction
            if agreed is not None:
                self._line.agree(agreed)
            self._accept_invite(transaction, description)

    def _end(self, status: int) -> None:
        """The far end is done with the call; `status` answers an INVITE that still waits."""
        if self._state is _State.OVER:
            return
        if self._state is _State.ANSWERED:
            self._their_latest.settle(None)
        self._state = _State.OVER
        self._timer.stop()
        self._respond(self.invite, status)
        self._owner.far_end_ended()

    def _give_up(self) -> None:
        if self.hang_up_now() is not None:
            self._owner.far_end_ended()

    @property
    def _offer_is_open(self) -> bool:
        return self._our_invite_open or not self._their_latest.acknowledgement.done()

    def _describe(self, invite: Request) -> tuple[bytes, Agreed | None]:
        """Our answer to the offer of an INVITE and what it comes to; our offer if it has none."""
        if not invite.body:
            return self._negotiation.offer(), None
        if (invite.header("Content-Type") or "").split(";")[0].strip().lower() != CONTENT_TYPE:
            raise NotAcceptable("not a session description", status=415)
        return self._negotiation.answer(invite.body)

    def _accept_invite(self, invite: ServerTransaction, description: bytes) -> None:
        headers = (_ALLOW, *self._timer.granted(invite.request))
        self._respond(invite, 200, description, headers)
        invite.acknowledgement.add_done_callback(self._answer_acknowledged)

    def _answer_acknowledged(self, acknowledgement: asyncio.Future[Request | None]) -> None:
        if acknowledgement.result() is None:
            self._give_up()
        else:
            self._owner.far_end_acknowledged()

    def _accept_answer(self, answer: bytes) -> None:
        try:
            self._line.agree(self._negotiation.accept(answer))
        except NotAcceptable:
            self._give_up()

    def _ack(self, invite: Request, accepted: Response) -> Request:
        self.dialog.refresh_target(accepted)
        return self.dialog.ack(invite)

    def _respond(
        self,
        transaction: ServerTransaction,
        status: int,
        body: bytes = b"",
        headers: tuple[Header, ...] = (_ALLOW,),
    ) -> None:
        if transaction.request.method == "INVITE":
            headers = (*headers, *self.dialog.response_headers(transaction.request))
        if body:
            headers = (*headers, _SDP)
        transaction.respond(status, to_tag=self.dialog.local_tag, headers=headers, body=body)
