"""One call between two user agents: their names, numbers and the way (RFC 3261 §12)."""

import secrets
from contextlib import suppress
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import quote

from ringback.carrier.sip.transaction import SocketAddress
from switchboard.sip.fields import DEFAULT_PORT, MalformedSip, NameAddress, Uri
from switchboard.sip.message import Header, Message, Request

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS"


class Dialog:
    """The dialog that an INVITE to us opens, seen from the callee: `number` was called, by
    `caller`. Proxies on the way are taken to be loose routers, as all are since RFC 3261. Raises
    MalformedSip without a usable Contact."""

    def __init__(self, invite: Request, source: SocketAddress, local: SocketAddress) -> None:
        self.call_id = invite.call_id
        self.number = Uri.parse(invite.uri).user
        self.caller = NameAddress.parse(invite.required("From")).uri.user
        self.local_tag = secrets.token_hex(8)
        self.remote_tag = invite.from_tag
        self._target = _contact(invite)
        self._routes = tuple(invite.listed("Record-Route"))
        self._first_hop = NameAddress.parse(self._routes[0]).uri if self._routes else None
        self._local_name = f"{invite.required('To')};tag={self.local_tag}"
        self._remote_name = invite.required("From")
        self._local_number = 0
        self._remote_number = invite.cseq.number
        # Where the caller is met if his Contact names no address but a host of his own network.
        self._source = source
        self._contact = f"<sip:{quote(self.number, safe='+')}@{local[0]}:{local[1]}>"

    def advance(self, request: Request) -> bool:
        """Takes note of a request; False if it is older than one before it (§12.2.2)."""
        number = request.cseq.number
        if number <= self._remote_number:
            return False
        self._remote_number = number
        return True

    def refresh_target(self, message: Message) -> None:
        """A re-INVITE, or the answer to one, may move the far end to another Contact (§12.2).
        Without a usable one it stays where it is."""
        with suppress(MalformedSip):
            self._target = _contact(message)

    def response_headers(self, request: Request) -> tuple[Header, ...]:
        """What a response to an INVITE carries to keep the dialog (§12.1.1)."""
        routes = tuple(("Record-Route", route) for route in request.listed("Record-Route"))
        return (*routes, ("Contact", self._contact))

    def request(self, method: str, headers: tuple[Header, ...] = (), body: bytes = b"") -> Request:
        """Our next request within the dialog, less its Via."""
        self._local_number += 1
        return self._request(method, self._local_number, headers, body)

    def ack(self, invite: Request) -> Request:
        """The ACK to a 2xx for an INVITE of ours, less its Via."""
        return self._request("ACK", invite.cseq.number, (), b"")

    @property
    def next_hop(self) -> SocketAddress:
        uri = self._first_hop or self._target
        try:
            return str(IPv4Address(uri.host)), uri.port or DEFAULT_PORT
        except AddressValueError:
            return self._source

    def _request(
        self, method: str, number: int, headers: tuple[Header, ...], body: bytes
    ) -> Request:
        return Request(
            method=method,
            uri=self._target.text,
            headers=(
                ("Max-Forwards", "70"),
                *(("Route", route) for route in self._routes),
                ("From", self._local_name),
                ("To", self._remote_name),
                ("Call-ID", self.call_id),
                ("CSeq", f"{number} {method}"),
                ("Contact", self._contact),
                ("Allow", ALLOW),
                *headers,
            ),
            body=body,
        )


def _contact(message: Message) -> Uri:
    contacts = message.listed("Contact")
    return NameAddress.parse(contacts[0] if contacts else "").uri
