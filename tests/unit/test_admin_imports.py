"""Accounts from a file in the console: uploaded, mapped, checked, imported, reported."""

import io
import re

import pytest

from switchboard.desk.office.job_kinds import KINDS
from switchboard.desk.office.rights import right_of
from switchboard.staff.jobs import JobState
from switchboard.staff.rights import ADMINISTRATOR, Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.jobs import run_waiting

UPLOAD = f"{7:032x}"
PAGE = f"/admin/import-accounts/{UPLOAD}"
FILE = """Konto,name,balance,phone,pin,Notes
bob,Bob,5.00,+442079460001,739184,a
carol,Carol,x,+442079460002,,b
dave,"=HYPERLINK(""http://evil"")",1,+442079460003,,c
alice,Somebody else,,,,d
"""
COLUMNS = {
    "column-0": "account",
    "column-1": "name",
    "column-2": "balance",
    "column-3": "numbers",
    "column-4": "pin",
    "home_sheet": "retail",
    "home_country": "GB",
}


def open_with(text: str = FILE, role: Role = ADMINISTRATOR):
    console = console_of(role)
    key = f"uploads/jane/{UPLOAD}"
    console.ports.files.put(key, io.BytesIO(text.encode()), "text/csv")
    return console


@pytest.fixture
def console():
    return open_with()


def run(console, response):
    """The job that a form started, after its run."""
    name = response.headers["Location"].rpartition("/")[2]
    run_waiting(console.ports)
    return console.ports.jobs.find(name)


def test_a_file_is_uploaded_to_the_store_by_a_page_that_may_post_there(console):
    response = console.get("/admin/import-accounts")

    page = response.body.decode()
    assert 'action="https://files.example.com/"' in page
    assert "https://call.example.com/admin/import-accounts/" in page
    assert "uploads/jane/" in page
    policy = response.headers["Content-Security-Policy"]
    assert "form-action 'self' https://files.example.com;" in policy
    others = console.get("/admin/accounts").headers["Content-Security-Policy"]
    assert "form-action 'self';" in others


def test_the_columns_that_are_known_are_named_already(console):
    page = console.get(PAGE).body.decode()

    told = re.findall(r'for="field-column-\d">([^<]+)</label>', page)
    assert told == ["Konto", "name", "balance", "phone", "pin", "Notes"]
    known = re.findall(r'<option value="(\w+)" selected>', page)
    assert known == ["name", "balance", "numbers", "pin"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"column-0": ""}, "Say which column is the account"),
        ({"column-5": "name"}, "“name” and “Notes” cannot both be the name"),
        ({"home_country": "XX"}, "XX"),
    ],
)
def test_what_is_wrong_with_the_columns_is_told(console, fields, told):
    response = console.fill(PAGE, **{**COLUMNS, **fields})

    assert response.status_code in {400, 422}
    assert told in readable(response)


def test_the_name_of_a_column_is_never_markup():
    console = open_with("<img src=x onerror=alert(1)>,100 %,%(x)s\nbob,1,2\n")

    page = console.get(PAGE)

    assert page.status_code == 200
    assert "<img" not in page.body.decode()
    assert "100 %" in readable(page)


def test_good_rows_are_opened_and_the_others_reported(console):
    checked = run(console, console.fill(PAGE, **COLUMNS))

    assert (checked.state, checked.failure) == (JobState.DONE, "")
    assert checked.report.counts == {"opens": 2, "unchanged": 0}
    assert [row.line for row in checked.report.rows] == [3, 5]
    assert "739184" not in repr(checked)
    shown = readable(console.get(f"/admin/jobs/{checked.id}"))
    assert "Balance: “x”" in shown
    confirm = f"/admin/confirm-import/{checked.id}"
    assert "Accounts that are opened: 2. Rows that are not taken: 2" in readable(
        console.get(confirm)
    )

    done = run(console, console.fill(confirm))

    assert done.report.counts == {"opened": 2, "unchanged": 0}
    assert done.report.bad == 2
    bob = console.ports.accounts.get("bob")
    assert (bob.balance.posted_micros, bob.profile.sheet) == (5_000_000, "retail")
    assert bob.profile.pin_hash
    assert console.ports.accounts.get("alice").profile.name == "Alice"
    log = readable(console.get("/admin/audit"))
    assert "open account bob" in log
    assert "739184" not in log


def test_an_import_that_is_repeated_opens_nothing_twice(console):
    checked = run(console, console.fill(PAGE, **COLUMNS))
    confirm = f"/admin/confirm-import/{checked.id}"
    first = run(console, console.fill(confirm))

    again = run(console, console.fill(confirm))

    assert again == first
    assert console.ports.books.balance("bob").posted_micros == 5_000_000


def test_a_column_that_is_left_empty_is_not_imported(console):
    fields = {**COLUMNS, "column-1": "", "column-2": ""}

    checked = run(console, console.fill(PAGE, **fields))
    run(console, console.fill(f"/admin/confirm-import/{checked.id}"))

    assert console.ports.books.balance("bob").posted_micros == 0
    assert console.ports.accounts.get("bob").profile.name == "bob"


def test_a_file_that_is_no_table_is_refused_in_words():
    console = open_with("<html>")

    response = console.get(PAGE)

    assert response.status_code == 400
    assert "The file is HTML or XML" in readable(response)


def test_an_upload_of_another_user_is_not_there(console):
    for upload in (f"{8:032x}", "..%2Fjoe%2F1", "x"):
        assert console.get(f"/admin/import-accounts/{upload}").status_code == 404


def test_a_reseller_imports_accounts_of_their_own():
    rights = rights_of("accounts:*", "money:*")
    console = open_with(role=Role("reseller", rights, own_accounts_only=True))

    checked = run(console, console.fill(PAGE, **COLUMNS))
    run(console, console.fill(f"/admin/confirm-import/{checked.id}"))

    assert console.ports.accounts.get("bob").profile.owner == "jane"
    assert [row.reason for row in checked.report.rows][-1] == "there is an account alice already"


def test_a_reseller_exports_only_accounts_of_their_own():
    rights = rights_of("accounts:*", "calls:*")
    console = console_of(Role("reseller", rights, own_accounts_only=True))

    done = run(console, console.fill("/admin/export-accounts", file="csv"))
    calls = console.fill("/admin/export-calls", file="csv", account="alice")

    assert done.report.counts == {"accounts": 0}
    assert calls.status_code == 404


def test_no_formula_gets_into_an_exported_file(console):
    checked = run(console, console.fill(PAGE, **COLUMNS))
    run(console, console.fill(f"/admin/confirm-import/{checked.id}"))

    done = run(console, console.fill("/admin/export-accounts", file="txt"))

    [file] = done.files
    text = console.ports.files.kept[file.key].decode()
    assert '\t"\'=HYPERLINK(""http://evil"")"\t' in text
    assert done.report.counts == {"accounts": 3}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_job_asks_for_a_right_when_it_runs(kind):
    assert right_of(KINDS[kind])
