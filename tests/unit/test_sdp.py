"""What we change in the engine's session descriptions."""

import pytest

from workers.sdp import with_usual_telephone_events

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
