"""The doorbell: INVITEs of carriers, each rejected at once and passed on as a ring.

It is a SIP server without state (RFC 3261 §8.2.7), and not the media engine's: no call of the
engine's few is spent on a ring that is never answered, an unknown source gets no reply at all,
which pjsua2 has no way to say, and any worker of a host can answer on the one port that all of
them share.
"""

import asyncio
import hmac
import logging
import re
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from switchboard.calls.ring import Ring
from switchboard.clock import Clock
from switchboard.errors import NotANumber, Refusal
from switchboard.logs import Sparing
from switchboard.sip.digest import Credentials, challenge
from switchboard.sip.fields import MalformedSip
from switchboard.sip.message import Header, Request, parse, serialise
from switchboard.sip.secret import NOBODY
from workers.admission import Admission
from workers.challenges import MOST_STRANGERS, Nonces, Restraint
from workers.guard import Guard
from workers.invites import read_ring

logger = logging.getLogger(__name__)

ALLOW: Header = ("Allow", "INVITE, ACK, CANCEL, OPTIONS")
# As long as a carrier may repeat an INVITE that it saw no answer to (RFC 3261, Timer B).
REPEATED_WITHIN_S = 32
# Rings that wait for the stores. More than these come from no customer.
MOST_WAITING = 200
# Rings that are remembered; what is forgotten too early, the desk knows for the same ring.
MOST_SEEN = 2000
SHUT_FOR_S = 1.0
THREADS = 4
BUSY_HERE = 486
UNAUTHORIZED = 401

Take = Callable[[Ring], object]


@dataclass(frozen=True, slots=True)
class DoorbellTerms:
    """Where it listens, and with which code it rejects.

    486 by default: the caller hears that the line is busy, which all carriers pass on. On 480 some
    play an announcement, which may be charged; on 603 some take us for one who blocks callers.
    """

    host: str
    port: int
    code: int = BUSY_HERE


class Doorbell(asyncio.DatagramProtocol):
    """Answers each datagram by itself, within this call; what takes longer goes to `take`, in
    threads of its own, so that rings keep no running call waiting."""

    def __init__(
        self,
        terms: DoorbellTerms,
        admission: Admission,
        clock: Clock,
        take: Take,
        guard: Guard | None = None,
    ) -> None:
        self._terms = terms
        self._admission = admission
        self._guard = guard or Guard()
        self._clock = clock
        self._take = take
        self._key = secrets.token_bytes(16)
        self._nonces = Nonces()
        self._restraint = Restraint()
        self._log = Sparing(logger)
        self._pool = ThreadPoolExecutor(THREADS, "rings")
        self._waiting = self._second = self._strangers = 0
        self._seen: dict[str, float] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        # No subclass of it in asyncio's own selector loop, before Python 3.12.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """From anywhere: what no trunk sent is not answered, but for a ring that some trunk might
        prove to be its own."""
        known = self._admission.admits(addr[0])
        if not known and (not self._admission.secrets or self._are_too_many()):
            return
        try:
            request = parse(data)
            if not isinstance(request, Request) or request.method == "ACK":
                return
            if known or self._is_proved(request, addr):
                self._answer(request.noted(*addr))
        except MalformedSip as error:
            # It quotes what it cannot read, which may be a phone number.
            if known:
                quoted = re.sub(r"\d", "#", str(error))[:100]
                self._log.info("a datagram of a trunk is no SIP: %s", quoted)

    def close(self) -> None:
        """Take no more; what was taken is still passed on."""
        if self._transport is not None:
            self._transport.close()
        self._pool.shutdown()

    def _are_too_many(self) -> bool:
        """Whether one more stranger is one too many in this second: the rest of it is for those
        who are known, and the kernel's to keep free of others."""
        now = int(asyncio.get_running_loop().time())
        if now != self._second:
            self._second, self._strangers = now, 0
        self._strangers += 1
        if self._strangers == MOST_STRANGERS + 1:
            self._guard.shut(SHUT_FOR_S)
        return self._strangers > MOST_STRANGERS

    def _is_proved(self, request: Request, addr: tuple[str, int]) -> bool:
        """Whether a ring from an unknown address is a trunk's all the same. It is asked to prove
        that; wrong proof is not answered, so that nothing is learned by guessing."""
        if not _rings(request):
            return False
        brought, nonce_is_good = Credentials.of(request), False
        if brought is not None:
            secret = self._admission.secrets.get(brought.user)
            proves = brought.proves(secret or NOBODY, request)
            if secret is None or not proves:
                # Anybody may send these, and shall not fill the log.
                if self._restraint.allows(addr[0]):
                    self._log.info("a ring from %s is refused: wrong credentials", addr[0])
                return False
            nonce_is_good = self._nonces.is_good(brought.nonce, request, addr[0])
        if not nonce_is_good and self._restraint.allows(addr[0]):
            nonce = self._nonces.make(request, addr[0])
            asked = challenge(nonce, stale=brought is not None)
            self._send(request.noted(*addr), UNAUTHORIZED, asked)
        return nonce_is_good

    def _answer(self, request: Request) -> None:
        known = {"OPTIONS": 200, "INVITE": 481, "BYE": 481, "CANCEL": 481}
        if _rings(request):
            self._send(request, self._terms.code, (ALLOW,))
            self._pass_on(request)
        else:
            self._send(request, known.get(request.method, 405), (ALLOW,))

    def _send(self, request: Request, code: int, headers: tuple[Header, ...]) -> None:
        # Without state, the tag has to come from the request itself.
        dialog = f"{request.call_id} {request.from_tag}".encode(errors="surrogateescape")
        tag = hmac.digest(self._key, dialog, "sha256")
        answer = request.response(code, to_tag=tag[:8].hex(), headers=headers)
        assert self._transport is not None, "a datagram came in by it"
        self._transport.sendto(serialise(answer), request.via.reply_address)

    def _pass_on(self, invite: Request) -> None:
        try:
            ring = read_ring(invite, self._clock.now())
        except NotANumber:
            self._log.info("a ring is refused: no number was rung")
            return
        if self._is_repeated(ring.trigger.identity):
            return
        if self._waiting >= MOST_WAITING:
            self._log.error("a ring is lost: %s wait already", self._waiting)
            return
        self._waiting += 1
        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._pool, self._take, ring).add_done_callback(self._taken)

    def _is_repeated(self, identity: str) -> bool:
        now = asyncio.get_running_loop().time()
        while self._seen and (
            len(self._seen) >= MOST_SEEN
            or now - next(iter(self._seen.values())) > REPEATED_WITHIN_S
        ):
            del self._seen[next(iter(self._seen))]
        repeated = identity in self._seen
        self._seen.setdefault(identity, now)
        return repeated

    def _taken(self, taken: "asyncio.Future[object]") -> None:
        self._waiting -= 1
        fault = taken.exception()
        # Of a refusal the log has been told.
        if fault is not None and not isinstance(fault, Refusal):
            self._log.error("a ring is lost", exc_info=fault)


def _rings(request: Request) -> bool:
    return request.method == "INVITE" and request.to_tag is None


@asynccontextmanager
async def doorbell(
    terms: DoorbellTerms | None, admission: Admission, clock: Clock, take: Take
) -> AsyncIterator[None]:
    """Listens while the block runs, where there are terms. Every worker of a host listens on the
    same port, and the system deals the datagrams out. OSError where another program has it."""
    if terms is None:
        yield
        return
    shared = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    guard = Guard()
    guard.protect(shared.fileno())
    admission.inform(guard, of_rings=True)
    shared.bind((terms.host, terms.port))
    _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Doorbell(terms, admission, clock, take, guard), sock=shared
    )
    try:
        yield
    finally:
        await asyncio.to_thread(protocol.close)
