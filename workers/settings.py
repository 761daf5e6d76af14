"""A worker's settings, read once from the environment."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self
from uuid import uuid4

from switchboard.billing.pins import LEAST_KEY_LENGTH, PinKey
from switchboard.desk.purse import PurseTerms
from workers.dialogue.asking import USUAL_ASKING, AskingTerms
from workers.doorbell import BUSY_HERE, DoorbellTerms
from workers.host import HostTerms
from workers.pjsip import PjsipSettings

# Two legs, and as many places for legs whose far ends are dead: these keep theirs half a minute.
CALLS_A_CALLBACK = 4
# Each of them has a port for RTP and one for RTCP.
RTP_PORTS_A_CALL = 2
FEWEST_RTP_PORTS = 200
LAST_PORT = 65_535


class BadSetting(Exception):
    """A variable of the environment has a value that it may not have."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Who this worker is, where it listens, what it carries."""

    worker: str
    sip: PjsipSettings
    host: HostTerms
    purse: PurseTerms
    asking: AskingTerms = USUAL_ASKING
    doorbell: DoorbellTerms | None = None
    # An operator's own recordings, in place of ours.
    prompts: Path | None = None
    # What PINs are kept by; without it, none can be read.
    pins: PinKey | None = None
    # Where settlements are until the stores have them; without it, in memory only.
    spool: Path | None = None
    # Where a supervisor tells how its workers are; port 0: nowhere.
    status: tuple[str, int] = ("127.0.0.1", 0)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """All have a default: RINGBACK_SIP_HOST, RINGBACK_SIP_PORT (0: any), RINGBACK_RTP_PORT,
        RINGBACK_RINGS_PORT (0: no rings by SIP), RINGBACK_RINGS_CODE (how they are rejected),
        RINGBACK_PUBLIC_ADDRESS, RINGBACK_WORKER_CALLBACKS (at most so many at once; fewer where
        the engine allows fewer), RINGBACK_PROMPTS (an operator's own),
        RINGBACK_SPOOL (a folder for what is not delivered yet; without it, memory),
        RINGBACK_STATUS_HOST and RINGBACK_STATUS_PORT (0: no status), RINGBACK_PIN_KEY (without it
        no PIN is read), and in seconds RINGBACK_BEAT_S, RINGBACK_DRAIN_S (how long calls may go on
        after SIGTERM), RINGBACK_QUANTUM_S, RINGBACK_MARGIN_S and RINGBACK_RING_LIMIT_S,
        RINGBACK_ASKING_S (until a number is called) and RINGBACK_ASKING_IN_ALL_S (of one callback,
        talks left out). BadSetting names the one that is wrong."""
        callbacks = _number(env, "RINGBACK_WORKER_CALLBACKS", 500, most=1000)
        rtp_ports = max(FEWEST_RTP_PORTS, RTP_PORTS_A_CALL * CALLS_A_CALLBACK * callbacks)
        sip = PjsipSettings(
            host=env.get("RINGBACK_SIP_HOST", "127.0.0.1"),
            sip_port=_number(env, "RINGBACK_SIP_PORT", 0, least=0, most=65_535),
            rtp_port=_number(
                env, "RINGBACK_RTP_PORT", 10_000, least=1024, most=LAST_PORT - rtp_ports
            ),
            rtp_ports=rtp_ports,
            public_address=env.get("RINGBACK_PUBLIC_ADDRESS") or None,
            max_calls=CALLS_A_CALLBACK * callbacks,
        )
        purse = PurseTerms(
            quantum=_seconds(env, "RINGBACK_QUANTUM_S", 300),
            ring_limit=_seconds(env, "RINGBACK_RING_LIMIT_S", 60),
            margin=_seconds(env, "RINGBACK_MARGIN_S", 15),
        )
        asking = AskingTerms(
            at_a_time=_seconds(env, "RINGBACK_ASKING_S", 300),
            in_all=_seconds(env, "RINGBACK_ASKING_IN_ALL_S", 3_600),
        )
        rings_port = _number(env, "RINGBACK_RINGS_PORT", 0, least=0, most=65_535)
        code = _number(env, "RINGBACK_RINGS_CODE", BUSY_HERE, least=400, most=699)
        doorbell = DoorbellTerms(sip.host, rings_port, code) if rings_port else None
        beat_every = _seconds(env, "RINGBACK_BEAT_S", 5)
        drain_limit = _seconds(env, "RINGBACK_DRAIN_S", 100, least=0)
        host = HostTerms(callbacks, beat_every, drain_limit)
        pins = _pin_key(env)
        name = f"{socket.gethostname()}-{uuid4().hex[:8]}"
        prompts, spool = _path(env, "RINGBACK_PROMPTS"), _path(env, "RINGBACK_SPOOL")
        status_port = _number(env, "RINGBACK_STATUS_PORT", 0, least=0, most=65_535)
        status = (env.get("RINGBACK_STATUS_HOST", "127.0.0.1"), status_port)
        return cls(name, sip, host, purse, asking, doorbell, prompts, pins, spool, status)


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]) if env.get(name) else None


def _pin_key(env: Mapping[str, str]) -> PinKey | None:
    secret = env.get("RINGBACK_PIN_KEY")
    if not secret:
        return None
    if len(secret) < LEAST_KEY_LENGTH:
        raise BadSetting(f"RINGBACK_PIN_KEY has less than {LEAST_KEY_LENGTH} characters")
    return PinKey(secret)


def _seconds(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> timedelta:
    return timedelta(seconds=_number(env, name, default, least=least))


def _number(
    env: Mapping[str, str], name: str, default: int, *, least: int = 1, most: int = 86_400
) -> int:
    text = env.get(name) or str(default)
    if not (re.fullmatch("[0-9]{1,9}", text) and least <= int(text) <= most):
        raise BadSetting(
            f"{name} is “{text[:40]}”: it must be a whole number from {least} to {most}"
        )
    return int(text)
