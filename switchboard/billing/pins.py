"""PINs: drawn so that none is easily guessed or taken for another, kept as keyed hashes only."""

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from switchboard.errors import Malformed

SHORTEST, LONGEST = 6, 20
# A guess shall miss at least this often.
GUESSES_A_HIT = 100
LEAST_KEY_LENGTH = 16
# Gives a number from 0 up to, but not including, its argument: `secrets.randbelow`.
RandBelow = Callable[[int], int]

_RUN = "0123456789"
_TRIVIAL = re.compile(
    "|".join(
        [
            r"(\d)\1{3}",  # 7777
            *(run[at : at + 4] for run in (_RUN, _RUN[::-1]) for at in range(7)),  # 3456, 6543
            r"19\d\d|20\d\d",  # years
            r"^(?:(\d)\2)+$",  # 11335588
        ]
    )
)
# H. M. Damm's quasigroup: its check digit tells every wrong digit and every swap of neighbours.
_DAMM = (
    "0317598642 7092154863 4206871359 1750983426 6123045978"
    " 3674209581 5869720134 8945362017 9438617205 2581436790"
).split()


@dataclass(frozen=True, slots=True)
class PinKey:
    """Makes of a PIN what is kept of it. Who has the store, but not this key, cannot try PINs."""

    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < LEAST_KEY_LENGTH:
            raise Malformed(f"the key of PINs has at least {LEAST_KEY_LENGTH} characters")

    def hash(self, pin: str) -> str:
        """HMAC-SHA256 of the digits of a PIN, whatever people put between them."""
        return hmac.digest(self.secret.encode(), read_pin(pin).encode(), "sha256").hex()


def read_pin(text: str) -> str:
    """The digits of a PIN as a person typed it. Malformed, without repeating it, where it is no
    PIN."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{4,20}", digits, re.ASCII):
        raise Malformed("a PIN has 4 to 20 digits")
    return digits


def check_room(count: int, length: int) -> None:
    """Malformed where so many PINs of this length could be guessed."""
    if not SHORTEST <= length <= LONGEST:
        raise Malformed(f"a PIN has {SHORTEST} to {LONGEST} digits")
    if count * GUESSES_A_HIT > 10 ** (length - 1):
        enough = len(str(count * GUESSES_A_HIT - 1)) + 1
        raise Malformed(f"{count:,} PINs of {length} digits can be guessed: take {enough} digits")


def draw_pins(count: int, length: int, randbelow: RandBelow) -> Iterator[str]:
    """So many PINs, no two of them equal, nor one wrong digit or one swap of neighbours apart: the
    last digit is a check digit. None begins with a zero, and none is trivial."""
    drawn: set[str] = set()
    smallest = 10 ** (length - 2)
    while len(drawn) < count:
        digits = str(smallest + randbelow(9 * smallest))
        pin = digits + check_digit(digits)
        if pin not in drawn and not is_trivial(pin):
            drawn.add(pin)
            yield pin


def is_trivial(pin: str) -> bool:
    """Whether people would try this one early: few digits, runs, years, repetitions, mirrors."""
    repeated = any(pin[period:] == pin[:-period] for period in range(1, len(pin) // 2 + 1))
    few = len(set(pin)) < 4
    return few or repeated or pin == pin[::-1] or _TRIVIAL.search(pin) is not None


def check_digit(digits: str) -> str:
    """The digit that, appended, makes the whole check out (Damm 2004)."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)
