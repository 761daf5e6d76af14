"""A callback that was traced: its customer answered, and the carrier refused the other leg."""

from dataclasses import replace
from datetime import timedelta

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.calls.tracing import (
    SipRecord,
    Source,
    Trace,
    Traced,
    TraceEvent,
    TraceSwitch,
)
from switchboard.ports import Ports
from tests.fakes.world import ALICE, BOB, a_callback

OURS, THEIRS = "127.0.0.1:5060", "127.0.0.1:5070"
HOSTILE = "<script>alert(1)</script>"
FORBIDDEN = Verdict(Ending.FAILED, Culprit.US)
MS = timedelta(milliseconds=1)


def sip(callback: Callback, at_ms: int, party: Party, line: str, *, sent: bool) -> SipRecord:
    """A message that long after the callback was asked for."""
    number = 1 if party is Party.CUSTOMER else 2
    request = line.split(" ")[0]
    method = request if request in {"ACK", "BYE"} else "INVITE"
    text = f"{line}\r\nCall-ID: {number}\r\nCSeq: 1 {method}\r\nSubject: {HOSTILE}\r\n\r\n"
    at = callback.requested_at + at_ms * MS
    return SipRecord(at, party, sent, "UDP", OURS, THEIRS, text)


def told(
    callback: Callback, at_ms: int, source: Source, text: str, party: Party | None = None
) -> TraceEvent:
    """What else happened."""
    return TraceEvent(callback.requested_at + at_ms * MS, source, text, party)


def a_trace(callback: Callback) -> Trace:
    """Both legs, states, a prompt and money."""
    customer, destination = Party.CUSTOMER, Party.DESTINATION
    messages = (
        sip(callback, 120, customer, f"INVITE sip:{ALICE}@127.0.0.1 SIP/2.0", sent=True),
        sip(callback, 130, customer, "SIP/2.0 100 Trying", sent=False),
        sip(callback, 900, customer, "SIP/2.0 180 Ringing", sent=False),
        sip(callback, 4200, customer, "SIP/2.0 200 OK", sent=False),
        sip(callback, 4210, customer, "ACK sip:carrier SIP/2.0", sent=True),
        sip(callback, 5400, destination, f"INVITE sip:{BOB}@127.0.0.1 SIP/2.0", sent=True),
        sip(callback, 5440, destination, "SIP/2.0 403 Caller ID not allowed", sent=False),
        sip(callback, 5450, destination, "ACK sip:carrier SIP/2.0", sent=True),
        sip(callback, 6000, customer, "BYE sip:carrier SIP/2.0", sent=True),
    )
    events = (
        told(callback, 100, Source.LEDGER, "holds 5.00 EUR"),
        told(callback, 110, Source.STATE, "calling customer"),
        told(callback, 4220, Source.TRUNK, "carrier: answers", customer),
        told(callback, 4230, Source.IVR, "plays one-moment", customer),
        told(callback, 6010, Source.STATE, "ended: failed (us)"),
        told(callback, 6020, Source.LEDGER, "settled 0.04 EUR (billed)"),
    )
    return Trace(
        callback=callback.id,
        account=callback.account,
        worker="w1",
        began_at=callback.requested_at,
        numbers=(ALICE, BOB),
        trunks=("carrier",),
        messages=messages,
        events=events,
    )


def leave_trace(ports: Ports, name: str = "0" * 31 + "9") -> Callback:
    """The callback with its record and its trace, for which tracing of alice is on."""
    now = ports.clock.now()
    callback = a_callback(id=name, requested_at=now, state=State.ENDED, worker="w1")
    ports.callbacks.place(callback)
    ports.traces.keep(a_trace(callback), now + timedelta(days=7))
    ports.settings.save_traces(
        (TraceSwitch(Traced.ACCOUNT, "alice", now + timedelta(hours=1)),),
    )
    customer = LegRecord(
        Party.CUSTOMER,
        ALICE,
        "carrier",
        Verdict(Ending.HUNG_UP, Culprit.US),
        answered_at=now + 4200 * MS,
        seconds=2,
        sip_code=200,
        rtp=RtpQuality(90, 3, 2.5, discarded=1, buffered_ms=40, round_trip_ms=18),
    )
    destination = LegRecord(Party.DESTINATION, BOB, "carrier", FORBIDDEN, sip_code=403)
    cdr = write_cdr(
        callback, [customer, destination], FORBIDDEN, nonce="n", ended_at=now + 6000 * MS
    )
    ports.books.closed[callback.account, callback.id] = replace(cdr, worker="w1")
    return callback
