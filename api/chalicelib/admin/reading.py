"""How fields of the console's forms are read."""

import re

from switchboard.errors import Malformed

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


def whole(text: str) -> int:
    """A whole number. Malformed where it is none."""
    if not _WHOLE.fullmatch(text):
        raise Malformed(f"“{text[:20]}” is not a whole number")
    return int(text)


def lines_of(text: str) -> list[str]:
    """The lines of a text, without those that are empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]
