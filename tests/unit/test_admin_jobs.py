"""Jobs in the console: whose they are, how they are shown, what is exported."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.desk.office.exports import WantedCalls, start_cdr_export
from switchboard.staff.jobs import KEPT, JobState
from switchboard.staff.rights import ADMINISTRATOR, SUPPORT, Role, rights_of
from switchboard.staff.visits import IDLE_LIMIT
from tests.fakes.api import readable
from tests.fakes.clerks import CHECKED, FAILED, RUNNING, clerk, leave_jobs
from tests.fakes.console import ConsoleBrowser, add_jane, console_of
from tests.fakes.history import past_call
from tests.fakes.jobs import run_waiting

ALL = "/admin/jobs?of=all"


@pytest.fixture
def console():
    console = console_of()
    leave_jobs(console.ports)
    return console


def another(console, role: Role = SUPPORT) -> ConsoleBrowser:
    """The browser of Joe."""
    add_jane(console.ports, role, "joe")
    joe = ConsoleBrowser(console.wiring)
    joe.sign_in("joe")
    return joe


def exported(console, role: Role = ADMINISTRATOR, **wanted) -> list[dict[str, str]]:
    """The rows of an export of calls by a user of this role."""
    by = clerk(console.ports, role, "joe")
    job = start_cdr_export(console.ports, by, WantedCalls(**wanted), "csv", token="1")
    run_waiting(console.ports)
    done = console.ports.jobs.find(job.id)
    assert done.failure == ""
    [file] = done.files
    return list(csv.DictReader(io.StringIO(console.ports.files.kept[file.key].decode())))


def test_jobs_are_listed_with_how_far_they_are(console):
    shown = readable(console.get("/admin/jobs"))

    assert "Export of calls alice running 48 %" in shown
    assert "Import of accounts failed" in shown
    assert "There are no jobs" in readable(another(console).get("/admin/jobs"))


def test_jobs_of_others_are_seen_by_whoever_may_see_the_system(console):
    joe, ann = another(console), ConsoleBrowser(console.wiring)
    add_jane(console.ports, ADMINISTRATOR, "ann")
    ann.sign_in("ann")

    assert joe.get(ALL).status_code == 200
    assert "Export of calls" not in readable(joe.get(ALL))
    assert joe.get(f"/admin/jobs/{RUNNING}").status_code == 404
    assert joe.get(f"/admin/jobs/{RUNNING}/cancel").status_code == 404
    assert "Export of calls" in readable(ann.get(ALL))
    assert ann.get(f"/admin/jobs/{RUNNING}").status_code == 200


def test_jobs_of_others_are_not_there_for_who_has_own_accounts_only(console):
    joe = another(console, Role("reseller", rights_of("system:*"), own_accounts_only=True))

    assert joe.get(ALL).status_code == 200
    assert "alice" not in joe.get(ALL).body.decode()
    assert "/admin/jobs?of=all" not in joe.get("/admin/jobs").body.decode()
    for job in console.ports.jobs.kept:
        for path in ("", "/progress", "/cancel"):
            assert joe.get(f"/admin/jobs/{job}{path}").status_code == 404


def test_a_job_that_is_over_is_shown_with_its_report(console):
    failed = readable(console.get(f"/admin/jobs/{FAILED}"))
    checked = readable(console.get(f"/admin/jobs/{CHECKED}"))

    assert "The file is gone: upload it again." in failed
    assert "Rows not taken 2" in checked
    assert "3 Balance: “much” is not an amount" in checked


def test_the_page_asks_how_far_a_job_is_until_it_is_over(console):
    running = console.get(f"/admin/jobs/{RUNNING}").body.decode()
    assert f'hx-get="/admin/jobs/{RUNNING}/progress"' in running
    assert '<noscript><meta http-equiv="refresh"' in running
    assert "HX-Refresh" not in console.get(f"/admin/jobs/{RUNNING}/progress").headers

    done = console.get(f"/admin/jobs/{CHECKED}/progress")

    assert done.headers["HX-Refresh"] == "true"
    assert "hx-get" not in done.body.decode()
    assert "noscript" not in console.get(f"/admin/jobs/{CHECKED}").body.decode()


def test_a_page_that_refreshes_itself_keeps_no_visit_alive(console):
    for _ in range(4):
        console.ports.clock.pass_by(IDLE_LIMIT / 3)
        last = console.get(f"/admin/jobs/{RUNNING}/progress")

    assert last.status_code == 303


def test_a_job_is_cancelled_once(console):
    console.fill(f"/admin/jobs/{RUNNING}/cancel")

    assert console.ports.jobs.find(RUNNING).cancelling
    assert "It is being cancelled" in readable(console.get(f"/admin/jobs/{RUNNING}"))
    assert console.fill(f"/admin/jobs/{FAILED}/cancel").status_code == 409


def test_a_job_is_gone_after_a_week(console):
    console.ports.clock.pass_by(KEPT)
    console.sign_in()

    assert console.get(f"/admin/jobs/{CHECKED}").status_code == 404


def test_calls_are_exported_with_what_they_cost(console):
    cdr = past_call(console.ports, "c9", 500_000)

    [row] = exported(console, account="alice")

    assert row["callback"] == cdr.callback
    assert row["cost"]
    assert "margin" in row


def test_calls_of_days_are_exported(console):
    cdr = past_call(console.ports, "c9", 500_000)
    at, second = cdr.requested_at, timedelta(seconds=1)

    assert len(exported(console, since=at, until=at + second)) == 1
    console.ports.jobs.kept.clear()
    assert exported(console, until=at) == []


def test_who_is_not_shown_costs_or_prices_exports_none(console):
    past_call(console.ports, "c9", 500_000)
    rights = rights_of("calls:*", "money:see")

    [without_costs] = exported(console, Role("desk", rights, hides_costs=True))
    console.ports.jobs.kept.clear()
    console.ports.staff.users.pop("joe")
    [without_prices] = exported(console, Role("blind", rights_of("calls:*")))

    assert without_costs["cost"]
    assert not {"margin", "customer_trunk_cost"} & without_costs.keys()
    assert not {"margin", "cost", "customer_cost"} & without_prices.keys()


def test_a_file_is_not_handed_out_when_the_right_is_gone(console):
    response = console.fill("/admin/export-accounts", file="csv")
    run_waiting(console.ports)
    job = console.ports.jobs.find(response.headers["Location"].rpartition("/")[2])
    file = f"/admin/jobs/{job.id}/files/accounts.csv"
    assert job.state is JobState.DONE
    assert console.get(file).status_code == 303

    user = console.ports.staff.find("jane")
    console.ports.staff.replace(user, replace(user, role=SUPPORT.name))

    assert console.get(file).status_code == 403


@pytest.mark.parametrize(
    ("restricted", "told"),
    [
        ({"hides_costs": True}, "costs"),
        ({"own_accounts_only": True}, "accounts of others"),
        ({"rights": rights_of("calls:*")}, "money"),
    ],
)
def test_a_file_is_not_handed_out_with_what_is_not_shown_any_more(restricted, told):
    role = Role("desk", rights_of("calls:*", "money:see"))
    console = console_of(role)
    response = console.fill("/admin/export-calls", file="csv")
    run_waiting(console.ports)
    file = f"{response.headers['Location']}/files/calls-all.csv"
    assert console.get(file).status_code == 303

    console.ports.staff.replace_role(role, replace(role, **restricted))

    refused = console.get(file)
    assert (refused.status_code, told in readable(refused)) == (403, True)
