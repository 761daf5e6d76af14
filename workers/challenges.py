"""Challenges to whoever rings from an unknown address: stateless nonces, and few enough of them."""

import asyncio
import hmac
import secrets
from collections import Counter

from switchboard.sip.message import Request

# From the challenge to its answer: longer than any carrier repeats an INVITE.
NONCE_LIVES_S = 60
# A second, by one worker: a carrier's own rings are fewer, and datagrams with a forged sender make
# us send no more than this to whomever they name.
MOST_TO_ONE = 20
MOST_IN_ALL = 200
# What strangers send beyond this in a second is not even read: each ring comes twice, as long as it
# is not repeated.
MOST_STRANGERS = 2 * MOST_IN_ALL
# What a ring is read from. The answer to a challenge covers only method and URI.
_FIELDS = "From To P-Asserted-Identity Remote-Party-ID Privacy".split()


class Nonces:
    """Nonces that nobody has to remember. Each is good for one ring from one address, for a minute:
    who takes another's answer to a challenge can only repeat that very ring."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def make(self, request: Request, address: str) -> str:
        """A nonce for this request from there."""
        return self._signed(format(_now_s(), "x"), request, address)

    def is_good(self, nonce: str, request: Request, address: str) -> bool:
        """Whether it was made for this request from there, lately."""
        made = nonce.partition(".")[0]
        signed = self._signed(made, request, address)
        if not hmac.compare_digest(signed.encode(), nonce.encode("utf-8", "surrogateescape")):
            return False
        return _now_s() - int(made, 16) <= NONCE_LIVES_S

    def _signed(self, made: str, request: Request, address: str) -> str:
        told = [value for name in _FIELDS for value in (name, *request.every(name))]
        parts = [made, address, request.uri, request.call_id, *told]
        text = "\n".join(parts).encode("utf-8", "surrogateescape")
        return f"{made}.{hmac.digest(self._key, text, 'sha256').hex()[:32]}"


class Restraint:
    """How many challenges are sent in a second, to one address and in all."""

    def __init__(self) -> None:
        self._second = 0
        self._sent: Counter[str] = Counter()

    def allows(self, address: str) -> bool:
        """Whether one more may be sent there; it counts then."""
        if _now_s() != self._second:
            self._second = _now_s()
            self._sent.clear()
        if self._sent[address] >= MOST_TO_ONE or self._sent.total() >= MOST_IN_ALL:
            return False
        self._sent[address] += 1
        return True


def _now_s() -> int:
    return int(asyncio.get_running_loop().time())
