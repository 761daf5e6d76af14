"""What an INVITE tells of a ring: the number rung, the caller, and what may be known of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.callback import Trigger
from switchboard.calls.ring import Ring
from switchboard.errors import NotANumber
from switchboard.numbering import PhoneNumber
from switchboard.sip.message import Request, parse
from tests.fakes.world import ALICE, NOON, SERVICE
from workers.invites import read_ring

HOST = "198.51.100.7"
FROM_ALICE = f'"Alice, London" <sip:{ALICE}@{HOST}>'
NOBODY = '"Anonymous" <sip:anonymous@anonymous.invalid>'


def invite(
    *headers: tuple[str, str],
    uri: str = f"sip:{SERVICE}@{HOST}",
    to: str = f"<sip:{SERVICE}@{HOST}>",
    sender: str = FROM_ALICE,
) -> Request:
    lines = [
        f"INVITE {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {HOST};branch=z9hG4bK1",
        f"From: {sender};tag=a1",
        f"To: {to}",
        "Call-ID: c1",
        "CSeq: 1 INVITE",
        *(f"{name}: {value}" for name, value in headers),
    ]
    request = parse("\r\n".join([*lines, "", ""]).encode())
    assert isinstance(request, Request)
    return request


def test_an_invite_is_a_ring_of_its_dialog():
    assert read_ring(invite(), NOON) == Ring(Trigger("sip", "c1#a1"), ALICE, SERVICE, NOON)


@pytest.mark.parametrize(
    ("uri", "to"),
    [
        (f"sip:{SERVICE.digits}@{HOST}", "<sip:x@y>"),
        (f"sip:00{SERVICE.digits}@{HOST};user=phone", "<sip:x@y>"),
        (f"tel:{SERVICE}", "<sip:x@y>"),
        (f"sip:{HOST}", f"<sip:{SERVICE}@{HOST}>"),
        (f"sip:ringback@{HOST}", f"<tel:{SERVICE}>"),
        ("urn:service:sos", f"<sip:{SERVICE};npdi@{HOST}>"),
    ],
)
def test_the_number_rung_is_that_of_the_request_or_else_of_its_to(uri, to):
    assert read_ring(invite(uri=uri, to=to), NOON).service == SERVICE


def test_an_invite_to_no_number_is_no_ring():
    with pytest.raises(NotANumber):
        read_ring(invite(uri=f"sip:{HOST}", to=f"<sip:sales@{HOST}>"), NOON)


OTHER = "sip:+33142685300@x"


@pytest.mark.parametrize(
    ("headers", "sender", "caller"),
    [
        ([], f"sip:{ALICE.digits}@{HOST}", ALICE),
        ([], "<tel:+44-20-7123-4567>", ALICE),
        ([], NOBODY, None),
        ([], f"<sip:0{ALICE.digits[2:]}@{HOST}>", None),
        ([("P-Asserted-Identity", f"<sip:{ALICE}@x>")], NOBODY, ALICE),
        ([("P-Asserted-Identity", f"<sip:{ALICE}@x>, <tel:+33142685300>")], NOBODY, ALICE),
        ([("P-Asserted-Identity", f"<sip:carol@x>, <tel:{ALICE}>")], NOBODY, ALICE),
        ([("P-Asserted-Identity", f"<tel:{ALICE}>")], f"<{OTHER}>", ALICE),
        ([("Remote-Party-ID", f"<sip:{ALICE}@x>;party=calling;privacy=off")], NOBODY, ALICE),
        (
            [("Remote-Party-ID", f"<{OTHER}>"), ("P-Asserted-Identity", f"<tel:{ALICE}>")],
            NOBODY,
            ALICE,
        ),
        ([("P-Asserted-Identity", "<<<")], FROM_ALICE, ALICE),
        ([("Privacy", "none")], FROM_ALICE, ALICE),
        ([("Privacy", "session")], FROM_ALICE, ALICE),
        ([("Privacy", "id"), ("P-Asserted-Identity", f"<tel:{ALICE}>")], NOBODY, None),
        ([("Privacy", "ID;critical"), ("P-Asserted-Identity", f"<tel:{ALICE}>")], NOBODY, None),
        ([("Privacy", "user"), ("P-Asserted-Identity", f"<tel:{ALICE}>")], FROM_ALICE, None),
        ([("Remote-Party-ID", f"<sip:{ALICE}@x>;privacy=full")], NOBODY, None),
    ],
)
def test_the_caller_is_who_the_network_asserts_unless_they_hide(headers, sender, caller):
    assert read_ring(invite(*headers, sender=sender), NOON).caller == caller


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40))
def test_whatever_a_carrier_writes_is_a_number_or_nobody(text):
    ring = read_ring(invite(("P-Asserted-Identity", text), ("Privacy", text)), NOON)

    assert ring.caller is None or isinstance(ring.caller, PhoneNumber)
