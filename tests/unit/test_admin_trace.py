"""Tracing in the console: switched on and off, a callback as a ladder, and who may read it."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.admin.ladder import (
    CUSTOMER_X,
    DESTINATION_X,
    HEAD,
    MOST_IN_NOTE,
    ROW,
    WIDTH,
    WORKER_X,
    ladders,
)
from switchboard.calls.ending import Party
from switchboard.calls.tracing import Source, Traced
from switchboard.desk.tracing import switches
from switchboard.staff.rights import READY_MADE, Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import ConsoleBrowser, console_of
from tests.fakes.traced import HOSTILE, a_trace, leave_trace, sip, told
from tests.fakes.world import a_callback

CALLBACK = a_callback()
TRACE = a_trace(CALLBACK)
OWN = Role("own", rights_of("traces:*", "calls:see"), own_accounts_only=True)


@pytest.fixture
def console():
    console = console_of()
    leave_trace(console.ports, "c1")
    return console


def deeds(console: ConsoleBrowser, about: str) -> list[str]:
    page = console.ports.audit.page(about=about, limit=9, cursor=None)
    return [entry.deed for entry in page.items]


def test_messages_go_between_the_worker_and_whose_leg_it_is():
    [ladder] = ladders([TRACE])

    drawn = [(arrow.title, arrow.begin, arrow.end) for arrow in ladder.arrows]

    assert drawn[:3] == [
        ("INVITE", WORKER_X, CUSTOMER_X),
        ("100 Trying", CUSTOMER_X, WORKER_X),
        ("180 Ringing", CUSTOMER_X, WORKER_X),
    ]
    assert drawn[5:7] == [
        ("INVITE", WORKER_X, DESTINATION_X),
        ("403 Caller ID not allowed", DESTINATION_X, WORKER_X),
    ]


def test_all_of_a_trace_is_on_one_time_line_a_row_each():
    [ladder] = ladders([TRACE])

    times = [row.at for row in ladder.rows]

    assert [row.y for row in ladder.rows] == [
        HEAD + ROW // 2 + ROW * place for place in range(len(times))
    ]
    assert times == sorted(times)
    assert len(ladder.rows) == len(TRACE.messages) + len(TRACE.events)
    assert ladder.height > ladder.rows[-1].y


def test_a_head_points_where_its_message_goes():
    [ladder] = ladders([TRACE])
    left, right = ladder.arrows[:2]

    assert left.tip.split(" ")[0] == f"{CUSTOMER_X},{left.y}"
    assert left.tip.split(" ")[1].startswith(f"{CUSTOMER_X + 8},")
    assert right.tip.split(" ")[1].startswith(f"{WORKER_X - 8},")


def test_colours_tell_what_an_answer_was():
    [ladder] = ladders([TRACE])

    kinds = {arrow.title.split(" ")[0]: arrow.kind for arrow in ladder.arrows}

    assert kinds == {
        "INVITE": "request",
        "100": "progress",
        "180": "progress",
        "200": "success",
        "ACK": "request",
        "403": "failure",
        "BYE": "request",
    }


def test_the_longest_event_stays_within_the_drawing():
    event = told(CALLBACK, 1, Source.IVR, "x" * 500, Party.CUSTOMER)

    [note] = ladders([replace(TRACE, messages=(), events=(event,))])[0].notes

    assert len(note.text) == MOST_IN_NOTE
    assert note.left > 100
    assert note.left + note.width < WIDTH


def test_messages_are_numbered_through_all_workers():
    first, second = ladders([TRACE, replace(TRACE, worker="w2")])

    numbers = [arrow.number for ladder in (first, second) for arrow in ladder.arrows]

    assert numbers == list(range(1, 1 + 2 * len(TRACE.messages)))


def test_bytes_that_no_page_can_hold_are_shown_as_such(console):
    broken = sip(CALLBACK, 1, Party.CUSTOMER, "SIP/2.0 200 \udcff\x00ok", sent=False)
    trace = replace(TRACE, messages=(broken,))
    console.ports.traces.keep(trace, console.ports.clock.now() + timedelta(days=1))

    page = console.get("/admin/trace/c1")

    assert page.status_code == 200
    assert "200 \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}ok" in page.body.decode()


def test_a_trace_is_shown_with_its_reason_its_messages_and_how_it_sounded(console):
    response = console.get("/admin/trace/c1")
    page, text = response.body.decode(), readable(response)

    assert (
        "The carrier (trunk carrier) refused the destination leg: 403, the caller ID or the number"
        " is not allowed; it said “Caller ID not allowed”."
    ) in text
    assert "customer: plays one-moment" in text
    assert "holds 5.00 EUR" in text
    assert re.search(r"customer \+442071234567 \d\.\d\d 93 3 \(3\.2 %\) 1 2\.5 ms 18 ms", text)
    assert HOSTILE not in page
    assert html.escape(HOSTILE) in page
    links = set(re.findall(r'href="#(message-\d+)"', page))
    assert links == set(re.findall(r'<pre id="(message-\d+)"', page))
    assert len(links) == len(TRACE.messages)


def test_that_a_trace_was_read_or_taken_away_is_logged(console):
    console.get("/admin/trace/c1")
    assert deeds(console, "trace c1") == ["read"]

    capture = console.get("/admin/trace/c1/pcap")

    assert capture.headers["Content-Disposition"] == 'attachment; filename="c1.pcap"'
    assert capture.body[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1")
    assert sorted(deeds(console, "trace c1")) == ["export", "read"]


def test_tracing_is_switched_on_and_off_and_both_are_logged(console):
    console.fill("/admin/new-trace", kind="number", value="+1 415 555 0100", minutes="15")

    [number, _] = switches(console.ports)
    assert (number.kind, number.value) == (Traced.NUMBER, "+14155550100")
    assert number.until == console.ports.clock.now() + timedelta(minutes=15)
    assert "+14155550100" in readable(console.get("/admin/trace"))

    console.submit(
        console.get("/admin/trace").body.decode(),
        "/admin/end-trace",
        kind="number",
        value="+14155550100",
    )

    assert [one.kind for one in switches(console.ports)] == [Traced.ACCOUNT]
    about = "tracing of number +14155550100"
    assert sorted(deeds(console, about)) == ["switch off", "switch on"]


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"kind": "moon"}, "none of the choices"),
        ({"minutes": "1000000"}, "none of the choices"),
        ({"kind": "trunk", "value": "none"}, "none"),
        ({"kind": "number", "value": "12"}, "12"),
    ],
)
def test_what_cannot_be_traced_is_asked_again(console, entered, message):
    fields = {"kind": "account", "value": "alice", "minutes": "60", **entered}

    response = console.fill("/admin/new-trace", **fields)

    assert response.status_code in {400, 404, 422}
    assert message in readable(response)
    assert len(switches(console.ports)) == 1


def test_the_list_leads_to_each_traced_callback(console):
    text = readable(console.get("/admin/trace"))

    assert "Account alice 2026-01-02" in text
    assert "c1 alice +442071234567, +14155550100 carrier" in text


def test_an_operator_with_accounts_of_their_own_finds_and_traces_no_others():
    console = console_of(OWN)
    leave_trace(console.ports, "c1")

    assert console.get("/admin/trace/c1").status_code == 404
    assert console.get("/admin/trace/c1/pcap").status_code == 404
    assert "alice" not in readable(console.get("/admin/trace"))
    for kind, value in (("account", "alice"), ("callback", "c1"), ("trunk", "carrier")):
        entered = {"kind": kind, "value": value, "minutes": "60"}
        assert console.fill("/admin/new-trace", **entered).status_code != 303
    page = console.get("/admin/trace").body.decode()
    off = console.submit(page, "/admin/end-trace", kind="account", value="alice")
    assert off.status_code != 303
    assert [one.value for one in switches(console.ports)] == ["alice"]


@pytest.mark.parametrize("name", ["c2", "x" * 3000])
def test_a_callback_that_was_not_traced_is_not_found(console, name):
    assert console.get(f"/admin/trace/{name}").status_code == 404
    assert deeds(console, f"trace {name}") == []


def test_support_reads_traces_and_takes_none_away():
    console = console_of(READY_MADE["support"])
    leave_trace(console.ports, "c1")

    assert "Wireshark" not in console.get("/admin/trace/c1").body.decode()
    assert console.get("/admin/trace/c1/pcap").status_code == 403
