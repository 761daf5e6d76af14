"""A sweep and a check of the books as jobs, and who may have them done."""

from dataclasses import replace

import pytest

from switchboard.billing.account import Profile
from switchboard.calls.beat import LiveCall
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.office.upkeep import start_books_check, start_sweep
from switchboard.desk.profiles import Changes, change_profile
from switchboard.errors import NotAllowed, NotFound
from switchboard.staff.jobs import JobState
from switchboard.staff.rights import Role, rights_of
from tests.fakes.claims import beat, later, rung
from tests.fakes.clerks import clerk
from tests.fakes.console import console_of
from tests.fakes.jobs import run_waiting
from tests.fakes.ports import memory_ports
from tests.fakes.world import open_alice

OWN = Role("reseller", rights_of("money:see", "system:change"), own_accounts_only=True)


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    open_account(ports, Profile("bob", name="Bob", currency="EUR", sheet="retail"), Terms())
    return ports


def break_books(ports, account: str) -> None:
    balances = ports.books.balances
    balances[account] = replace(balances[account], posted_micros=1, avail_micros=1)


def ran(ports, job):
    run_waiting(ports)
    done = ports.jobs.find(job.id)
    assert done.state is JobState.DONE, done.failure
    return done


def test_books_that_are_in_order_have_no_breach(ports):
    done = ran(ports, start_books_check(ports, clerk(ports), token="t"))

    assert (done.report.counts, done.files) == ({"accounts": 2, "breaches": 0}, ())


def test_each_breach_is_in_a_file_and_its_account_in_the_log(ports, caplog):
    break_books(ports, "bob")

    done = ran(ports, start_books_check(ports, clerk(ports), token="t"))

    [file] = done.files
    assert done.report.counts["breaches"] > 0
    assert b"bob,posted = journal + CDRs" in ports.files.kept[file.key]
    assert "the books of account bob are not in order" in caplog.text


def test_the_books_of_one_account_are_checked_alone(ports):
    break_books(ports, "bob")

    job = start_books_check(ports, clerk(ports), "alice", token="t")

    assert ran(ports, job).report.counts == {"accounts": 1, "breaches": 0}


def test_who_has_own_accounts_only_has_these_checked_and_sweeps_nothing(ports):
    by = clerk(ports, OWN)
    change_profile(ports, "alice", Changes(owner="jane"))

    done = ran(ports, start_books_check(ports, by, token="t"))

    assert done.report.counts["accounts"] == 1
    with pytest.raises(NotFound):
        start_books_check(ports, by, "bob", token="u")
    with pytest.raises(NotAllowed):
        start_sweep(ports, by, token="t")


def test_a_sweep_settles_what_a_lost_worker_left(ports):
    callback, _ = rung(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 60, 60)})
    later(ports, seconds=16)

    done = ran(ports, start_sweep(ports, clerk(ports), token="t"))

    assert done.report.counts == {"settled": 1, "requeued": 0}
    assert {"sweep", "start"} <= {one.deed for one in ports.audit.kept.values()}


def test_both_are_started_by_a_form_that_leads_to_the_job():
    console = console_of()

    swept = console.fill("/admin/sweep")
    checked = console.fill("/admin/check-books?account=alice", account="alice")

    for response in (swept, checked):
        assert response.status_code == 303
        assert response.headers["Location"].startswith("/admin/jobs/")
