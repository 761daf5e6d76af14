"""The peer of a chaos run counts the calls to each number."""

from switchboard.sip.message import Request, serialise
from tests.chaos.peer import Wire

ALICE, BOB = "+442079470001", "+14155560001"


def invite(number: str, call_id: str, *, to_tag: str = "", method: str = "INVITE") -> bytes:
    headers = (
        ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1"),
        ("From", "<sip:us@127.0.0.1>;tag=ours"),
        ("To", f"<sip:{number}@127.0.0.1>{to_tag}"),
        ("Call-ID", call_id),
        ("CSeq", f"1 {method}"),
    )
    return serialise(Request(method=method, uri=f"sip:{number}@127.0.0.1", headers=headers))


def counted(*datagrams: bytes) -> dict[str, int]:
    wire = Wire()
    for datagram in datagrams:
        wire.note(datagram)
    return {number: len(dialogs) for number, dialogs in wire.dialogs.items()}


def test_an_invite_that_is_sent_again_is_one_call():
    assert counted(invite(ALICE, "a"), invite(ALICE, "a")) == {ALICE: 1}


def test_each_call_to_a_number_counts():
    found = counted(invite(ALICE, "a"), invite(ALICE, "b"), invite(BOB, "c"))

    assert found == {ALICE: 2, BOB: 1}


def test_what_begins_no_call_counts_for_none():
    re_invite, bye = invite(ALICE, "a", to_tag=";tag=theirs"), invite(ALICE, "a", method="BYE")

    assert counted(re_invite, bye, b"no SIP at all") == {}
