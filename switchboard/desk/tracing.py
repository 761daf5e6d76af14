"""Tracing on demand: switched on for a while, and looked at afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from switchboard.calls.cdr import Cdr
from switchboard.calls.tracing import Trace, Traced, TraceSwitch, TraceTitle
from switchboard.calls.why import Said, why
from switchboard.desk.trunks import find_trunk
from switchboard.errors import Malformed, NotFound
from switchboard.numbering import parse_number
from switchboard.ports import Page, Ports
from switchboard.sip.pcap import Datagram, capture, endpoint

TRACES_KEPT = timedelta(days=7)
LONGEST = timedelta(days=7)
MOST_SWITCHES = 50
MOST_LISTED = 1000
# Whoever runs the system writes numbers with their country.
NO_REGION = "ZZ"


@dataclass(frozen=True, slots=True)
class Story:
    """What workers saw of a callback, and its record, where it has one."""

    traces: Sequence[Trace]
    cdr: Cdr | None = None

    @property
    def why(self) -> Said | None:
        """Why it failed, in plain words; None where it did not, or nothing is known."""
        return why(self.cdr, self.traces)


def switch_on(ports: Ports, kind: Traced, value: str, span: timedelta) -> TraceSwitch:
    """Trace what begins from now on, within seconds; where it is on already, until then instead.
    Malformed where the span is too long, NotFound where there is nothing of that name."""
    if not timedelta() < span <= LONGEST:
        raise Malformed(f"tracing is on for {LONGEST.days} days at most")
    until = ports.clock.now() + span
    switch = TraceSwitch(kind, _checked(ports, kind, value), until)
    others = [one for one in switches(ports) if (one.kind, one.value) != (kind, switch.value)]
    if len(others) >= MOST_SWITCHES:
        raise Malformed(f"tracing is on for {MOST_SWITCHES} already: switch some off")
    ports.settings.save_traces((*others, switch))
    return switch


def switch_off(ports: Ports, kind: Traced, value: str) -> None:
    """Trace no more; what runs now is traced to its end. NotFound where it is not on."""
    if kind is Traced.NUMBER:
        value = str(parse_number(value, NO_REGION))
    kept = switches(ports)
    others = [one for one in kept if (one.kind, one.value) != (kind, value)]
    if len(others) == len(kept):
        raise NotFound(f"tracing is not on for {kind.value} {value}")
    ports.settings.save_traces(tuple(others))


def switches(ports: Ports) -> Sequence[TraceSwitch]:
    """What tracing is on for, soonest over first."""
    now = ports.clock.now()
    found = [one for one in ports.settings.traces(fresh=True) if one.until > now]
    return sorted(found, key=lambda one: (one.until, one.kind.value, one.value))


def list_traces(ports: Ports, *, limit: int, cursor: str | None = None) -> Page[TraceTitle]:
    """Of which callbacks there are traces, those first that began last, part by part. Malformed
    where the cursor is not ours, or the part too large."""
    if not 1 <= limit <= MOST_LISTED:
        raise Malformed(f"1 to {MOST_LISTED} traces are listed at once")
    return ports.traces.recent(ports.clock.now(), limit=limit, cursor=cursor)


def find_traces(ports: Ports, callback: str) -> Sequence[Trace]:
    """What workers saw of a callback. NotFound where nothing was traced, or it is a week ago."""
    found = ports.traces.find(callback, ports.clock.now())
    if not found:
        raise NotFound(f"there is no trace of callback {callback}")
    return found


def tell(ports: Ports, callback: str) -> Story:
    """What happened in a callback. NotFound where nothing was traced, or it is a week ago."""
    traces = find_traces(ports, callback)
    found = ports.callbacks.find(callback)
    if found is None:
        return Story(traces)
    return Story(traces, ports.books.cdr(found.account, callback, found.requested_at))


def captured(traces: Sequence[Trace]) -> bytes:
    """The SIP messages of traces as a file for Wireshark. Those that came over TCP or TLS are
    datagrams in it, too: they were cut out of their streams."""
    return capture(
        Datagram(
            message.at,
            endpoint(message.ours if message.sent else message.theirs),
            endpoint(message.theirs if message.sent else message.ours),
            message.text.encode("utf-8", "surrogateescape"),
        )
        for trace in traces
        for message in trace.messages
    )


def _checked(ports: Ports, kind: Traced, value: str) -> str:
    match kind:
        case Traced.ACCOUNT:
            ports.accounts.get(value)
        case Traced.NUMBER:
            return str(parse_number(value, NO_REGION))
        case Traced.TRUNK:
            find_trunk(ports, value)
        case Traced.CALLBACK:
            if ports.callbacks.find(value) is None:
                raise NotFound(f"there is no callback {value}")
    return value
