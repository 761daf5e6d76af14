"""Small changes to the session descriptions that the media engine writes (RFC 4566)."""

import re

# Equipment that ignores what was offered sends telephone events under this number.
USUAL = "101"


def with_usual_telephone_events(description: str) -> str:
    """The description with telephone-event numbered 101, where that number is still free."""
    events = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", description, re.MULTILINE)
    taken = re.search(rf"^a=rtpmap:{USUAL} ", description, re.MULTILINE)
    if events is None or taken is not None:
        return description
    attribute = re.compile(rf"^a=(rtpmap|fmtp):{events[1]} ", re.MULTILINE)
    media = re.compile(rf"^(m=audio .*) {events[1]}\b", re.MULTILINE)
    return media.sub(rf"\1 {USUAL}", attribute.sub(rf"a=\1:{USUAL} ", description))
