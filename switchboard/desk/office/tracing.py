"""Tracing, switched on and off and read by operators."""

from collections.abc import Sequence
from datetime import timedelta

from switchboard.calls.tracing import Traced, TraceSwitch, TraceTitle
from switchboard.desk import tracing
from switchboard.desk.office.rights import log, needs
from switchboard.desk.tracing import Story
from switchboard.errors import NotAllowed, NotFound
from switchboard.ports import Page, Ports
from switchboard.staff.audit import Change, said
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@needs(Area.TRACES, Action.SEE)
def switches(ports: Ports, by: Operator) -> Sequence[TraceSwitch]:
    """What tracing is on for, of what this operator may trace."""
    return [one for one in tracing.switches(ports) if _may_trace(ports, by, one.kind, one.value)]


@needs(Area.TRACES, Action.SEE)
def list_traces(
    ports: Ports, by: Operator, *, limit: int, cursor: str | None = None
) -> Page[TraceTitle]:
    """The callbacks that were traced, newest first. A part may be shorter than the limit, and not
    the last."""
    page = tracing.list_traces(ports, limit=limit, cursor=cursor)
    return Page([one for one in page.items if _has(ports, by, one.account)], page.cursor)


@needs(Area.TRACES, Action.SEE)
def read_trace(ports: Ports, by: Operator, callback: str) -> Story:
    """What happened in a callback. That it was read is logged: it tells whom somebody called."""
    story = _story(ports, by, callback)
    log(ports, by, "read", f"trace {callback}")
    return story


@needs(Area.TRACES, Action.EXPORT)
def export_trace(ports: Ports, by: Operator, callback: str) -> bytes:
    """The SIP messages of a callback as a file for Wireshark."""
    story = _story(ports, by, callback)
    log(ports, by, "export", f"trace {callback}")
    return tracing.captured(story.traces)


@needs(Area.TRACES, Action.CHANGE)
def switch_on(ports: Ports, by: Operator, kind: Traced, value: str, span: timedelta) -> TraceSwitch:
    """Trace what begins from now on."""
    if not _may_trace(ports, by, kind, value):
        raise NotAllowed("you can trace accounts of yours and their callbacks")
    switch = tracing.switch_on(ports, kind, value, span)
    changes = [Change("until", "", said(switch.until))]
    log(ports, by, "switch on", f"tracing of {kind.value} {switch.value}", changes)
    return switch


@needs(Area.TRACES, Action.CHANGE)
def switch_off(ports: Ports, by: Operator, kind: Traced, value: str) -> None:
    """Trace no more; what was traced stays for its week."""
    if not _may_trace(ports, by, kind, value):
        raise NotFound(f"tracing is not on for {kind.value} {value}")
    tracing.switch_off(ports, kind, value)
    log(ports, by, "switch off", f"tracing of {kind.value} {value}")


def _story(ports: Ports, by: Operator, callback: str) -> Story:
    story = tracing.tell(ports, callback)
    if not all(_has(ports, by, trace.account) for trace in story.traces):
        raise NotFound(f"there is no trace of callback {callback}")
    return story


def _may_trace(ports: Ports, by: Operator, kind: Traced, value: str) -> bool:
    """Numbers and trunks are of everybody's calls."""
    if not by.role.own_accounts_only:
        return True
    if kind is Traced.ACCOUNT:
        return _has(ports, by, value)
    callback = ports.callbacks.find(value) if kind is Traced.CALLBACK else None
    return callback is not None and _has(ports, by, callback.account)


def _has(ports: Ports, by: Operator, account: str) -> bool:
    return not by.role.own_accounts_only or by.has(ports.accounts.get(account).profile)
