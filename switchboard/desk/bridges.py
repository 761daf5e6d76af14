"""Phone bridges: admitted by a token, heard, given texts to send, revoked."""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from switchboard.billing.account import check_id
from switchboard.calls.bridge import Bridge, BridgeBeat, OutgoingText
from switchboard.calls.callback import DEFAULT_PATIENCE
from switchboard.desk.text_senders import Incoming, TextKeys
from switchboard.desk.triggers import take_text
from switchboard.errors import AlreadyExists, NotFound, NotSignedIn, TooLate
from switchboard.ports import Ports

# After that nobody remembers what a reply answers.
TEXT_WAITS = timedelta(minutes=10)
TEXTS_AT_ONCE = 20


def add_bridge(ports: Ports, name: str, secret: str) -> str:
    """The token of a new bridge: to be shown once, it is kept as a hash. AlreadyExists where the
    name is taken. The secret is long and random, so that a plain hash cannot be searched."""
    check_id("bridge", name)
    token = f"{name}.{secret}"
    if not ports.bridges.add(Bridge(name, _hash(token), ports.clock.now())):
        raise AlreadyExists(f"there is a bridge {name} already")
    return token


def revoke_bridge(ports: Ports, name: str) -> None:
    """Accept nothing from a bridge any more. NotFound where there is none."""
    if not ports.bridges.remove(name):
        raise NotFound(f"there is no bridge {name}")


def bridge_of(ports: Ports, token: str) -> Bridge:
    """The bridge that bears this token. NotSignedIn where none does."""
    name, _, _ = token.rpartition(".")
    found = ports.bridges.find(name) if name else None
    kept = "" if found is None else found.token_hash
    if not hmac.compare_digest(_hash(token), kept) or found is None:
        raise NotSignedIn("this is no token of a bridge, or it was revoked")
    return found


def hear_bridge(
    ports: Ports, bridge: Bridge, beat: BridgeBeat, taken: Collection[str]
) -> Sequence[OutgoingText]:
    """Note that a bridge lives; gives what it shall send. A text is given with each heartbeat until
    the bridge says that it has taken it, since an answer may be lost on its way."""
    ports.bridges.forget(bridge.name, taken)
    if not ports.bridges.beat(bridge.name, beat):
        raise NotSignedIn("this bridge was revoked")
    return ports.bridges.outbox(bridge.name, ports.clock.now(), limit=TEXTS_AT_ONCE)


def take_bridge_text(
    ports: Ports,
    keys: TextKeys,
    bridge: Bridge,
    incoming: Incoming,
    text: str,
    received_at: datetime,
) -> None:
    """Do what a text asks for that came in at a bridge; its answer waits for the bridge to send it.
    TooLate where it lay there too long: what it orders would ring when nobody waits for it."""
    now = ports.clock.now()
    if received_at < now - DEFAULT_PATIENCE:
        raise TooLate("this text is too long ago to be answered")
    answer = take_text(ports, keys, incoming, text)
    if answer.words is not None:
        reply = OutgoingText(incoming.trigger.callback_id, incoming.sender, answer.words)
        ports.bridges.post(bridge.name, reply, now + TEXT_WAITS)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
