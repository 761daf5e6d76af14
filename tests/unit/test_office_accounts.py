"""Accounts as operators see and change them: found, listed, logged, and only their own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.account import AccountType, Profile
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.office import accounts as office
from switchboard.desk.office.accounts import NewLimits, Search, list_accounts
from switchboard.desk.profiles import Changes
from switchboard.errors import NoRight, NotAllowed, NotFound
from switchboard.money import Money
from switchboard.staff.audit import OTHER_SECRET, SECRET, Change
from switchboard.staff.rights import READY_MADE, Role, rights_of
from switchboard.staff.users import Operator, at_command_line
from tests.fakes.ports import memory_ports
from tests.fakes.world import open_alice

ROOT = at_command_line("root")
RESELLER = Operator(
    "rita",
    Role("reseller", rights_of("accounts:*", "money:*", "calls:*"), own_accounts_only=True),
    "console",
    "10.0.0.1",
)


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    for number in range(30):
        owner = "rita" if number % 3 == 0 else None
        kind = AccountType.POSTPAID if number % 2 else AccountType.PREPAID
        name = f"Customer {29 - number:02}"
        profile = Profile(f"c{number:02}", name, "EUR", "retail", type=kind, owner=owner)
        open_account(ports, profile, Terms(active=number % 5 != 0))
    return ports


def ids(page) -> list[str]:
    return [account.profile.account for account in page.items]


def all_ids(ports, by, search, limit) -> list[str]:
    found, cursor = [], None
    for _ in range(100):
        page = list_accounts(ports, by, search, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += ids(page)
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("a list without an end")


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_a_list_goes_on_part_by_part_to_its_end(ports, limit):
    numbers = [f"c{number:02}" for number in range(30)]

    assert all_ids(ports, ROOT, Search(), limit) == ["alice", *numbers]
    assert all_ids(ports, ROOT, Search(by_name=True), limit) == ["alice", *numbers[::-1]]
    assert all_ids(ports, ROOT, Search(active=False), limit) == numbers[::5]
    assert all_ids(ports, ROOT, Search(type=AccountType.POSTPAID), limit) == numbers[1::2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c0", [f"c0{number}" for number in range(10)]),
        ("customer 2", [f"c0{number}" for number in range(9, -1, -1)]),
        ("+44 20 7123 4567", ["alice"]),
        ("ALICE", ["alice"]),
        ("nobody", []),
    ],
)
def test_a_text_finds_ids_names_logins_and_phones(ports, text, expected):
    assert ids(list_accounts(ports, ROOT, Search(text), limit=20)) == expected


def test_an_account_of_somebody_else_does_not_exist(ports):
    assert all_ids(ports, RESELLER, Search(), 4) == [f"c{number:02}" for number in range(0, 30, 3)]
    assert ids(list_accounts(ports, RESELLER, Search("c0"), limit=20)) == "c00 c03 c06 c09".split()
    assert office.find_account(ports, RESELLER, "c03").profile.owner == "rita"
    euro = Money("EUR", 1)
    for deed in (
        lambda: office.find_account(ports, RESELLER, "alice"),
        lambda: office.calls_of(ports, RESELLER, "alice", limit=1),
        lambda: office.callbacks_of(ports, RESELLER, "alice", limit=1),
        lambda: office.latest_entries(ports, RESELLER, "alice", limit=1),
        lambda: office.block_account(ports, RESELLER, "alice"),
        lambda: office.unblock_account(ports, RESELLER, "alice"),
        lambda: office.top_up(ports, RESELLER, "alice", euro, reference="r"),
        lambda: office.correct(ports, RESELLER, "alice", euro, reference="r", note="n"),
        lambda: office.change_profile(ports, RESELLER, "alice", Changes(name="x")),
        lambda: office.change_account(ports, RESELLER, "alice", Changes(), NewLimits()),
    ):
        with pytest.raises(NotFound, match="there is no account alice"):
            deed()
    assert ports.audit.kept == {}


def test_an_owner_does_not_give_an_account_away(ports):
    for owner in ("joe", ""):
        with pytest.raises(NotAllowed):
            office.change_profile(ports, RESELLER, "c03", Changes(owner=owner))


def test_a_deed_is_logged_with_who_when_from_where_and_what_changed(ports):
    ports.clock.pass_by(timedelta(seconds=1))
    office.top_up(ports, RESELLER, "c03", Money("EUR", 2_500_000), reference="r1")

    [entry] = ports.audit.kept.values()
    assert (entry.at, entry.by, entry.role) == (ports.clock.now(), "rita", "reseller")
    assert (entry.door, entry.address) == ("console", "10.0.0.1")
    assert (entry.deed, entry.about) == ("top up", "account c03")
    assert entry.changes == (
        Change("balance", "0.00 EUR", "2.50 EUR"),
        Change("reference", "", "r1"),
    )


def test_what_changed_nothing_is_not_logged(ports):
    once = Money("EUR", 2_500_000)
    office.top_up(ports, ROOT, "alice", once, reference="r1")
    office.top_up(ports, ROOT, "alice", once, reference="r1")
    office.unblock_account(ports, ROOT, "alice")
    office.change_profile(ports, ROOT, "alice", Changes(name="Alice"))

    assert [entry.deed for entry in ports.audit.kept.values()] == ["top up"]


def test_a_secret_is_never_logged(ports):
    changes = Changes(password_hash="$argon2id$1", pin_hash="0f" * 32, email="a@example.com")
    office.change_profile(ports, ROOT, "alice", changes)

    [entry] = ports.audit.kept.values()
    assert set(entry.changes) == {
        Change("password_hash", "", OTHER_SECRET),
        Change("pin_hash", "", OTHER_SECRET),
        Change("email", "", "a@example.com"),
    }
    office.change_profile(ports, ROOT, "alice", replace(Changes(), pin_hash=""))
    assert Change("pin_hash", SECRET, "") in list(ports.audit.kept.values())[-1].changes


def test_blocking_and_limits_are_logged_as_people_say_them(ports):
    office.block_account(ports, ROOT, "c01")
    limits = NewLimits(5_000_000, 2, {"all": 20_000_000})
    office.change_account(ports, ROOT, "c01", Changes(name="One"), limits)

    block, change = ports.audit.kept.values()
    assert block.changes == (Change("status", "active", "blocked"),)
    assert change.changes == (
        Change("name", "Customer 28", "One"),
        Change("credit_limit", "0.00 EUR", "5.00 EUR"),
        Change("max_callbacks", "5", "2"),
        Change("daily_limits", "", "all 20.00"),
    )


def test_a_profile_and_limits_together_need_both_rights(ports):
    for name in ("support", "finance"):
        by = Operator("jane", READY_MADE[name], "console")
        with pytest.raises(NoRight):
            office.change_account(ports, by, "alice", Changes(), NewLimits(max_callbacks=9))
