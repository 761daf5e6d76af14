"""Small changes to the session descriptions that the media engine writes (RFC 4566)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from switchboard.calls.link import Codec

# Equipment that ignores what was offered sends telephone events under this number.
USUAL = "101"
# The payload types that RFC 3551 gave them.
PAYLOADS = {Codec.PCMU: "0", Codec.PCMA: "8"}


@dataclass(frozen=True, slots=True)
class AudioTerms:
    """Where a far end hears, and in which form: the payload types of its codec and of its telephone
    events, None where it takes none, and how much audio a packet has. `both_ways`: it hears and
    speaks. `keeps_time`: it notices within a session timer that we are gone. `is_there`: what it
    says comes from where it hears, so that there is no NAT in between."""

    host: str
    port: int
    payload: int
    events: int | None
    packet_ms: int
    both_ways: bool = True
    keeps_time: bool = True
    is_there: bool = field(default=True, compare=False)


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


def with_audio_of(description: str, terms: AudioTerms) -> str:
    """The description with the audio of another end in the place of ours, in that form alone."""
    formats = [str(terms.payload), *([] if terms.events is None else [str(terms.events)])]
    family = "IP6" if ":" in terms.host else "IP4"
    lines = []
    for line in description.splitlines():
        mapped = re.match(r"a=(?:rtpmap|fmtp):(\d+) ", line)
        if line.startswith(("a=rtcp:", "a=ssrc:")) or (mapped and mapped[1] not in formats):
            continue
        if line.startswith("c="):
            line = f"c=IN {family} {terms.host}"
        elif media := re.match(r"m=audio \d+ (\S+) ", line):
            line = f"m=audio {terms.port} {media[1]} {' '.join(formats)}"
        lines.append(line)
    return "".join(f"{line}\r\n" for line in lines)
