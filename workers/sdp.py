"""Small changes to the session descriptions that the media engine writes (RFC 4566)."""

import re
from collections.abc import Sequence

from switchboard.calls.link import Codec

# Equipment that ignores what was offered sends telephone events under this number.
USUAL = "101"
# The payload types that RFC 3551 gave them.
PAYLOADS = {Codec.PCMU: "0", Codec.PCMA: "8"}


def with_usual_telephone_events(description: str) -> str:
    """The description with telephone-event numbered 101, where that number is still free."""
    events = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", description, re.MULTILINE)
    taken = re.search(rf"^a=rtpmap:{USUAL} ", description, re.MULTILINE)
    if events is None or taken is not None:
        return description
    attribute = re.compile(rf"^a=(rtpmap|fmtp):{events[1]} ", re.MULTILINE)
    media = re.compile(rf"^(m=audio .*) {events[1]}\b", re.MULTILINE)
    return media.sub(rf"\1 {USUAL}", attribute.sub(rf"a=\1:{USUAL} ", description))


def with_codecs(description: str, codecs: Sequence[Codec]) -> str:
    """The description with these codecs only, in their order, where it has all of them. An answer,
    which has one, is left as it is."""
    media = re.search(r"^(m=audio \d+ \S+) ([\d ]+)", description, re.MULTILINE)
    if media is None:
        return description
    offered, wanted = media[2].split(), [PAYLOADS[codec] for codec in codecs]
    if not set(PAYLOADS.values()) <= set(offered):
        return description
    others = [one for one in offered if one not in PAYLOADS.values()]
    dropped = "|".join(set(PAYLOADS.values()) - set(wanted)) or "none"
    kept = re.sub(rf"^a=(rtpmap|fmtp):({dropped}) .*\r?\n", "", description, flags=re.MULTILINE)
    return kept.replace(media[0], f"{media[1]} {' '.join(wanted + others)}")
