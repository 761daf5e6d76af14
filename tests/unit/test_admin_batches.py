"""Batches of PINs and vouchers in the console: made, handed out once, blocked, looked up."""

import csv
import io
from dataclasses import replace
from secrets import randbelow

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.jobs import cancel_job
from switchboard.desk.pins import Mint, make_batch
from switchboard.desk.vouchers import redeem
from switchboard.staff.jobs import SECRETS_KEPT, JobState
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import SETTINGS, readable
from tests.fakes.console import ConsoleBrowser, add_jane, console_of
from tests.fakes.jobs import run_waiting
from tests.fakes.world import NOON

VOUCHERS = {
    "kind": "vouchers",
    "name": "winter",
    "count": "3",
    "length": "12",
    "value": "2.50",
    "file": "csv",
}


@pytest.fixture
def console():
    return console_of()


def make(console, **fields):
    """Makes a batch by the form, and its runner's job; gives the job and what is in its file."""
    name = console.fill("/admin/new-batch", **fields).headers["Location"].rpartition("/")[2]
    run_waiting(console.ports)
    job = console.ports.jobs.find(name)
    assert job.failure == ""
    [file] = job.files
    text = console.ports.files.kept[file.key].decode()
    return job, list(csv.DictReader(io.StringIO(text)))


def test_vouchers_are_made_handed_out_as_a_file_and_redeemed(console):
    job, rows = make(console, **VOUCHERS, valid_until="2027-01-31")

    assert [file.name for file in job.files] == ["winter.csv"]
    assert [row["voucher"] for row in rows] == ["winter-000001", "winter-000002", "winter-000003"]
    assert {len(row["pin"]) for row in rows} == {12}
    [batch] = console.ports.pins.batches()
    assert (batch.state, batch.currency, batch.value_micros) == (BatchState.READY, "EUR", 2_500_000)
    account = redeem(console.ports, SETTINGS.pin_key, "alice", rows[0]["pin"])
    assert account.balance.posted_micros == 7_500_000
    shown = readable(console.get("/admin/batches/winter"))
    assert "2.50 EUR" in shown
    log = readable(console.get("/admin/audit"))
    assert "make batch winter" in log
    shown += readable(console.get(f"/admin/jobs/{job.id}"))
    assert not any(row["pin"] in shown + log + repr(job) for row in rows)


def test_the_file_of_pins_is_for_whoever_made_it_for_a_day(console):
    job, _ = make(console, **VOUCHERS)
    file = f"/admin/jobs/{job.id}/files/winter.csv"
    add_jane(console.ports, login="joe")
    joe = ConsoleBrowser(console.wiring)
    joe.sign_in("joe")

    assert joe.get(f"/admin/jobs/{job.id}").status_code == 200
    assert joe.get(file).status_code == 403
    assert console.get(file).headers["Location"].startswith("https://files.example.com/secrets/")
    console.ports.clock.pass_by(SECRETS_KEPT)
    console.sign_in()
    assert console.get(file).status_code == 404


def test_the_file_of_pins_is_deleted_at_once(console):
    job, _ = make(console, **VOUCHERS)
    file = f"/admin/jobs/{job.id}/files/winter.csv"

    console.fill(f"{file}/delete")

    assert console.ports.files.kept == {}
    assert console.get(file).status_code == 404


def test_a_batch_whose_runner_died_is_discarded_and_its_job_says_so(console):
    name = console.fill("/admin/new-batch", **VOUCHERS).headers["Location"].rpartition("/")[2]
    job = console.ports.jobs.find(name)
    begun = Batch("winter", BatchKind.VOUCHERS, 3, 12, "EUR", NOON, 2_500_000, run=job.id)
    console.ports.pins.start(begun)

    run_waiting(console.ports)

    assert "broke off" in console.ports.jobs.find(name).failure
    assert console.ports.pins.batch("winter").state is BatchState.DISCARDED


def test_a_batch_whose_runner_died_at_the_very_end_is_handed_out(console):
    job, rows = make(console, **VOUCHERS)
    console.ports.pins.move("winter", BatchState.READY, BatchState.MAKING)
    console.ports.jobs.kept[job.id] = replace(job, state=JobState.RUNNING, files=())
    console.ports.job_queue.send(job.id)

    run_waiting(console.ports)

    assert console.ports.jobs.find(job.id).files == job.files
    assert console.ports.pins.batch("winter").state is BatchState.READY
    redeem(console.ports, SETTINGS.pin_key, "alice", rows[0]["pin"])


def test_a_batch_that_is_cancelled_is_discarded(console):
    fields = {**VOUCHERS, "count": "300"}
    name = console.fill("/admin/new-batch", **fields).headers["Location"].rpartition("/")[2]
    add, jobs = console.ports.pins.add_vouchers, console.ports.jobs

    def add_and_cancel(vouchers):
        cancel_job(console.ports, jobs.find(name))
        return add(vouchers)

    console.ports.pins.add_vouchers = add_and_cancel
    run_waiting(console.ports)

    assert jobs.find(name).state is JobState.CANCELLED
    assert console.ports.pins.batch("winter").state is BatchState.DISCARDED


def test_accounts_are_made_on_a_sheet(console):
    fields = {**VOUCHERS, "kind": "accounts", "sheet": "retail", "valid_days": "90"}
    _, rows = make(console, **fields)

    assert console.ports.accounts.get(rows[0]["account"]).profile.sheet == "retail"
    assert console.ports.pins.batch("winter").valid_days == 90


def test_a_form_that_is_posted_twice_makes_one_batch(console):
    page = console.get("/admin/new-batch").body.decode()
    first = console.submit(page, "/admin/new-batch", **VOUCHERS)
    run_waiting(console.ports)

    again = console.submit(page, "/admin/new-batch", **VOUCHERS)
    other = console.fill("/admin/new-batch", **VOUCHERS)

    assert again.headers["Location"] == first.headers["Location"]
    assert other.status_code == 409
    assert "there was a batch winter before" in readable(other).lower()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"count": "100001"}, "1 to 100,000 are made at once"),
        ({"count": "x"}, "is not a whole number"),
        ({"length": "3"}, "6 to 20"),
        ({"value": "0"}, "A voucher has a value"),
        ({"value": "1,5"}, "1,5"),
        ({"name": "No Such Name!"}, "No Such"),
        ({"currency": "XX"}, "XX"),
        ({"kind": "accounts"}, "Accounts need a sheet"),
        ({"valid_until": "2001-01-01"}, "over already"),
        ({"valid_until": "tomorrow"}, "is no date"),
        ({"plan": "gold"}, "none of the choices"),
    ],
)
def test_what_is_wrong_with_a_batch_is_told(console, fields, told):
    response = console.fill("/admin/new-batch", **{**VOUCHERS, **fields})

    assert response.status_code in {400, 422}
    assert told in readable(response)
    assert console.ports.pins.batches() == []


def test_a_batch_is_blocked_and_unblocked(console):
    make(console, **VOUCHERS)
    assert "no voucher of it is redeemed" in readable(console.get("/admin/batches/winter/block"))

    console.fill("/admin/batches/winter/block")
    assert console.ports.pins.batch("winter").state is BatchState.BLOCKED
    assert "blocked" in readable(console.get("/admin/batches"))
    console.fill("/admin/batches/winter/unblock")

    assert console.ports.pins.batch("winter").state is BatchState.READY
    assert "state blocked → ready" in readable(console.get("/admin/audit?about=batch+winter"))


def test_a_batch_whose_making_broke_off_is_discarded(console):
    broken = Batch("broken", BatchKind.VOUCHERS, 5, 12, "EUR", NOON, 1)
    console.ports.pins.start(broken)

    console.fill("/admin/batches/broken/discard")

    assert console.ports.pins.batch("broken").state is BatchState.DISCARDED


def test_a_voucher_is_looked_up_by_its_pin(console):
    _, rows = make(console, **VOUCHERS)
    redeem(console.ports, SETTINGS.pin_key, "alice", rows[1]["pin"])

    page = readable(console.fill("/admin/voucher", pin=rows[1]["pin"]))

    assert "winter-000002" in page
    assert "alice" in page
    assert rows[1]["pin"] not in page
    log = readable(console.get("/admin/audit"))
    assert "look up voucher winter-000002" in log
    assert rows[1]["pin"] not in log


def test_who_redeemed_a_voucher_is_told_to_whoever_has_that_account():
    role = Role("reseller", rights_of("accounts:see", "pins:see"), own_accounts_only=True)
    console = console_of(role)
    vouchers = []
    mint, batch = (
        Mint(SETTINGS.pin_key, randbelow, threads=1),
        Batch("autumn", BatchKind.VOUCHERS, 2, 12, "EUR", NOON, 1_000_000),
    )
    make_batch(console.ports, mint, batch, vouchers.extend)
    open_account(console.ports, Profile("mine", "Mine", "EUR", "retail", owner="jane"), Terms())
    for account, voucher in zip(("alice", "mine"), vouchers, strict=True):
        redeem(console.ports, SETTINGS.pin_key, account, voucher.pin)

    others, own = (readable(console.fill("/admin/voucher", pin=one.pin)) for one in vouchers)

    assert "alice" not in others
    assert "Redeemed 2026-01-02" in others
    assert "By mine" in own


def test_who_searches_for_pins_is_told_to_wait(console):
    statuses = [console.fill("/admin/voucher", pin=f"00000{n}").status_code for n in range(4)]

    assert statuses == [404, 404, 404, 429]


def test_who_may_not_take_pins_away_makes_none():
    console = console_of(Role("maker", rights_of("pins:see,change")))

    response = console.fill("/admin/new-batch", **VOUCHERS)

    assert response.status_code == 403
    assert console.ports.pins.batches() == []
    assert "/admin/new-batch" not in console.get("/admin/batches").body.decode()
