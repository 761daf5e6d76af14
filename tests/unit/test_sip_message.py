"""Holds the carrier's SIP parser to RFC 3261: whatever arrives is a message or is refused."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchboard.sip.fields import CSeq, MalformedSip, NameAddress, Uri, Via
from switchboard.sip.message import Request, Response, parse, serialise

INVITE = b"""INVITE sip:+442071234567@127.0.0.1:5070 SIP/2.0\r
Via: SIP/2.0/UDP 127.0.0.1:5080;rport;branch=z9hG4bKa, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKb\r
f: "Ann \\"<A>\\"" <sip:ann@127.0.0.1>;tag=a1\r
To: <sip:+442071234567@127.0.0.1>\r
i: 1@here\r
CSeq: 7 INVITE\r
Subject: a line\r
 that goes on\r
m: <sip:ann@127.0.0.1:5080;transport=udp>\r
Content-Length: 4\r
\r
bodyand more"""

REQUIRED = (
    ("Via", "SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKa"),
    ("From", "<sip:ann@127.0.0.1>;tag=a1"),
    ("To", "<sip:bob@127.0.0.1>"),
    ("Call-ID", "1@here"),
)

token = st.text(string.ascii_letters + string.digits + "-.!%*_+`'~", min_size=1)
once = {"content-length", "l", "from", "f", "to", "t", "call-id", "i", "cseq"}
header_name = token.filter(lambda name: name.lower() not in once)
line = st.text(
    st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=40
).map(lambda text: text.strip(" \t"))
extra_headers = st.lists(st.tuples(header_name, line)).map(tuple)
uris = st.text(string.ascii_letters + string.digits + ":@;=.+[]?", min_size=1)
requests = st.builds(
    lambda method, uri, extra, body: Request(
        method=method, uri=uri, headers=(*REQUIRED, ("CSeq", f"1 {method}"), *extra), body=body
    ),
    token,
    uris,
    extra_headers,
    st.binary(),
)
responses = st.builds(
    lambda status, reason, extra, body: Response(
        status=status, reason=reason, headers=(*REQUIRED, ("CSeq", "1 BYE"), *extra), body=body
    ),
    st.integers(100, 699),
    line,
    extra_headers,
    st.binary(),
)


@given(requests | responses)
def test_message_survives_the_wire(message):
    assert parse(serialise(message)) == message


@given(st.binary() | requests.map(serialise) | st.binary().map(lambda tail: INVITE[:-12] + tail))
@example(b"")
@example(b"\r\n\r\n")
@example(INVITE.replace(b"5080", b"99999"))
@example(INVITE.replace(b"Content-Length: 4", b"Content-Length: \xc2\xb2"))
def test_any_datagram_is_a_message_or_is_refused(datagram):
    try:
        message = parse(datagram)
    except MalformedSip:
        return
    assert isinstance(message, Request | Response)


@given(requests, st.data())
def test_message_with_any_byte_changed_is_a_message_or_is_refused(request, data):
    datagram = bytearray(serialise(request))
    at = data.draw(st.integers(0, len(datagram) - 1))
    datagram[at] = data.draw(st.integers(0, 255))

    try:
        message = parse(bytes(datagram))
    except MalformedSip:
        return
    # What is let through can be answered: nothing that an answer needs is broken.
    if isinstance(message, Request):
        message.noted("127.0.0.1", 5080).response(500, to_tag="x")


def test_compact_folded_and_listed_fields_are_read():
    invite = parse(INVITE)

    assert isinstance(invite, Request)
    assert (invite.method, invite.uri) == ("INVITE", "sip:+442071234567@127.0.0.1:5070")
    assert (invite.call_id, invite.cseq) == ("1@here", CSeq(7, "INVITE"))
    assert (invite.from_tag, invite.to_tag) == ("a1", None)
    assert invite.header("subject") == "a line that goes on"
    assert invite.header("Contact") == "<sip:ann@127.0.0.1:5080;transport=udp>"
    assert [Via.parse(via).branch for via in invite.listed("v")] == ["z9hG4bKa", "z9hG4bKb"]
    assert invite.body == b"body"


def test_response_echoes_the_request_and_goes_back_where_it_came_from():
    invite = parse(INVITE).noted("127.0.0.9", 6060)

    response = invite.response(180, to_tag="b2", headers=(("Allow", "BYE"),))

    assert response.reason == "Ringing"
    assert response.headers == (
        ("Via", "SIP/2.0/UDP 127.0.0.1:5080;received=127.0.0.9;rport=6060;branch=z9hG4bKa"),
        ("Via", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKb"),
        ("From", '"Ann \\"<A>\\"" <sip:ann@127.0.0.1>;tag=a1'),
        ("To", "<sip:+442071234567@127.0.0.1>;tag=b2"),
        ("Call-ID", "1@here"),
        ("CSeq", "7 INVITE"),
        ("Allow", "BYE"),
    )
    assert response.via.reply_address == ("127.0.0.9", 6060)


@pytest.mark.parametrize(
    ("via", "address"),
    [
        ("SIP/2.0/UDP 10.0.0.1:5080;branch=z", ("127.0.0.9", 5080)),
        ("SIP/2.0/UDP 10.0.0.1;branch=z", ("127.0.0.9", 5060)),
        ("SIP / 2.0 / UDP host.invalid : 5080 ; rport", ("127.0.0.9", 6060)),
    ],
)
def test_port_of_a_reply_is_the_one_named_unless_rport_asks_for_the_real_one(via, address):
    assert Via.parse(via).noted("127.0.0.9", 6060).reply_address == address


@pytest.mark.parametrize(
    ("text", "scheme", "user", "host", "port"),
    [
        ("sip:+44@h", "sip", "+44", "h", None),
        ("SIP:%2B44;phone-context=x:pw@[::1]:99;lr?a=b", "sip", "+44", "[::1]", 99),
        ("sip:host", "sip", "", "host", None),
        ("tel:+44-20;ext=1", "tel", "+44-20", "", None),
    ],
)
def test_uri_is_taken_apart(text, scheme, user, host, port):
    assert Uri.parse(text) == Uri(text, scheme, user, host, port)


@pytest.mark.parametrize(
    ("text", "user", "tag"),
    [
        ('"a;tag=no, <sip:x@y>" <sip:bob@h;tag=no>;tag=yes', "bob", "yes"),
        ("sip:bob@h;tag=yes", "bob", "yes"),
        ("Bob <sip:bob@h>", "bob", None),
    ],
)
def test_tag_belongs_to_the_field_and_not_to_its_uri(text, user, tag):
    address = NameAddress.parse(text)

    assert (address.uri.user, address.tag) == (user, tag)


@pytest.mark.parametrize(
    "damage",
    [
        (b"CSeq: 7 INVITE", b"CSeq: 7 BYE"),
        (b"CSeq: 7 INVITE", b"CSeq: 4294967296 INVITE"),
        (b"i: 1@here\r\n", b""),
        (b"Via: SIP/2.0/UDP 127", b"Via: HTTP/1.1 127"),
        (b"Content-Length: 4", b"Content-Length: 400"),
        (b"SIP/2.0\r\nVia", b"SIP/3.0\r\nVia"),
        (b"Subject: a line", b"Subject a line"),
    ],
)
def test_damaged_message_is_refused(damage):
    with pytest.raises(MalformedSip):
        parse(INVITE.replace(*damage))
