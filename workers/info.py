"""Keys in the body of an INFO request that the media engine does not read."""

import re

from switchboard.sip.fields import MalformedSip
from switchboard.sip.message import Request, parse

CONTENT_TYPE = "application/dtmf"


def key_of_info(message: str) -> str | None:
    """The key of a request whose whole body is that key; None of any other. (The engine itself
    reads application/dtmf-relay.)"""
    try:
        info = parse(message.encode("utf-8", "surrogateescape"))
    except MalformedSip:
        return None
    kind = (info.header("Content-Type") or "").partition(";")[0].strip().lower()
    if not isinstance(info, Request) or kind != CONTENT_TYPE:
        return None
    body = info.body.decode("ascii", "replace").strip()
    return body if re.fullmatch("[0-9*#A-D]", body) else None
