"""The live monitor: what it shows to whom, how calls are ended there, and what it reads."""

import json
import re
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import State
from switchboard.calls.minutes import Counts, Minute, Tally, minute_of
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.board import (
    MOST_CALLS,
    MOST_COUNTED,
    MOST_DIALERS,
    MOST_LOOKED_AT,
    board,
    last_day,
    last_hour,
)
from switchboard.desk.profiles import Changes, change_profile
from switchboard.ports import Dialer, Ports, Visit
from switchboard.staff.rights import Role, rights_of
from switchboard.staff.visits import IDLE_LIMIT
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.on_air import HEARTBEAT, go_on_air, on_air, running
from tests.fakes.ports import memory_ports
from tests.fakes.world import open_alice

MINUTE = timedelta(minutes=1)
TALKING = on_air(1)


@pytest.fixture
def console():
    console = console_of()
    go_on_air(console.ports, earlier=3)
    return console


def text_of(response) -> str:
    return readable(response).replace("\N{EN DASH}", "-")


class Counting:
    """Counts what is asked of a port."""

    def __init__(self, port, asked: list[str], name: str) -> None:
        self._port, self._asked, self._name = port, asked, name

    def __getattr__(self, name: str):
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def ask(*values, **named):
            self._asked.append(f"{self._name}.{name}")
            return found(*values, **named)

        return ask


def counted(ports: Ports) -> tuple[Ports, list[str]]:
    asked: list[str] = []
    others = {one.name: getattr(ports, one.name) for one in fields(ports) if one.name != "clock"}
    wrapped = {name: Counting(port, asked, name) for name, port in others.items()}
    return replace(ports, **wrapped), asked


@pytest.mark.parametrize("earlier", [0, 1000])
def test_what_the_monitor_reads_does_not_depend_on_how_many_calls_there_were(earlier):
    plain = memory_ports()
    open_alice(plain)
    go_on_air(plain, earlier=earlier)
    ports, asked = counted(plain)

    board(ports)
    now, asked[:] = sorted(asked), []
    last_hour(ports)
    last_day(ports)

    assert now == sorted(
        [
            "workers.all",
            "trunks.all",
            "bridges.all",
            "visits.dialers",
            "queue.depth",
            "dead_orders.depth",
            *["callbacks.find"] * 3,
        ]
    )
    assert asked == ["minutes.between"] * 2


def test_of_many_callbacks_those_that_began_last_are_looked_at():
    plain = memory_ports()
    open_alice(plain)
    go_on_air(plain)
    [beat, _] = plain.workers.all()
    [call, *_] = beat.calls.values()
    many = {
        running(plain, number, State.CONNECTED, number).id: replace(call, customer_s=number)
        for number in range(10, 10 + MOST_CALLS + 7)
    }
    plain.workers.beat(replace(beat, calls=many))
    ports, asked = counted(plain)

    found = board(ports)

    assert asked.count("callbacks.find") == MOST_CALLS
    assert [one.call.customer_s for one in found.calls] == list(range(10, 10 + MOST_CALLS))
    assert (found.carried, found.left_out) == (MOST_CALLS + 7, 7)


def test_the_hour_is_told_by_the_minute_and_the_day_by_the_quarter():
    ports = memory_ports()
    go_on_air(ports, earlier=3)

    hour, day = last_hour(ports), last_day(ports)

    assert (len(hour.steps), len(day.steps)) == (61, 97)
    assert all(at.minute % 15 == 0 for at in day.steps)
    for span in (hour, day):
        attempts = sum(tally.attempts for tally in span.steps.values())
        assert attempts == span.counts.callbacks.attempts > 0


def test_the_monitor_shows_the_calls_workers_and_trunks_of_this_moment(console):
    text = text_of(console.get("/admin/live"))

    assert (
        "talking 1:23 +442071234567 +14155550199 carrier, cheap alice 0.2768 EUR 0.1384 EUR Hang up"
    ) in text
    assert "calling customer 0:03 +442071234567 +14155550199 cheap alice 0.00 EUR -" in text
    assert "calling destination 0:07" in text
    assert "1 talking, room for 40" in text
    assert "the longest waited 1.2 s" in text
    assert "resting until 03:04:45 (503 Service Unavailable)" in text
    assert "silent-carrier-in-a-distant-country silent" in text
    assert "w1 3 / 20 2 s ago" in text
    assert "cheap ok not asked for 2 of 2 workers 2" in text
    assert "registrar not registered at 1 of 2 (403) 1 of 2 workers not asked for" in text
    assert "attic is there huawei ready, 61 % 2 4 s ago" in text
    assert "cellar is silent - - never" in text
    assert "Phone bridges 1 of 2, with a heartbeat Dialers 2 signed in" in text
    assert "alice 1.4.2 192.0.2.1 5 s ago alice - 192.0.2.2 2026-01-02 02:44 UTC" in text


def test_a_worker_whose_heartbeat_stopped_carries_nothing(console):
    console.ports.clock.pass_by(HEARTBEAT + MINUTE)

    text = text_of(console.get("/admin/live"))

    assert "No worker is there." in text
    assert "Nobody is being called." in text
    assert "no workers" in text


def test_the_parts_that_are_refreshed_are_those_of_the_page(console):
    page = console.get("/admin/live").body.decode()
    parts = console.get("/admin/live/now").body.decode()

    ids = re.findall(r'hx-swap-oob="innerHTML:#([\w-]+)"', parts)

    assert len(ids) == 9
    assert all(f'id="{one}"' in page for one in ids)
    for name in ("calls", "trunks", "workers", "bridges", "dialers", "hour-counts", "hour-steps"):
        inner = parts.partition(f'#live-{name}">')[2].partition("</table>")[0]
        assert inner in page


def test_the_chart_has_the_points_of_its_span(console):
    page = console.get("/admin/live").body.decode()

    hour, day = (json.loads(one) for one in re.findall(r'data-points="([^"]+)"', page))

    assert [len(line) for line in hour] == [61] * 3
    assert [len(line) for line in day] == [97] * 3
    assert hour[0][1] - hour[0][0] == 60


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role("all", rights_of("calls:see", "money:see")), ("Revenue", "Cost", "Margin")),
        (Role("hidden", rights_of("calls:see", "money:see"), hides_costs=True), ("Revenue",)),
        (Role("calls", rights_of("calls:see")), ()),
        (Role("own", rights_of("calls:see", "money:see"), own_accounts_only=True), ()),
    ],
    ids=lambda one: one.name if isinstance(one, Role) else "",
)
def test_money_is_shown_to_whoever_may_see_it(role, sees):
    console = console_of(role)
    go_on_air(console.ports)

    text = text_of(console.get("/admin/live/day"))

    assert tuple(re.findall("Revenue|Cost|Margin", text)) == sees
    assert ("EUR" in text) is bool(sees)
    assert ("Cost so far" in text_of(console.get("/admin/live"))) is ("Cost" in sees)


def test_the_countries_called_most_are_named_and_the_others_told_together(console):
    now, some = console.ports.clock.now(), Tally(attempts=3, answers=1)
    regions = ["GB", "US", *(f"X{letter}" for letter in "ABCDEFGHIJKL")]
    called = {region: replace(some, attempts=90 - at) for at, region in enumerate(regions)}
    counts = Counts(destinations={**called, "": some})
    console.ports.minutes.kept.clear()
    console.ports.minutes.save(Minute("w1", minute_of(now), counts))

    text = text_of(console.get("/admin/live/day"))

    assert "Destination legs by country Britain (UK) 90 1 1.1 %" in text
    assert "United States 89" in text
    assert "XJ 79 1 1.3 % 0:00 - 0.0 - - - Elsewhere 158 3" in text


def test_an_operator_with_accounts_of_their_own_sees_those_calls_alone():
    console = console_of(Role("own", rights_of("calls:see,change"), own_accounts_only=True))
    go_on_air(console.ports)
    ports = console.ports
    change_profile(ports, "alice", Changes(owner="jane"))
    own = running(ports, 99, State.CONNECTED, 500)
    [beat, _] = ports.workers.all()
    open_account(ports, Profile("mallory", "Mallory", "EUR", "retail"), Terms())
    others = {
        running(ports, number, State.CONNECTED, 5, account="mallory").id: LiveCall("cheap", 1, 1)
        for number in range(100, 100 + MOST_LOOKED_AT // 2)
    }
    ports.workers.beat(replace(beat, calls={**others, own.id: LiveCall("cheap", 500, 490)}))

    text = text_of(console.get("/admin/live"))

    assert "talking 8:20" in text
    assert "Callbacks 1 1 talking" in text
    assert "mallory" not in text


def test_an_operator_with_accounts_of_their_own_sees_and_ends_no_others_call():
    console = console_of(Role("own", rights_of("calls:see,change"), own_accounts_only=True))
    go_on_air(console.ports)

    assert "Nobody is being called." in text_of(console.get("/admin/live"))
    assert console.get(f"/admin/live/{TALKING}/hang-up").status_code == 404
    page = console.get("/admin/me").body.decode()
    assert console.submit(page, f"/admin/live/{TALKING}/hang-up").status_code == 404
    assert console.ports.control.hang_ups == []


def test_an_operator_with_accounts_of_their_own_sees_those_dialers_alone():
    console = console_of(Role("own", rights_of("calls:see"), own_accounts_only=True))
    go_on_air(console.ports)
    before = text_of(console.get("/admin/live"))

    change_profile(console.ports, "alice", Changes(owner="jane"))

    assert "Dialers 0 signed in" in before
    assert "No dialer is signed in." in before
    after = text_of(console.get("/admin/live"))
    assert "Dialers 2 signed in" in after
    assert "alice 1.4.2 192.0.2.1" in after


@pytest.mark.parametrize(
    ("number", "counted", "left_out"), [(57, "57", "7"), (MOST_COUNTED + 1, "1000+", "950+")]
)
def test_of_many_dialers_those_that_signed_in_last_are_shown(console, number, counted, left_out):
    now = console.ports.clock.now()
    console.ports.visits.listed.clear()
    for at in range(number):
        begun_at = now - timedelta(seconds=at)
        visit = Visit(f"v{at}", begun_at, begun_at + 60 * MINUTE, "CallbackDialer/1", f"ip-{at:04}")
        console.ports.visits.list_dialer(Dialer("alice", visit))

    text = text_of(console.get("/admin/live"))

    assert f"Dialers {counted} signed in" in text
    assert f"{left_out} more signed in before these." in text
    assert re.findall(r"ip-(\d+)", text) == [f"{at:04}" for at in range(MOST_DIALERS)]


def test_a_dialer_that_signs_in_is_shown_until_it_signs_out(console):
    console.ports.visits.listed.clear()
    password_hash = console.wiring.passwords.hash("wonderland")
    change_profile(console.ports, "alice", Changes(password_hash=password_hash))
    credentials = {"login": "alice", "password": "wonderland"}
    agent = "CallbackDialer/<b>2</b>"
    signed_in = console.send("/api/v1/sessions", credentials, user_agent=agent)
    shown = console.get("/admin/live").body.decode()
    [visit] = console.ports.visits.of("alice")

    token = signed_in.json_body["token"]
    assert console.delete("/api/v1/sessions", authorization=f"Bearer {token}").status_code == 204

    assert "&lt;b&gt;2&lt;/b&gt;" in shown
    assert "<b>2" not in shown
    assert visit.id not in shown
    assert "No dialer is signed in." in text_of(console.get("/admin/live"))


def test_a_call_is_hung_up_by_its_worker_and_the_log_says_by_whom(console):
    path = f"/admin/live/{TALKING}/hang-up"
    assert "+442071234567 and +14155550199 are cut off" in text_of(console.get(path))

    response = console.fill(path)

    assert response.headers["Location"] == "/admin/live"
    assert "The callback is being ended." in text_of(console.go(response))
    assert console.ports.control.hang_ups == [("w1", TALKING)]
    about = f"callback {TALKING}"
    [entry] = console.ports.audit.page(by=None, about=about, limit=5, cursor=None).items
    assert (entry.by, entry.deed) == ("jane", "hang up")


@pytest.mark.parametrize("path", ["/admin/live", "/admin/live/now", "/admin/live/day"])
def test_a_page_that_refreshes_itself_does_not_keep_its_visit_alive(console, path):
    for _ in range(2):
        console.ports.clock.pass_by(IDLE_LIMIT / 2 - MINUTE)
        assert console.get(path).status_code == 200

    console.ports.clock.pass_by(3 * MINUTE)

    assert console.get(path).status_code == 303
