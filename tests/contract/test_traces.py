"""Traces: kept whole, for their time, by callback and worker."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.ending import Party
from switchboard.calls.tracing import SipRecord, Source, Trace, Traced, TraceEvent, TraceSwitch
from switchboard.errors import Malformed
from tests.fakes.world import ALICE, BOB, NOON

UNTIL = NOON + timedelta(days=7)
INVITE = SipRecord(
    NOON,
    Party.CUSTOMER,
    sent=True,
    transport="UDP",
    ours="127.0.0.1:5060",
    theirs="127.0.0.1:5070",
    text="INVITE sip:a@b SIP/2.0\r\n\r\n",
)
TRACE = Trace(
    "c1",
    "alice",
    "w1",
    NOON,
    (ALICE, BOB),
    ("carrier",),
    (INVITE,),
    (TraceEvent(NOON, Source.IVR, "plays “one-moment”", Party.CUSTOMER),),
)


def test_what_each_worker_saw_is_found_until_its_time(ports):
    later = replace(TRACE, worker="a", began_at=NOON + timedelta(seconds=20))
    for trace in (later, TRACE, TRACE):
        ports.traces.keep(trace, UNTIL)
    ports.traces.keep(replace(TRACE, callback="c2"), UNTIL)

    assert ports.traces.find("c1", NOON) == [TRACE, later]
    assert ports.traces.find("c1", UNTIL) == []
    assert ports.traces.find("c3", NOON) == []


def test_a_long_trace_comes_back_whole(ports):
    noise = random.Random(1).randbytes(500_000).hex()
    long = replace(TRACE, messages=(replace(INVITE, text=noise),))

    ports.traces.keep(long, UNTIL)

    assert ports.traces.find("c1", NOON) == [long]


def test_traces_are_listed_part_by_part_those_first_that_began_last(ports):
    hours = [0, 30, 5, 100, 47]
    traces = [
        replace(TRACE, callback=f"c{hour}", began_at=NOON - timedelta(hours=hour)) for hour in hours
    ]
    for trace in traces:
        ports.traces.keep(trace, UNTIL)
    over = replace(TRACE, callback="over")
    ports.traces.keep(over, NOON)

    listed, cursor = [], None
    while page := ports.traces.recent(NOON, limit=2, cursor=cursor):
        listed.append([title.callback for title in page.items])
        if (cursor := page.cursor) is None:
            break

    assert listed == [["c0", "c5"], ["c30", "c47"], ["c100"]]
    assert ports.traces.recent(NOON, limit=1, cursor=None).items == [traces[0].title]
    assert ports.traces.find("day#2026-01-02", NOON) == []


def test_a_cursor_of_others_is_refused(ports):
    with pytest.raises(Malformed):
        ports.traces.recent(NOON, limit=2, cursor="of others")


def test_switches_are_kept_with_the_settings(ports):
    assert ports.settings.traces() == ()

    on = (TraceSwitch(Traced.ACCOUNT, "alice", UNTIL), TraceSwitch(Traced.TRUNK, "t", UNTIL))
    ports.settings.save_traces(on)

    assert ports.settings.traces() == ports.settings.traces(fresh=True) == on
