"""Number rewriting: how a trunk wants a number written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber

# In the place of a prefix: all numbers.
EVERY = "*"
_PREFIX = re.compile(r"\*|\+?([0-9]{1,15})", re.ASCII)
_STEP = re.compile(r"(?:strip:?([0-9]{1,2})|prepend:?(\+?[0-9*#]{1,20}))", re.ASCII)
_PREPEND = re.compile(r"\+?[0-9*#]{0,20}", re.ASCII)
MOST_STRIPPED = 14


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A rule for the numbers that begin with `prefix` (nothing: all numbers): so many of their
    E.164 digits are left out in front, and `prepend` is put there. Without a rule a number is
    sent in E.164 with its plus."""

    prefix: str = ""
    strip: int = 0
    prepend: str = ""

    def __post_init__(self) -> None:
        if self.prefix and (self.prefix == EVERY or not _PREFIX.fullmatch(self.prefix)):
            raise Malformed(f"prefix “{self.prefix[:20]}” is not 1 to 15 digits")
        if not 0 <= self.strip <= MOST_STRIPPED:
            raise Malformed(f"a rule strips at most {MOST_STRIPPED} digits, not {self.strip}")
        if not _PREPEND.fullmatch(self.prepend):
            raise Malformed(f"“{self.prepend[:30]}” cannot be prepended: up to 20 of 0-9, *, #")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The rule in a text like `44=strip2,prepend0044`; `*` in front of the = stands for all
        numbers. Malformed says what is wrong with it."""
        prefix, equals, steps = (part.strip() for part in text.partition("="))
        if not equals or not _PREFIX.fullmatch(prefix):
            raise Malformed(
                f"“{text[:60]}” is not a rewriting rule: write PREFIX=strip2,prepend0044, and * for"
                " all numbers"
            )
        found = [_STEP.fullmatch(step.strip()) for step in steps.split(",")]
        strips = [int(step[1]) for step in found if step is not None and step[1]]
        prepends = [step[2] for step in found if step is not None and step[2]]
        if None in found or len(strips) > 1 or len(prepends) > 1:
            raise Malformed(
                f"“{text[:60]}”: after the = stand strip with a number of digits, prepend with what"
                " is put in front, or both, once each: strip2,prepend0044"
            )
        digits = "" if prefix == EVERY else prefix.removeprefix("+")
        return cls(digits, sum(strips), "".join(prepends))

    def fits(self, digits: str) -> bool:
        """Whether the rule is for this number; never for one that it leaves nothing of."""
        return digits.startswith(self.prefix) and len(digits) > self.strip

    def __str__(self) -> str:
        steps = [f"strip{self.strip}"] if self.strip else []
        steps += [f"prepend{self.prepend}"] if self.prepend or not steps else []
        return f"{self.prefix or EVERY}={','.join(steps)}"


def rewritten(number: PhoneNumber, rules: Iterable[Rewrite]) -> str:
    """The number as it is sent: by the first rule that is for it, else in E.164."""
    for rule in rules:
        if rule.fits(number.digits):
            return rule.prepend + number.digits[rule.strip :]
    return str(number)
