"""SIP transactions over UDP: what is sent again, and until when (RFC 3261 §17, RFC 6026)."""

import asyncio
from collections.abc import Callable

from switchboard.sip.fields import CSeq
from switchboard.sip.message import Header, Request, Response

T1_S = 0.5
T2_S = 4.0
LIFETIME_S = 64 * T1_S

SocketAddress = tuple[str, int]
Send = Callable[[Request | Response, SocketAddress], None]


class _Repetition:
    """Does something again after T1, 2·T1, 4·T1 and so on until stopped, at the latest after
    64·T1; then calls `given_up`."""

    def __init__(
        self, again: Callable[[], None], given_up: Callable[[], None], longest_s: float
    ) -> None:
        self._again = again
        self._longest_s = longest_s
        self._loop = asyncio.get_running_loop()
        self._limit = self._loop.call_later(LIFETIME_S, self._give_up, given_up)
        self._wait_s = T1_S
        self._next = self._loop.call_later(T1_S, self._repeat)

    def pause(self) -> None:
        """No more repeats; the limit still holds."""
        self._next.cancel()

    def stop(self) -> None:
        self._next.cancel()
        self._limit.cancel()

    def _repeat(self) -> None:
        self._again()
        self._wait_s = min(2 * self._wait_s, self._longest_s)
        self._next = self._loop.call_later(self._wait_s, self._repeat)

    def _give_up(self, given_up: Callable[[], None]) -> None:
        self.stop()
        given_up()


class ServerTransaction:
    """One request of the far end and our answers to it.

    Repeats of the request are answered with the latest response. A final response to an INVITE
    is repeated until it is acknowledged. `forgotten` is called once repeats can no longer come.
    """

    def __init__(self, request: Request, send: Send, forgotten: Callable[[], object]) -> None:
        self.request = request
        self.status = 0
        self._send = send
        self._forgotten = forgotten
        self._response: Response | None = None
        self._repetition: _Repetition | None = None
        self._end: asyncio.TimerHandle | None = None
        # The ACK to our final response; None if none came in 64·T1, or none is wanted any more.
        self.acknowledgement: asyncio.Future[Request | None] = (
            asyncio.get_running_loop().create_future()
        )

    @property
    def answered(self) -> bool:
        return self.status >= 200

    def respond(
        self, status: int, *, to_tag: str, headers: tuple[Header, ...] = (), body: bytes = b""
    ) -> None:
        """Sends a response, unless a final one has been sent already."""
        if self.answered:
            return
        self.status = status
        # 100 comes before there is a dialog that a tag could name (RFC 3261 §8.2.6.2).
        self._response = self.request.response(
            status, to_tag=None if status == 100 else to_tag, headers=headers, body=body
        )
        self._send_response()
        if status >= 200:
            self._final_sent()

    def repeated(self) -> None:
        if self._response is not None:
            self._send_response()

    def settle(self, ack: Request | None) -> None:
        """The final response need not be repeated: it is acknowledged, or the call is over."""
        if self._repetition is not None:
            self._repetition.stop()
        if not self.acknowledgement.done():
            self.acknowledgement.set_result(ack)

    def close(self) -> None:
        """Stops everything at once; the request is forgotten."""
        self.settle(None)
        if self._end is not None:
            self._end.cancel()
        self._forgotten()

    def _send_response(self) -> None:
        assert self._response is not None
        self._send(self._response, self.request.via.reply_address)

    def _final_sent(self) -> None:
        loop = asyncio.get_running_loop()
        self._end = loop.call_later(LIFETIME_S, self.close)
        if self.request.method == "INVITE":
            self._repetition = _Repetition(self._send_response, lambda: self.settle(None), T2_S)


class ClientTransaction:
    """One request of ours, repeated until it is answered. `ack_of` makes the ACK to a 2xx for an
    INVITE, which belongs to the dialog; other refusals are acknowledged here."""

    def __init__(
        self,
        request: Request,
        destination: SocketAddress,
        send: Send,
        forgotten: Callable[[], object],
        ack_of: Callable[[Response], Request] | None = None,
    ) -> None:
        self.request = request
        self._destination = destination
        self._send = send
        self._forgotten = forgotten
        self._ack_of = ack_of
        self._ack: Request | None = None
        loop = asyncio.get_running_loop()
        self._final: asyncio.Future[Response] = loop.create_future()
        self._end: asyncio.TimerHandle | None = None
        self._again()
        longest_s = T2_S if ack_of is None else LIFETIME_S
        self._repetition = _Repetition(self._again, self._time_out, longest_s)

    async def wait_final(self) -> Response:
        """The final response; a 408 of our own making if none came (RFC 3261 §8.1.3.1)."""
        return await asyncio.shield(self._final)

    def received(self, response: Response) -> None:
        if response.status < 200:
            if self._ack_of is not None:
                self._repetition.pause()
            return
        if self._ack_of is not None:
            if self._ack is None:
                accepted = response.status < 300
                self._ack = self._ack_of(response) if accepted else self._ack_of_refusal(response)
            self._send(self._ack, self._destination)
        self._finish(response)

    def close(self) -> None:
        """Stops everything at once; whoever waits gets the 408."""
        self._time_out()
        if self._end is not None:
            self._end.cancel()
        self._forgotten()

    def _again(self) -> None:
        self._send(self.request, self._destination)

    def _finish(self, response: Response) -> None:
        if not self._final.done():
            self._repetition.stop()
            self._final.set_result(response)
            # Repeats of the response still come for a while, and each wants its ACK.
            self._end = asyncio.get_running_loop().call_later(LIFETIME_S, self.close)

    def _time_out(self) -> None:
        self._finish(self.request.response(408))

    def _ack_of_refusal(self, response: Response) -> Request:
        """RFC 3261 §17.1.1.3: as the request in all but method and To."""
        copied = ("Via", "Max-Forwards", "Route", "From", "Call-ID")
        return Request(
            method="ACK",
            uri=self.request.uri,
            headers=(
                *(header for header in self.request.headers if header[0] in copied),
                ("To", response.required("To")),
                ("CSeq", str(CSeq(self.request.cseq.number, "ACK"))),
            ),
        )
