"""Accounts are opened from a file whole or not at all, once, and exported without secrets."""

from dataclasses import replace

import pytest

from switchboard.billing.account_file import COLUMNS, AccountReading
from switchboard.desk.account_files import AccountsReport, export_accounts, import_accounts
from switchboard.desk.accounts import top_up
from switchboard.desk.check_books import check_books
from switchboard.errors import Malformed
from switchboard.ledger.entries import EntryKind
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.spreadsheets.reading import read_worksheets
from switchboard.spreadsheets.text import rows_of_text
from switchboard.spreadsheets.writing import write_file
from switchboard.tables.cells import BadRow, BadRows, Worksheet
from tests.fakes.ports import memory_ports
from tests.fakes.world import retail_sheet

FILE = """account,name,type,balance,credit_limit,status,sheet,numbers,login,country,pin,daily_limit
alice,Alice,prepaid,5.00,0,active,retail,"020 7123 4567, +14155550100",alice,GB,,2.50
bob,Bob,postpaid,-1,20,blocked,retail,,,GB,735291,
"""
SHORT = "account,sheet\n"
READING = AccountReading(country="GB", hash_pin=lambda pin: f"hashed {pin[::-1]}")


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    ports.sheets.publish(retail_sheet())
    return ports


def take(ports: Ports, text: str, how: AccountReading = READING, **options) -> AccountsReport:
    return import_accounts(ports, [Worksheet("", rows_of_text(text))], how, **options)


def refused(ports: Ports, text: str, **options) -> tuple[BadRow, ...]:
    with pytest.raises(BadRows) as caught:
        take(ports, text, **options)
    return caught.value.rows


def balances(ports: Ports) -> dict[str, str]:
    return {one.profile.account: one.balance.posted.decimal for one in ports.accounts.all()}


def test_an_account_is_opened_as_its_row_says(ports):
    report = take(ports, FILE)

    alice, bob = ports.accounts.get("alice"), ports.accounts.get("bob")
    assert report.opened == ("alice", "bob")
    assert alice.profile.numbers == (PhoneNumber("+442071234567"), PhoneNumber("+14155550100"))
    assert (alice.profile.login, alice.profile.country) == ("alice", "GB")
    assert alice.balance.limits == {"all": 2_500_000}
    assert bob.profile.pin_hash == "hashed 192537"
    assert (bob.balance.active, bob.balance.credit_limit_micros) == (False, 20_000_000)


def test_an_opening_balance_is_a_journal_entry(ports):
    take(ports, FILE)

    entries = [*ports.books.entries("alice"), *ports.books.entries("bob")]
    assert [(entry.kind, entry.amount_micros) for entry in entries] == [
        (EntryKind.OPENING, 5_000_000),
        (EntryKind.OPENING, -1_000_000),
    ]
    assert list(check_books(ports)) == []


def test_a_loss_guard_is_off_only_where_a_row_says_so(ports):
    text = "account,sheet,loss_guard\nalice,retail,no\nbob,retail,yes\ncarol,retail,\n"

    take(ports, text)

    guards = {one.profile.account: one.profile.loss_guard for one in ports.accounts.all()}
    assert guards == {"alice": False, "bob": True, "carol": True}
    assert take(ports, text).unchanged == ("alice", "bob", "carol")
    (bad,) = refused(ports, "account,sheet,loss_guard\ndora,retail,perhaps\n")
    assert bad.reason == "loss_guard: “perhaps” is neither yes nor no"


def test_the_same_file_again_opens_nothing_twice(ports):
    take(ports, FILE)

    again = take(ports, FILE)

    assert (again.opened, again.unchanged) == ((), ("alice", "bob"))
    assert balances(ports) == {"alice": "5.00", "bob": "-1.00"}


def test_the_same_file_again_is_unchanged_though_money_moved(ports):
    take(ports, FILE)
    top_up(ports, "alice", Money("EUR", 1_000_000), reference="r1")

    assert take(ports, FILE).unchanged == ("alice", "bob")
    assert balances(ports)["alice"] == "6.00"


def test_an_import_that_was_cut_off_is_finished_by_the_next(ports):
    header, alice, _ = FILE.splitlines(keepends=True)
    take(ports, header + alice)

    report = take(ports, FILE)

    assert (report.opened, report.unchanged) == (("bob",), ("alice",))
    assert balances(ports) == {"alice": "5.00", "bob": "-1.00"}


def test_an_account_that_is_there_and_differs_is_named_with_what_differs(ports):
    take(ports, FILE)

    rows = refused(ports, FILE.replace("Alice", "Alicia").replace("5.00", "7"))

    assert rows == (BadRow(2, "account alice is there already, and differs in: name, balance"),)


def test_a_file_with_bad_rows_opens_nothing_and_names_each(ports):
    text = (
        "account,sheet,type,balance,credit_limit,status,max_callbacks,country,numbers,time_zone\n"
        "a1,retail,,5,,,,,,\n"
        ",retail,,,,,,,,\n"
        "A 2,retail,,,,,,,,\n"
        "a3,wholesale,,,,,,,,\n"
        "a4,retail,free,,,,,,,\n"
        "a5,retail,,five,,,,,,\n"
        "a6,retail,prepaid,,9,,,,,\n"
        "a7,retail,prepaid,-1,,,,,,\n"
        "a8,retail,,,,maybe,,,,\n"
        "a9,retail,,,,,many,,,\n"
        "b1,retail,,,,,,Britain,,\n"
        "b2,retail,,,,,,GB,12,\n"
        "b3,retail,,,,,,,,Mars\n"
        "a1,retail,,,,,,,,\n"
        "b4,retail\n"
    )

    rows = refused(ports, text)

    assert [row.line for row in rows] == list(range(3, 17))
    assert [row.reason.partition(":")[0] for row in rows] == [
        "there is no account",
        "account “A 2”",
        "there is no rate sheet wholesale",
        "type",
        "balance",
        "a prepaid account has no credit limit",
        "a prepaid account does not begin below zero",
        "status",
        "max_callbacks",
        "“Britain” is no country with phone numbers",
        "“12” is not a phone number",
        "“Mars” is not a time zone",
        "account a1 stands in line 2 already",
        "2 cells, where the header has 10",
    ]
    assert balances(ports) == {}


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("numbers", "+442071234567", "+442071234567 acts for account a1 already"),
        ("login", "ann", "login ann signs in for account a1 already"),
        ("pin", "735291", "its PIN is taken; it acts for account a1 already"),
    ],
)
def test_what_belongs_to_one_account_is_not_given_to_another(ports, column, cell, says):
    header = f"account,sheet,{column}\n"

    rows = refused(ports, f"{header}a1,retail,{cell}\na2,retail,{cell}\n")
    take(ports, f"{header}a1,retail,{cell}\n")
    later = refused(ports, f"{header}a3,retail,{cell}\n")

    assert (rows, later) == ((BadRow(3, says),), (BadRow(2, says),))


def test_a_dry_run_opens_nothing_and_reports_all(ports):
    report = take(ports, FILE + "x y,,,,,,,,,,,\n", dry_run=True)

    assert report.opened == ("alice", "bob")
    assert [row.line for row in report.bad] == [4]
    assert balances(ports) == {}


def test_columns_of_other_programs_are_known_and_the_rest_ignored(ports):
    text = (
        "Account,Password,First Name,Last Name,Mobile,Address,Balance,Credit Limit"
        ",Concurrent Calls\n"
        '7001,x@y,Ann,Lee,020 7123 4567,"1, High St",10,20,3\n'
    )

    report = take(ports, text, sheet="retail")

    account = ports.accounts.get("7001")
    assert account.profile.name == "Ann Lee"
    assert (account.profile.type.value, account.balance.max_callbacks) == ("postpaid", 3)
    assert report.file.ignored == ("Password", "Address")


def test_a_sheet_must_be_named_somewhere(ports):
    assert "there is no rate sheet:" in refused(ports, "account\nann\n")[0].reason


def test_decimal_commas_are_told_by_the_column(ports):
    take(ports, "account;sheet;balance\na;retail;1,5\nb;retail;2.000,25\n")

    assert balances(ports) == {"a": "1.50", "b": "2000.25"}


def test_pins_are_refused_where_there_is_no_key_and_never_repeated(ports):
    text = "account,sheet,pin\na,retail,735291\n"

    report = take(ports, text, replace(READING, hash_pin=None), dry_run=True)

    assert report.bad == (BadRow(2, "pin: there is no key that PINs are kept by"),)


@pytest.mark.parametrize("text", ["", SHORT, "name\nann\n"])
def test_a_file_without_accounts_is_refused(ports, text):
    with pytest.raises(Malformed, match=r"no accounts|no header"):
        take(ports, text)


@pytest.mark.parametrize("ending", ["csv", "txt", "xlsx"])
def test_what_is_exported_opens_the_same_accounts_elsewhere(ports, tmp_path, ending):
    take(ports, FILE.replace("735291", ""))
    path = tmp_path / f"accounts.{ending}"
    elsewhere = memory_ports()
    elsewhere.sheets.publish(retail_sheet())

    written = write_file(path, COLUMNS, export_accounts(ports))
    report = import_accounts(elsewhere, read_worksheets(path.read_bytes()), READING)
    again = import_accounts(ports, read_worksheets(path.read_bytes()), READING)

    assert (written, report.bad, again.unchanged) == (2, (), ("alice", "bob"))
    assert list(elsewhere.accounts.all()) == list(ports.accounts.all())


def test_an_export_carries_no_secret(ports):
    take(ports, FILE)
    known = ports.accounts.get("alice").profile
    ports.accounts.change(known, replace(known, password_hash="argon-hash"))

    cells = [str(cell) for row in export_accounts(ports) for cell in row]

    assert not [cell for cell in cells if "hash" in cell or "735291" in cell]
