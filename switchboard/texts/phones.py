"""The phones that a text names: one or two numbers, or names from a phone book."""

import re
from collections.abc import Callable, Iterator

from switchboard.errors import NotANumber, UnreadableText
from switchboard.numbering import PhoneNumber, is_assignable, parse_number
from switchboard.texts.grammar import unreadable

# Finds the number that a name stands for.
Find = Callable[[str], PhoneNumber | None]
Phones = tuple[PhoneNumber | None, PhoneNumber]

# Two numbers or names of the greatest length, with some spaces between.
LONGEST_PHONES = 100


def read_phones(phones: str, home: str, find: Find) -> Phones:
    """The customer's phone, None for the sender's own, and the destination.

    Numbers and names may hold spaces. Where that can be understood in two ways, the one counts
    in which all numbers can be assigned, and one number before two; else it is UnreadableText,
    as is anything else. `find` is asked for what is no number, only.
    """
    if len(phones) > LONGEST_PHONES:
        raise unreadable()
    sure: list[Phones] = []
    possible: list[Phones] = []
    for parts in _readings(phones):
        read = [_phone(part, home, find) for part in parts]
        if all(one is not None for one in read):
            numbers = [one for one in read if one is not None]
            meant: Phones = (None, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
            (sure if all(map(is_assignable, numbers)) else possible).append(meant)
    meanings = list(dict.fromkeys(sure or possible))
    # The first reading is that of one number.
    if len(meanings) == 1 or (meanings and meanings[0][0] is None):
        return meanings[0]
    if meanings:
        raise UnreadableText(f"Put a # between two numbers, for example {_TWO}")
    raise unreadable()


_TWO = "442071234567#14155550100"


def _readings(phones: str) -> Iterator[list[str]]:
    """The ways to take a text apart into one or two phones."""
    # A plus begins a number.
    lines = re.split(r"[#\n,;]+|\s+(?=\+)", phones)
    marked = [line.strip() for line in lines if line.strip()]
    if len(marked) == 2:
        yield marked
    elif len(marked) == 1:
        words = marked[0].split()
        yield [" ".join(words)]
        for cut in range(1, len(words)):
            yield [" ".join(words[:cut]), " ".join(words[cut:])]


def _phone(part: str, home: str, find: Find) -> PhoneNumber | None:
    # As a contact is shared.
    part = part[4:] if part[:4].lower() == "tel:" else part
    if any(character.isalpha() for character in part):
        return find(part)
    try:
        return parse_number(part, home)
    except NotANumber:
        return None
