"""The safe: what is kept of secrets that have to be known again, unlike passwords."""

import base64
import hmac
import secrets
from dataclasses import dataclass, field

FORM = "v1."
NONCE_LENGTH = TAG_LENGTH = 16
LONGEST_SECRET = 64


@dataclass(frozen=True, slots=True)
class Safe:
    """Locks a secret up for its owner. Who has the store, but not this key, learns nothing of it,
    cannot change it, and cannot pass off one owner's for another's.

    Encryption by a keystream of HMAC, then a tag by HMAC over all of it (encrypt-then-MAC), each
    with a key of its own: a secret is shorter than one block, and needs no cipher beside that.
    """

    key: str = field(repr=False)

    def lock(self, secret: str, owner: str) -> str:
        """What to keep of a secret of up to 64 octets: another text each time."""
        octets = secret.encode()
        assert len(octets) <= LONGEST_SECRET, "a longer secret needs a longer keystream"
        nonce = secrets.token_bytes(NONCE_LENGTH)
        hidden = _mixed(octets, self._stream(nonce))
        locked = nonce + hidden + self._tag(nonce, hidden, owner)
        return FORM + base64.urlsafe_b64encode(locked).decode()

    def unlock(self, kept: str, owner: str) -> str | None:
        """The secret again; None where it was not locked by this key for this owner."""
        try:
            locked = base64.urlsafe_b64decode(kept.removeprefix(FORM))
        except ValueError:
            return None
        nonce, rest = locked[:NONCE_LENGTH], locked[NONCE_LENGTH:]
        hidden, tag = rest[:-TAG_LENGTH], rest[-TAG_LENGTH:]
        if not kept.startswith(FORM) or not hmac.compare_digest(
            tag, self._tag(nonce, hidden, owner)
        ):
            return None
        return _mixed(hidden, self._stream(nonce)).decode()

    def _stream(self, nonce: bytes) -> bytes:
        return hmac.digest(self._subkey("encryption"), nonce, "sha512")

    def _tag(self, nonce: bytes, hidden: bytes, owner: str) -> bytes:
        # Of fixed length, so that nothing of one part can be taken for a part of another.
        whose = hmac.digest(self._subkey("owner"), owner.encode(), "sha256")
        return hmac.digest(self._subkey("tag"), whose + nonce + hidden, "sha256")[:TAG_LENGTH]

    def _subkey(self, use: str) -> bytes:
        return hmac.digest(self.key.encode(), f"ringback safe, {use}".encode(), "sha256")


def _mixed(octets: bytes, stream: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(octets, stream, strict=False))
