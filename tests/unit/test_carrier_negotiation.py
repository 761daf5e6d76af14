"""Holds the carrier's offers and answers to RFC 3264."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.carrier.media.g711 import G711
from ringback.carrier.media.line import Agreed
from ringback.carrier.sip.negotiation import Negotiation
from ringback.carrier.sip.sdp import NotAcceptable, parse

# As pjsua2 2.15 writes it.
PJSUA = """v=0
o=- 3973 3973 IN IP4 127.0.0.1
s=pjmedia
b=AS:84
t=0 0
a=X-nat:0
m=audio 4000 RTP/AVP 8 0 120
c=IN IP4 127.0.0.1
b=TIAS:64000
a=rtcp:4001 IN IP4 127.0.0.1
a=sendrecv
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:120 telephone-event/8000
a=fmtp:120 0-16
a=ssrc:1 cname:x
"""


def offer(*media: str, session: str = "c=IN IP4 127.0.0.1") -> bytes:
    return "\r\n".join(["v=0", "o=- 1 1 IN IP4 h", "s=-", session, "t=0 0", *media, ""]).encode()


def a_phone() -> Negotiation:
    phone = Negotiation("127.0.0.1")
    phone.port = 7000
    return phone


def streams(description: bytes) -> list[str]:
    """The lines from the first stream on."""
    lines = description.decode().split("\r\n")
    return lines[next(i for i, line in enumerate(lines) if line.startswith("m=")) : -1]


def test_first_codec_that_both_know_is_answered_with_the_offered_payload_types():
    answer, agreed = a_phone().answer(PJSUA.replace("\n", "\r\n").encode())

    assert streams(answer) == [
        "m=audio 7000 RTP/AVP 8 120",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:120 telephone-event/8000",
        "a=fmtp:120 0-15",
        "a=ptime:20",
        "a=sendrecv",
    ]
    assert agreed == Agreed("127.0.0.1", 4000, G711.PCMA, 8, 120, sends=True)


def test_other_streams_are_refused_in_their_places():
    answer, agreed = a_phone().answer(
        offer(
            "m=video 4002 RTP/AVP 31",
            "m=audio 4004 RTP/SAVP 0",
            "m=audio 4000 RTP/AVP 0",
            "m=text 4006 RTP/AVP 98",
        )
    )

    assert [line for line in streams(answer) if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 31",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 7000 RTP/AVP 0",
        "m=text 0 RTP/AVP 98",
    ]
    assert agreed == Agreed("127.0.0.1", 4000, G711.PCMU, 0, None, sends=True)


@pytest.mark.parametrize(
    ("theirs", "ours", "sends"),
    [
        ("a=sendrecv", "a=sendrecv", True),
        ("a=sendonly", "a=recvonly", False),
        ("a=recvonly", "a=sendonly", True),
        ("a=inactive", "a=inactive", False),
        ("c=IN IP4 0.0.0.0", "a=inactive", False),
    ],
)
def test_direction_is_answered_from_the_other_side(theirs, ours, sends):
    answer, agreed = a_phone().answer(offer("m=audio 4000 RTP/AVP 0", theirs))

    assert (streams(answer)[-1], agreed.sends) == (ours, sends)


def test_phone_on_hold_wants_nothing_sent_and_sends_nothing():
    phone = a_phone()
    phone.answer(offer("m=audio 4000 RTP/AVP 0"))

    phone.on_hold = True
    held = phone.offer()
    answer, agreed = phone.answer(offer("m=audio 4000 RTP/AVP 0"))

    assert streams(held)[-1] == streams(answer)[-1] == "a=sendonly"
    assert not agreed.sends


def test_offer_of_the_phone_keeps_what_was_agreed_and_counts_its_versions():
    phone = a_phone()
    first, _ = phone.answer(
        offer("m=video 4002 RTP/AVP 31", "m=audio 4000 RTP/AVP 97", "a=rtpmap:97 pcma/8000/1")
    )

    second = phone.offer()

    assert streams(second) == streams(first)
    versions = [text.split()[3] for text in (first.decode(), second.decode())]
    assert versions == ["1", "2"]


def test_offer_without_a_call_before_has_all_that_the_phone_knows():
    phone = a_phone()

    offered = phone.offer()
    agreed = phone.accept(offer("m=audio 4000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000"))

    assert streams(offered)[0] == "m=audio 7000 RTP/AVP 0 8 101"
    assert agreed == Agreed("127.0.0.1", 4000, G711.PCMA, 8, 101, sends=True)


@pytest.mark.parametrize(
    "body",
    [
        offer("m=audio 4000 RTP/AVP 9", "a=rtpmap:9 G722/8000"),
        offer("m=audio 0 RTP/AVP 0"),
        offer("m=audio 4000 RTP/AVP 0", session="c=IN IP6 ::1"),
        offer("m=audio 4000 RTP/AVP 0", session="c=IN IP4 host.invalid"),
        offer("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 PCMU/16000"),
        offer("m=audio 99999 RTP/AVP 0"),
        offer(),
        b"hello",
        b"",
    ],
)
def test_offer_without_usable_audio_is_refused_and_changes_nothing(body):
    phone = a_phone()
    before, _ = phone.answer(offer("m=audio 4000 RTP/AVP 8"))

    with pytest.raises(NotAcceptable):
        phone.answer(body)

    assert streams(phone.offer()) == streams(before)


@given(st.binary() | st.text().map(lambda text: offer(*text.split("|"))))
def test_any_body_is_a_description_or_is_refused(body):
    try:
        parse(body)
    except NotAcceptable:
        return
