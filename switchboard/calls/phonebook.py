"""The phone book of an account: names for numbers, and speed dials."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber
from switchboard.texts.cleaning import keyword_form
from switchboard.texts.grammar import KEYWORDS

MOST_NAMES = 500
LONGEST_NAME = 40
SPEED_DIALS = range(1, 100)
# What parts names and fields in a text.
_PARTS_WORDS = re.compile(r"[#,;+\n]|\b[UPTFR]\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PhoneBook:
    """Names and speed dials. A name is found however it is spaced and capitalised."""

    account: str
    names: Mapping[str, PhoneNumber] = field(default_factory=dict)
    speed_dials: Mapping[int, PhoneNumber] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.names) > MOST_NAMES:
            raise Malformed(f"a phone book has up to {MOST_NAMES} names")
        keys = [_key(check_name(name)) for name in self.names]
        twice = next((name for name in self.names if keys.count(_key(name)) > 1), None)
        if twice is not None:
            raise Malformed(f"the name “{twice}” is there twice")
        for key in self.speed_dials:
            if key not in SPEED_DIALS:
                raise Malformed(f"{key} is no speed dial: they are 1 to {SPEED_DIALS[-1]}")

    def lines(self) -> dict[str, PhoneNumber]:
        """What it has by name, then by speed dial, like *1."""
        names = sorted(self.names.items(), key=lambda line: line[0].casefold())
        return {**dict(names), **{f"*{key}": of for key, of in sorted(self.speed_dials.items())}}

    def find(self, name: str) -> PhoneNumber | None:
        """The number of a name, if it has one."""
        key = _key(name)
        return next((number for known, number in self.names.items() if _key(known) == key), None)


def check_name(name: str) -> str:
    """A name as it may stand in a text in the place of a number. Malformed where it may not."""
    shown = name[:LONGEST_NAME]
    if not (name.strip() == name and name.isprintable() and 0 < len(name) <= LONGEST_NAME):
        raise Malformed(f"“{shown}” is no name: write 1 to {LONGEST_NAME} characters")
    if _PARTS_WORDS.search(name) or not any(character.isalpha() for character in name):
        raise Malformed(f"“{shown}” is no name: it has a letter, and none of # , ; +")
    if keyword_form(name.split()[0]) in KEYWORDS:
        raise Malformed(f"“{shown}” is no name: “{name.split()[0]}” begins another order")
    return name


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
