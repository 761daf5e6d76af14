"""What a text message asks for (design §9)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.errors import NotANumber, UnreadableText
from switchboard.numbering import PhoneNumber, parse_number

EXAMPLE = "442071234567"
# Ten concatenated parts of 160: providers send no more.
LONGEST_TEXT = 1600


@dataclass(frozen=True, slots=True)
class TextOrder:
    """Connect these two; None stands for the sender, and for a destination yet to be asked for."""

    customer: PhoneNumber | None
    destination: PhoneNumber | None


def read_text(text: str, home: str) -> TextOrder:
    """What a customer in region `home` asks for by an SMS.

    One number: connect me with it. Two numbers, parted by a space, `#` or a line: connect these
    two. Nothing, or CB: ring me and ask. UnreadableText shows one right example.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).strip()
    if plain.upper() in {"", "CB"}:
        return TextOrder(None, None)
    for parts in _readings(plain):
        try:
            numbers = [parse_number(part, home) for part in parts]
        except NotANumber:
            continue
        return TextOrder(None, *numbers) if len(numbers) == 1 else TextOrder(*numbers)
    raise UnreadableText(
        f"We could not read that. Text the number you want to call, for example {EXAMPLE}"
    )


def _readings(plain: str) -> Iterator[list[str]]:
    """The ways to take a text apart into one or two numbers, which may hold spaces themselves."""
    marked = [part for part in re.split(r"[#\n]+", plain) if part.strip()]
    if len(marked) == 2:
        yield marked
    elif len(marked) == 1:
        words = marked[0].split()
        for cut in range(len(words)):
            parts = [" ".join(words[:cut]), " ".join(words[cut:])]
            yield [part for part in parts if part]
