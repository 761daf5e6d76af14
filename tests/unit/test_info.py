"""Keys in INFO requests."""

import pytest

from workers.info import key_of_info

INFO = """INFO sip:ringback@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKa
From: <sip:far-end@127.0.0.1>;tag=a
To: <sip:ringback@127.0.0.1>;tag=b
Call-ID: c
CSeq: 2 INFO
{content_type}
Content-Length: {length}

{body}"""


def an_info(body: str, content_type: str = "Content-Type: application/dtmf") -> str:
    message = INFO.format(content_type=content_type, length=len(body), body=body)
    return message.replace("\n", "\r\n")


@pytest.mark.parametrize("key", "0123456789*#ABCD")
def test_the_whole_body_is_the_key(key):
    assert key_of_info(an_info(key)) == key


def test_white_space_around_the_key_and_capitals_of_the_type_do_not_matter():
    assert key_of_info(an_info("5 ", "content-type: Application/DTMF;x=y")) == "5"


@pytest.mark.parametrize(
    "info",
    [
        an_info("55"),
        an_info(""),
        an_info("x"),
        an_info("Signal=5", "Content-Type: application/dtmf-relay"),
        an_info("5", "Subject: none"),
        an_info("\udcff"),
        "",
    ],
)
def test_anything_else_holds_no_key(info):
    assert key_of_info(info) is None
