"""Offer and answer: how a phone and its caller settle on one audio stream (RFC 3264)."""

import secrets

from ringback.carrier.media.g711 import G711
from ringback.carrier.media.line import Agreed
from ringback.carrier.sip.sdp import Direction, Media, NotAcceptable, parse

_EVENTS = "TELEPHONE-EVENT/8000"
_CODECS = {f"{law.name}/8000": law for law in G711}
_OUR_OFFER = {0: "PCMU/8000", 8: "PCMA/8000", 101: _EVENTS}


class Negotiation:
    """The phone's half. It carries one G.711 stream and telephone events over plain RTP, and
    refuses every other stream of an offer; with `telephone_events` off, the audio only.

    `port` is where the phone hears. While `on_hold` it wants nothing to be sent to it, and sends
    nothing either.
    """

    def __init__(self, host: str, *, telephone_events: bool = True) -> None:
        self.port = 0
        self.on_hold = False
        self._host = host
        self._session_id = secrets.randbits(62)
        self._version = 0
        # The lines of the description, which keep their places for as long as the call lasts
        # (RFC 3264 §8): the refused ones, and an empty one for the audio.
        self._places: list[str] = [""]
        self._telephone_events = telephone_events
        self._formats = self._wanted(_OUR_OFFER)

    def answer(self, offer: bytes) -> tuple[bytes, Agreed]:
        """Raises NotAcceptable, and then everything stays as it was."""
        streams = parse(offer)
        place = next((i for i, media in enumerate(streams) if _usable(media)), None)
        if place is None:
            raise NotAcceptable("no G.711 audio over RTP to an IPv4 address")

        offered = streams[place]
        they_send, we_send = offered.direction.value
        self._places = [_refused(media) for media in streams]
        self._places[place] = ""
        self._formats = self._wanted(_chosen(offered))
        direction = Direction((we_send, they_send and not self.on_hold))
        return self._describe(direction), self._agreed(offered)

    def offer(self) -> bytes:
        """What we take at first, or what was agreed on, now held or no longer."""
        return self._describe(Direction.SENDONLY if self.on_hold else Direction.SENDRECV)

    def accept(self, answer: bytes) -> Agreed:
        """What an answer to our latest offer comes to. Raises NotAcceptable."""
        streams = parse(answer)
        place = self._places.index("")
        if len(streams) != len(self._places) or not _usable(streams[place]):
            raise NotAcceptable("the answer does not fit the offer")
        self._formats = self._wanted(_chosen(streams[place]))
        return self._agreed(streams[place])

    def _wanted(self, formats: dict[int, str]) -> dict[int, str]:
        wanted = formats.items()
        return {n: name for n, name in wanted if self._telephone_events or name != _EVENTS}

    def _agreed(self, media: Media) -> Agreed:
        assert media.host is not None
        by_encoding = {encoding: number for number, encoding in self._formats.items()}
        codec_payload_type = next(iter(self._formats))
        return Agreed(
            host=media.host,
            port=media.port,
            codec=_CODECS[self._formats[codec_payload_type]],
            payload_type=codec_payload_type,
            event_payload_type=by_encoding.get(_EVENTS),
            sends=media.direction.value[1] and not self.on_hold,
        )

    def _describe(self, direction: Direction) -> bytes:
        self._version += 1
        lines = [
            "v=0",
            f"o=phone {self._session_id} {self._version} IN IP4 {self._host}",
            "s=-",
            f"c=IN IP4 {self._host}",
            "t=0 0",
        ]
        for place in self._places:
            lines += [place] if place else self._audio(direction)
        return "".join(f"{line}\r\n" for line in lines).encode()

    def _audio(self, direction: Direction) -> list[str]:
        numbers = " ".join(str(number) for number in self._formats)
        lines = [f"m=audio {self.port} RTP/AVP {numbers}"]
        for number, encoding in self._formats.items():
            if encoding == _EVENTS:
                # Registered in lower case, and some peers compare it so.
                lines += [f"a=rtpmap:{number} {encoding.lower()}", f"a=fmtp:{number} 0-15"]
            else:
                lines.append(f"a=rtpmap:{number} {encoding}")
        return [*lines, "a=ptime:20", f"a={direction.name.lower()}"]


def _usable(media: Media) -> bool:
    return (
        (media.kind, media.protocol) == ("audio", "RTP/AVP")
        and media.port > 0
        and media.host is not None
        and any(encoding in _CODECS for encoding in media.encodings.values())
    )


def _chosen(media: Media) -> dict[int, str]:
    """The describer's first G.711, and its telephone events if it has them."""
    codec = next(item for item in media.encodings.items() if item[1] in _CODECS)
    events = [item for item in media.encodings.items() if item[1] == _EVENTS]
    return dict([codec, *events[:1]])


def _refused(media: Media) -> str:
    return f"m={media.kind} 0 {media.protocol} {' '.join(media.formats)}"
