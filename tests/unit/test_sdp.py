"""What we change in the engine's session descriptions."""

import pytest

from switchboard.calls.link import Codec
from workers.sdp import AudioTerms, with_audio_of, with_codecs, with_usual_telephone_events

OFFER = (
    "v=0\r\n"
    "m=audio 31000 RTP/AVP 8 0 {events}\r\n"
    "a=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:{events} telephone-event/8000\r\n"
    "a=fmtp:{events} 0-16\r\n"
    "a=ssrc:1201 cname:120\r\n"
)


@pytest.mark.parametrize("events", [96, 101, 120])
def test_telephone_events_are_offered_under_the_usual_number(events):
    assert with_usual_telephone_events(OFFER.format(events=events)) == OFFER.format(events=101)


@pytest.mark.parametrize(
    "description",
    [
        "v=0\r\nm=audio 31000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
        OFFER.format(events=120) + "a=rtpmap:101 opus/48000/2\r\n",
    ],
    ids=["without telephone events", "101 is taken"],
)
def test_other_descriptions_stay_as_they_are(description):
    assert with_usual_telephone_events(description) == description


PCMU, PCMA = Codec.PCMU, Codec.PCMA


@pytest.mark.parametrize(
    ("codecs", "formats"),
    [((PCMU, PCMA), "0 8 101"), ((PCMA, PCMU), "8 0 101"), ((PCMA,), "8 101"), ((PCMU,), "0 101")],
)
def test_an_offer_has_the_codecs_of_the_trunk_in_their_order(codecs, formats):
    offer = with_codecs(OFFER.format(events=101), codecs)

    assert f"m=audio 31000 RTP/AVP {formats}\r\n" in offer
    assert ("a=rtpmap:0 " in offer, "a=rtpmap:8 " in offer) == (PCMU in codecs, PCMA in codecs)
    assert "a=rtpmap:101 telephone-event/8000\r\n" in offer


def test_an_answer_keeps_the_codec_that_it_chose():
    answer = "v=0\r\nm=audio 31000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"

    assert with_codecs(answer, [PCMA]) == answer


OURS = (
    "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\n{media}\r\nc=IN {where}\r\n"
    "b=TIAS:64000\r\n{rtcp}a=sendrecv\r\n{formats}{ssrc}"
)
PCMU_AND_EVENTS = "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"


@pytest.mark.parametrize(
    ("terms", "media", "where", "formats"),
    [
        (
            AudioTerms("203.0.113.9", 7000, 0, 101, 20),
            "m=audio 7000 RTP/AVP 0 101",
            "IP4 203.0.113.9",
            PCMU_AND_EVENTS,
        ),
        (
            AudioTerms("2001:db8::9", 7000, 8, None, 20),
            "m=audio 7000 RTP/AVP 8",
            "IP6 2001:db8::9",
            "a=rtpmap:8 PCMA/8000\r\n",
        ),
    ],
)
def test_a_far_end_is_told_of_the_audio_of_another_and_nothing_of_ours(
    terms, media, where, formats
):
    ours = OURS.format(
        media="m=audio 31000 RTP/AVP 0 8 101",
        where="IP4 192.0.2.1",
        rtcp="a=rtcp:31001 IN IP4 192.0.2.1\r\n",
        formats="a=rtpmap:8 PCMA/8000\r\n" + PCMU_AND_EVENTS,
        ssrc="a=ssrc:1201 cname:120\r\n",
    )

    told = with_audio_of(ours, terms)

    theirs = OURS.format(media=media, where=where, rtcp="", formats=formats, ssrc="")
    assert told == theirs.replace("c=IN IP4 192.0.2.1", f"c=IN {where}")
