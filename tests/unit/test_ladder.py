"""A trace as it is drawn in the terminal."""

from datetime import timedelta

from ringback.cli.ladder import ladder
from switchboard.calls.ending import Party
from switchboard.calls.tracing import SipRecord, Source, Trace, TraceEvent
from tests.fakes.world import ALICE, BOB, NOON


def message(at_ms: int, party: Party, text: str, *, sent: bool) -> SipRecord:
    at = NOON + timedelta(milliseconds=at_ms)
    return SipRecord(at, party, sent, "UDP", "127.0.0.1:5060", "127.0.0.1:5070", text)


def test_messages_are_arrows_between_whom_they_went_and_the_rest_stands_between_them():
    played = TraceEvent(
        NOON + timedelta(milliseconds=20), Source.IVR, "plays one-moment", Party.CUSTOMER
    )
    messages = (
        message(7, Party.CUSTOMER, "INVITE sip:a SIP/2.0\r\n", sent=True),
        message(10, Party.CUSTOMER, "SIP/2.0 180 Ringing\r\n", sent=False),
        message(30, Party.DESTINATION, "INVITE sip:b SIP/2.0\r\n", sent=True),
        message(40, Party.DESTINATION, "SIP/2.0 486 Busy Here\r\n", sent=False),
    )
    trace = Trace("c1", "alice", "w1", NOON, (ALICE, BOB), ("t",), messages, (played,))

    assert "\n".join(ladder(trace)) == (
        """\
callback c1, account alice, 2026-01-02 UTC
              customer                    worker                  destination
              +442071234567                 w1                   +14155550100
12:00:00.007  |<----------- INVITE ----------|                              |
12:00:00.010  |-------- 180 Ringing -------->|                              |
12:00:00.020  |  ivr     customer: plays one-moment
12:00:00.030  |                              |----------- INVITE ---------->|
12:00:00.040  |                              |<------- 486 Busy Here -------|"""
    )
