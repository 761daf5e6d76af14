"""Traces and what they are switched on for, for those who run the system."""

from switchboard.calls.tracing import SipRecord, Trace, TraceEvent, TraceSwitch, TraceTitle
from switchboard.wire.forms import Body, instant


def switch_body(switch: TraceSwitch) -> Body:
    """What tracing is on for, and until when."""
    return {"kind": switch.kind.value, "value": switch.value, "until": instant(switch.until)}


def title_body(title: TraceTitle) -> Body:
    """Of which callback there is a trace."""
    return {
        "began_at": instant(title.began_at),
        "callback": title.callback,
        "account": title.account,
        "worker": title.worker,
        "numbers": [str(number) for number in title.numbers],
        "trunks": list(title.trunks),
    }


def trace_body(trace: Trace) -> Body:
    """What one worker saw of a callback, in order."""
    return {
        **title_body(trace.title),
        "timeline": [_line_body(line) for line in trace.timeline],
    }


def _line_body(line: SipRecord | TraceEvent) -> Body:
    if isinstance(line, TraceEvent):
        return {
            "at": instant(line.at),
            "source": line.source.value,
            "party": None if line.party is None else line.party.value,
            "text": line.text,
        }
    return {
        "at": instant(line.at),
        "source": "sip",
        "party": line.party.value,
        "text": line.title,
        "sent": line.sent,
        "transport": line.transport,
        "ours": line.ours,
        "theirs": line.theirs,
        "message": line.text,
    }
