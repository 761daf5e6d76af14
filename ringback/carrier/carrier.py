"""The simulated carrier: one SIP address, behind which every number is a simulated phone."""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from ringback.carrier.call import PhoneCall
from ringback.carrier.media.line import Line
from ringback.carrier.media.pacer import Pacer
from ringback.carrier.media.sound import source_of
from ringback.carrier.script import ANSWERS, PhoneBook, PhoneScript
from ringback.carrier.sip.dialog import ALLOW
from ringback.carrier.sip.endpoint import Endpoint
from ringback.carrier.sip.sdp import CONTENT_TYPE
from ringback.carrier.sip.transaction import LIFETIME_S, ServerTransaction, SocketAddress
from ringback.carrier.summary import summary
from switchboard.sip.fields import MalformedSip, Uri
from switchboard.sip.message import Header, Request

log = logging.getLogger(__name__)

_BYE_LIMIT_S = 0.5


class SimulatedCarrier:
    """Takes calls while its `async with` block runs; leaving it hangs all of them up.

    A script is looked up when its phone is called. `calls` holds the calls in order of arrival.
    With `keep_calls` off an ended call is forgotten after half a minute, for a carrier that runs
    for days. `rtp_ports` limits the UDP ports of the media, two a call; by default the system
    chooses. Entering raises OSError if the port is taken and UnusableWav if a script names a WAV
    file that cannot be played.
    """

    def __init__(
        self,
        scripts: Mapping[str, PhoneScript] | None = None,
        default: PhoneScript = ANSWERS,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        rtp_ports: range | None = None,
        keep_calls: bool = True,
    ) -> None:
        self.calls: list[PhoneCall] = []
        self._phones = PhoneBook({} if scripts is None else scripts, default)
        self._listen_at = (host, port)
        self._rtp_ports = rtp_ports
        self._keep_calls = keep_calls
        self._endpoint = Endpoint(self)
        self._pacer = Pacer()
        self._pacing: asyncio.Task[None] | None = None
        self._by_dialog: dict[tuple[str, str], PhoneCall] = {}
        self._unclaimed: list[PhoneCall] = []
        self._arrival = asyncio.Event()

    async def __aenter__(self) -> Self:
        for sound in self._phones.sounds:
            source_of(sound, "")
        await self._endpoint.open(*self._listen_at)
        self._pacing = asyncio.create_task(self._pacer.run(), name="carrier's media clock")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for call in self._live():
            call.drop()
        await self._endpoint.finish(_BYE_LIMIT_S)
        self._endpoint.close()
        assert self._pacing is not None
        self._pacing.cancel()
        with suppress(asyncio.CancelledError):
            await self._pacing

    @property
    def host(self) -> str:
        return self._endpoint.address[0]

    @property
    def port(self) -> int:
        return self._endpoint.address[1]

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    async def next_call(self, number: str | None = None) -> PhoneCall:
        """The first call, to `number` if given, that no `next_call` has returned yet; waits for
        it. A number is the same with its '+' and without."""
        while True:
            for call in self._unclaimed:
                if number is None or call.number.lstrip("+") == number.lstrip("+"):
                    self._unclaimed.remove(call)
                    return call
            await self._arrival.wait()

    def request_received(self, transaction: ServerTransaction, source: SocketAddress) -> None:
        request = transaction.request
        if request.to_tag is not None:
            call = self._call_of(request)
            if call is None:
                self._respond(transaction, 481)
            else:
                call.session.requested(transaction)
            return
        match request.method:
            case "INVITE":
                self._invited(transaction, source)
            case "OPTIONS":
                self._respond(transaction, 200, ("Accept", CONTENT_TYPE))
            case "BYE":
                self._respond(transaction, 481)
            case _:
                self._respond(transaction, 405)

    def cancel_received(
        self, transaction: ServerTransaction, invite: ServerTransaction | None
    ) -> None:
        call = next((call for call in self.calls if call.session.invite is invite), None)
        if invite is None:
            self._respond(transaction, 481)
        elif call is None:
            self._respond(transaction, 200)  # too late: we answer a re-INVITE at once
        elif call.is_dead:
            transaction.close()
        else:
            call.session.cancelled(transaction)

    def ack_received(self, ack: Request) -> None:
        call = self._call_of(ack)
        if call is not None:
            call.session.acknowledged(ack)

    def _invited(self, transaction: ServerTransaction, source: SocketAddress) -> None:
        request = transaction.request
        required = request.listed("Require")
        if required:
            self._respond(transaction, 420, ("Unsupported", ", ".join(required)))
        elif any(_merged(call.session.invite.request, request) for call in self._live()):
            self._respond(transaction, 482)
        else:
            try:
                self._arrived(transaction, source)
            except MalformedSip:
                self._respond(transaction, 400)

    def _arrived(self, invite: ServerTransaction, source: SocketAddress) -> None:
        uri = Uri.parse(invite.request.uri)
        if uri.scheme != "sip":
            self._respond(invite, 416)
            return
        script = self._phones.script_for(uri.user)
        line = Line(self.host, self._rtp_ports, self._pacer, keys_in_audio=script.keys_in_audio)
        call = PhoneCall(script, self._endpoint, invite, source, line, self._ended)
        self.calls.append(call)
        self._unclaimed.append(call)
        self._by_dialog[call.call_id, call.session.dialog.local_tag] = call
        self._arrival.set()
        self._arrival = asyncio.Event()

    def _ended(self, call: PhoneCall) -> None:
        log.info("%s", summary(call))
        if not self._keep_calls:
            # Until then the far end may repeat what it sent last.
            asyncio.get_running_loop().call_later(LIFETIME_S, self._forget, call)

    def _forget(self, call: PhoneCall) -> None:
        self.calls.remove(call)
        del self._by_dialog[call.call_id, call.session.dialog.local_tag]
        with suppress(ValueError):
            self._unclaimed.remove(call)

    def _live(self) -> list[PhoneCall]:
        return [call for call in self.calls if call.ended is None]

    def _call_of(self, request: Request) -> PhoneCall | None:
        call = self._by_dialog.get((request.call_id, request.to_tag or ""))
        return call if call and call.session.dialog.remote_tag == request.from_tag else None

    def _respond(self, transaction: ServerTransaction, status: int, *headers: Header) -> None:
        """An answer outside of any call."""
        transaction.respond(
            status, to_tag=secrets.token_hex(8), headers=(("Allow", ALLOW), *headers)
        )


def _merged(one: Request, other: Request) -> bool:
    """Whether a request came twice, on two ways through the network (RFC 3261 §8.2.2.2)."""
    return (one.call_id, one.from_tag, one.cseq) == (other.call_id, other.from_tag, other.cseq)
