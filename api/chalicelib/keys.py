"""Idempotency keys: what a client sends to have a thing done once, however often it asks."""

import re

from chalice.app import Request

from switchboard.errors import Malformed

IDEMPOTENCY_KEY = re.compile("[ -~]{1,200}")


def read_key(request: Request, default: str = "") -> str:
    """The key of a request, or the default. Malformed where it can be none, or there is neither."""
    key = str(request.headers.get("idempotency-key", default))
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise Malformed("the Idempotency-Key has 1 to 200 printable ASCII characters")
    return key
