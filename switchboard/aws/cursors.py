"""Cursors of lists that go by an instant."""

import base64
import re

from switchboard.errors import Malformed

_PLAIN = re.compile(rb"([0-9]{1,17})#([0-9A-Za-z._-]{1,64})")


def make_cursor(name: str, at_us: int) -> str:
    """Where a list goes on behind what has this name, like a callback; opaque, for it is sent back
    by strangers."""
    return base64.urlsafe_b64encode(f"{at_us}#{name}".encode()).decode()


def open_cursor(cursor: str) -> tuple[str, int]:
    """The name and the instant of a cursor. Malformed where it is not one of ours."""
    try:
        plain = _PLAIN.fullmatch(base64.urlsafe_b64decode(cursor))
    except ValueError:
        plain = None
    if plain is None:
        raise Malformed("this cursor is not one of ours")
    return plain[2].decode(), int(plain[1])
