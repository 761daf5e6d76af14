"""What a call flow asks of the telephone: dial, play, listen, join."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from switchboard.calls.caller_id import Caller
from switchboard.calls.ending import Ending, Party, Verdict
from switchboard.calls.leg import RtpQuality
from switchboard.calls.routing import Way
from switchboard.calls.trunk import DEFAULT_REPLY_LIMIT, Trunk
from switchboard.numbering import PhoneNumber
from workers.speech.spoken import Part
from workers.tracing import NO_TAPE, Tape


@dataclass(frozen=True, slots=True)
class LegOrder:
    """One leg to be placed. The far end is given up after `ring_limit`, or after `reply_limit`
    in which the carrier did not even send a provisional answer. `language` is that in which the
    far end is spoken to. What happens is told to `tape`."""

    party: Party
    number: PhoneNumber
    caller: Caller
    trunk: Trunk
    ring_limit: timedelta
    reply_limit: timedelta = DEFAULT_REPLY_LIMIT
    language: str = "en"
    tape: Tape = NO_TAPE


@dataclass(slots=True)
class LegTrace:
    """What is known of one leg; the telephone fills it in while it happens.

    `way` is the trunk that was tried last, None where there was none to try.
    `answered` and `ended` are instants of the loop's own monotonic clock, for durations.
    `sip_code` is the final answer to our INVITE, None where we gave up before one came.
    `hung_up_by_far_end` is None until the leg is over, and where it was never answered.
    """

    invited_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answered: float | None = None
    ended: float | None = None
    sip_code: int | None = None
    hung_up_by_far_end: bool | None = None
    rtp: RtpQuality | None = None
    way: Way | None = None

    def begin(self, way: Way) -> None:
        """Tell of an attempt over this trunk from now on, and no more of one that failed."""
        assert self.answered is None, "a leg that was answered is not placed again"
        self.way = way
        self.invited_at = self.ringing_at = self.ended_at = None
        self.ended = self.sip_code = self.rtp = None


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key that a far end pressed, `at` a time of the loop. Where it is `audible`, whoever hears
    that far end has heard it as a tone; else its carrier told of it, and nothing was to be heard.
    """

    key: str
    at: float
    audible: bool = False


class LegEnded(Exception):
    """The far end of a leg is gone, or never came; raised out of the block that holds the leg."""

    def __init__(self, party: Party, verdict: Verdict) -> None:
        super().__init__(f"{party.value}: {verdict.ending.value}")
        self.party = party
        self.verdict = verdict

    @property
    def ending(self) -> Ending:
        """Why the leg ended."""
        return self.verdict.ending


class Leg(Protocol):
    """A leg that was answered. It lives as long as the block that dialled it.

    `language` is that of all that is played from now on; at first, that of the order.
    """

    language: str

    async def play(self, *parts: Part) -> None:
        """Play prompts by their names, amounts, spans of time and keys, one right behind the
        other, to the end of the last: `play("balance-is", balance)`."""

    async def play_until_key(self, *parts: Part) -> None:
        """The same; a key that the far end presses stops it and stays in the queue of keys."""

    async def key(self, *, limit: timedelta) -> str | None:
        """The next key pressed (0-9, *, #), also one pressed earlier; None after `limit`."""

    async def stroke(self, *, limit: timedelta) -> Stroke | None:
        """The same, and whether it could be heard."""

    async def press(self, key: str) -> None:
        """Have the far end get a key, in the way that its carrier agreed to."""


class Phone(Protocol):
    """The telephone of one worker."""

    def dial(
        self, order: LegOrder, trace: LegTrace, *, heard_by: Leg | None = None
    ) -> AbstractAsyncContextManager[Leg]:
        """Ring a number; the block is entered when it answers, and leaving it hangs up.

        Before the answer, `heard_by` hears a ringback tone, or the far end's early media.
        LegEnded comes out of the block, from whatever it waits for, when the far end hangs up,
        and at once where it refuses, does not answer within the ring limit, or stays silent.
        `trace` is complete when the block has been left, however that happened.
        """

    async def join(self, one: Leg, other: Leg, *, keys: bool = True) -> None:
        """Let two answered legs hear each other. Joined again after a re-INVITE without asking.

        Where nobody waits for `keys` of theirs and both trunks allow it, their audio may flow past
        us while nothing is played or pressed; keys then go with it, but for those told by INFO.
        """
