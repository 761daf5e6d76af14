"""The system log in the console: found by severity, part and words; faults with where."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.staff.rights import Role, rights_of
from switchboard.staff.system_log import Severity, SystemEntry
from tests.fakes.api import readable
from tests.fakes.console import console_of


@pytest.fixture
def console():
    return console_of()


def leave_lines(console, count: int = 3) -> None:
    now = console.ports.clock.now()
    lost = SystemEntry("u-1", now, Severity.WARNING, "sweep", "up-7", "worker w1 is lost")
    broke = replace(
        lost,
        id="u-2",
        severity=Severity.ERROR,
        part="worker",
        text="callback c77 <b>failed</b>",
        fault="Traceback\n  File “host.py”\nLookupError",
        facts={"callback": "c77", "trunk": "carrier"},
        times=12,
        last_at=now,
    )
    more = [
        replace(lost, id=f"m-{number}", text=f"line {number}", at=now - timedelta(hours=number + 1))
        for number in range(count)
    ]
    console.ports.system_log.keep([lost, broke, *more])


def test_lines_are_listed_with_what_they_are_about(console):
    leave_lines(console)

    page = console.get("/admin/log").body.decode()

    text = readable(console.get("/admin/log"))
    assert "worker w1 is lost" in text
    assert "callback c77 <b>failed</b> 12 times, last:" in text
    assert "&lt;b&gt;failed" in page
    assert 'href="/admin/trace/c77"' in page
    assert 'href="/admin/trunks/carrier"' in page
    assert "LookupError" in page


def test_lines_are_found_by_severity_part_and_words(console):
    leave_lines(console)

    def shown(query: str) -> str:
        return readable(console.get(f"/admin/log?{query}"))

    assert "worker w1" not in shown("severity=error")
    assert "callback c77" in shown("severity=error")
    assert "callback c77" not in shown("part=sweep")
    assert "line 2" in shown("q=LINE+2")
    assert "There is no such line." in shown("q=nowhere")
    assert "worker w1" in shown("severity=all&part=none")


def test_a_long_log_is_read_part_by_part(console):
    leave_lines(console, count=60)

    first = console.get("/admin/log").body.decode()

    assert "Next" in first
    cursor = first.partition("cursor=")[2].partition('"')[0]
    assert "line 59" in readable(console.get(f"/admin/log?cursor={cursor}"))


def test_who_has_own_accounts_only_does_not_read_what_is_about_all():
    console = console_of(Role("reseller", rights_of("system:see"), own_accounts_only=True))

    assert console.get("/admin/log").status_code == 422
