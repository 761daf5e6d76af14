"""Cursors of lists that go by the instant of a request."""

import base64
import re

from switchboard.errors import Malformed

_PLAIN = re.compile(rb"([0-9]{1,17})#([0-9A-Za-z-]{1,64})")


def make_cursor(callback: str, requested_us: int) -> str:
    """Where a list goes on behind this callback; opaque, for it is sent back by strangers."""
    return base64.urlsafe_b64encode(f"{requested_us}#{callback}".encode()).decode()


def open_cursor(cursor: str) -> tuple[str, int]:
    """The callback and the instant of a cursor. Malformed where it is not one of ours."""
    try:
        plain = _PLAIN.fullmatch(base64.urlsafe_b64decode(cursor))
    except ValueError:
        plain = None
    if plain is None:
        raise Malformed("this cursor is not one of ours")
    return plain[2].decode(), int(plain[1])
