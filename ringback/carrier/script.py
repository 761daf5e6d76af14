"""What a simulated phone does when it rings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from types import MappingProxyType

from ringback.carrier.media.rtp import DIGITS
from ringback.carrier.media.sound import NumberTone, Silence, Sound

_NOTHING = timedelta()


class Verdict(Enum):
    ANSWER = "answer"
    NO_ANSWER = "no answer"  # it rings for ever
    DEAD = "dead"  # the carrier never replies, not even that it tries


@dataclass(frozen=True, slots=True)
class Reject:
    """The final response that refuses the call, after `ring_for`."""

    status: int

    def __post_init__(self) -> None:
        if not 300 <= self.status <= 699:
            raise ValueError(f"{self.status} is no SIP status that refuses a call (300 to 699)")


BUSY = Reject(486)


@dataclass(frozen=True, slots=True)
class Press:
    """Keys pressed `after` the answer. While earlier ones are still being pressed, they wait."""

    after: timedelta
    digits: str

    def __post_init__(self) -> None:
        if not self.digits or not set(self.digits) <= set(DIGITS):
            raise ValueError(f"{self.digits!r} are not keys of a phone ({DIGITS})")
        if self.after < _NOTHING:
            raise ValueError("keys cannot be pressed before the answer")


@dataclass(frozen=True, slots=True)
class PhoneScript:
    """One phone's behaviour. `early_media` is heard by the caller while it rings (183 instead of
    180); `sound` from the answer on. `hang_up_after` counts from the answer; None leaves it to
    the far end. A phone with `keys_in_audio` has no telephone events: its keys are pairs of tones
    in place of its sound. With `ring_for` zero the verdict comes at once, without ringing. What the
    far end offers later is met as `re_invited` says; a phone that `keeps_time` has session timers
    with who wants them."""

    ring_for: timedelta = timedelta(seconds=2)
    verdict: Verdict | Reject = Verdict.ANSWER
    early_media: Sound | None = None
    sound: Sound = field(default_factory=Silence)
    digits: tuple[Press, ...] = ()
    keys_in_audio: bool = False
    hang_up_after: timedelta | None = None
    re_invited: Verdict | Reject = Verdict.ANSWER
    keeps_time: bool = True

    def __post_init__(self) -> None:
        if self.ring_for < _NOTHING:
            raise ValueError("a phone cannot ring for less than no time")
        if self.hang_up_after is not None and self.hang_up_after < _NOTHING:
            raise ValueError("a phone cannot hang up before it answers")


# Any number: rings 2 s, answers, plays its own tone, hangs up after a minute.
ANSWERS = PhoneScript(sound=NumberTone(), hang_up_after=timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class PhoneBook:
    """Which phone does what; a number is the same with its '+' and without."""

    scripts: Mapping[str, PhoneScript] = field(default_factory=lambda: MappingProxyType({}))
    default: PhoneScript = ANSWERS

    def script_for(self, number: str) -> PhoneScript:
        wanted = number.lstrip("+")
        same = (script for name, script in self.scripts.items() if name.lstrip("+") == wanted)
        return next(same, self.default)

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """Every sound that some phone may play."""
        scripts = (self.default, *self.scripts.values())
        return tuple(s for script in scripts for s in (script.early_media, script.sound) if s)
