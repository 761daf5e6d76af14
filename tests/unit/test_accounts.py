"""Accounts: opened once, credited once, changed within their limits, signed in to."""

from dataclasses import replace

import pytest

from switchboard.billing.account import AccountType, Profile
from switchboard.desk.accounts import (
    Terms,
    all_accounts,
    correct,
    enter,
    open_account,
    set_limits,
    sign_in,
    top_up,
)
from switchboard.desk.check_books import check_books
from switchboard.desk.profiles import Changes, change_profile
from switchboard.errors import (
    AlreadyExists,
    Conflict,
    Malformed,
    NotEnoughCredit,
    NotFound,
    NotSignedIn,
)
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.money import Money
from switchboard.ports import Ports
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import MemoryBooks, memory_ports
from tests.fakes.world import ALICE, BOB, NOON, open_alice, retail_sheet

BOBS = Profile("bob", "Bob", "EUR", "retail", numbers=(BOB,), login="bob")
FIVE = Money("EUR", 5_000_000)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, passwords=PlainPasswords())
    return ports


def journal(ports: Ports, account: str) -> list[tuple[str, int]]:
    return [(entry.identity, entry.amount_micros) for entry in ports.books.entries(account)]


def test_an_opening_balance_is_a_journal_entry(ports):
    opened = open_account(ports, BOBS, Terms(opening_micros=5_000_000))

    assert opened.balance == Balance("bob", "EUR", 5_000_000, 0, 5_000_000)
    assert list(ports.books.entries("bob")) == [
        JournalEntry(
            "bob", "opening#balance", EntryKind.OPENING, "EUR", 5_000_000, ports.clock.now()
        )
    ]
    assert list(check_books(ports)) == []


def test_an_account_without_money_has_no_entries(ports):
    assert open_account(ports, BOBS, Terms()).balance == Balance("bob", "EUR")
    assert journal(ports, "bob") == []


def test_a_postpaid_account_can_spend_its_credit_limit(ports):
    postpaid = replace(BOBS, type=AccountType.POSTPAID)

    balance = open_account(ports, postpaid, Terms(credit_limit_micros=7)).balance

    assert (balance.posted_micros, balance.avail_micros) == (0, 7)
    assert list(check_books(ports)) == []


@pytest.mark.parametrize(
    ("profile", "terms", "refusal"),
    [
        ({"currency": "USD"}, {}, Malformed),
        ({"currency": "euro"}, {}, Malformed),
        ({"sheet": "nowhere"}, {}, NotFound),
        ({}, {"credit_limit_micros": 1}, Malformed),
        ({}, {"credit_limit_micros": -1}, Malformed),
        ({}, {"max_callbacks": -1}, Malformed),
        ({"account": "alice"}, {}, AlreadyExists),
        ({"login": "alice"}, {}, AlreadyExists),
        ({"numbers": (BOB, ALICE)}, {}, AlreadyExists),
    ],
)
def test_an_account_that_cannot_be_is_not_opened(ports, profile, terms, refusal):
    with pytest.raises(refusal):
        open_account(ports, replace(BOBS, **profile), Terms(**terms))

    assert [account.profile.account for account in all_accounts(ports)] == ["alice"]
    assert journal(ports, "alice") == [("opening#balance", 5_000_000)]


@pytest.mark.parametrize(
    "wrong", [{"account": "Bob"}, {"account": ""}, {"login": "b b"}, {"country": "UK\n"}]
)
def test_a_profile_is_spelt_as_it_is_looked_up(wrong):
    with pytest.raises(Malformed):
        replace(BOBS, **wrong)


def test_a_top_up_is_credited_once_however_often_it_is_sent(ports):
    for _ in range(3):
        account = top_up(ports, "alice", FIVE, reference="receipt-7")

    assert account.balance.avail_micros == 10_000_000
    assert journal(ports, "alice") == [
        ("opening#balance", 5_000_000),
        ("topup#receipt-7", 5_000_000),
    ]


def test_the_same_reference_with_another_amount_is_a_conflict(ports):
    top_up(ports, "alice", FIVE, reference="receipt-7")

    with pytest.raises(Conflict, match="receipt-7"):
        top_up(ports, "alice", Money("EUR", 1), reference="receipt-7")

    assert ports.books.balance("alice").posted_micros == 10_000_000


def test_the_same_reference_of_another_kind_is_another_entry(ports):
    top_up(ports, "alice", FIVE, reference="7")
    enter(ports, "alice", -FIVE, EntryKind.CORRECTION, reference="7")

    assert ports.books.balance("alice").posted_micros == 5_000_000


@pytest.mark.parametrize("micros", [-5_000_000, -1, 1])
def test_a_correction_is_an_entry_of_its_own_however_often_it_is_sent(ports, micros):
    for _ in range(2):
        corrected = correct(ports, "alice", Money("EUR", micros), reference="slip", note="typo")

    assert corrected.balance.posted_micros == 5_000_000 + micros
    assert journal(ports, "alice") == [
        ("correction#slip", micros),
        ("opening#balance", 5_000_000),
    ]


def test_a_correction_takes_no_more_than_can_be_spent(ports):
    with pytest.raises(NotEnoughCredit, match=r"5\.00 EUR"):
        correct(ports, "alice", Money("EUR", -5_000_001), reference="slip")

    assert journal(ports, "alice") == [("opening#balance", 5_000_000)]


def test_a_correction_of_nothing_is_refused(ports):
    with pytest.raises(Malformed, match="nothing"):
        correct(ports, "alice", Money("EUR", 0), reference="slip")


@pytest.mark.parametrize(
    ("amount", "match"),
    [(Money("USD", 5), "in EUR"), (Money("EUR", 0), "nothing"), (Money("EUR", -5), "nothing")],
)
def test_what_is_no_payment_is_refused(ports, amount, match):
    with pytest.raises(Malformed, match=match):
        top_up(ports, "alice", amount, reference="receipt-7")

    assert journal(ports, "alice") == [("opening#balance", 5_000_000)]


def test_nobody_pays_for_an_account_that_is_not_there(ports):
    with pytest.raises(NotFound, match="nobody"):
        top_up(ports, "nobody", FIVE, reference="receipt-7")


def test_limits_are_changed_one_by_one_or_together(ports):
    open_account(ports, replace(BOBS, type=AccountType.POSTPAID), Terms())

    set_limits(ports, "bob", credit_limit_micros=7, max_callbacks=None)
    account = set_limits(ports, "bob", credit_limit_micros=None, max_callbacks=9)

    balance = account.balance
    assert (balance.credit_limit_micros, balance.avail_micros, balance.max_callbacks) == (7, 7, 9)
    with pytest.raises(Malformed):
        set_limits(ports, "alice", credit_limit_micros=1, max_callbacks=None)
    with pytest.raises(Malformed):
        set_limits(ports, "bob", credit_limit_micros=None, max_callbacks=-1)


class Meddling(MemoryBooks):
    """Somebody else changes the limit first, so many times."""

    times = 1

    def set_limits(self, old: Balance, *, credit_limit_micros: int, max_callbacks: int) -> bool:
        if self.times:
            self.times -= 1
            self.balances[old.account] = self.balances[old.account].limit(1000 + self.times)
        return super().set_limits(
            old, credit_limit_micros=credit_limit_micros, max_callbacks=max_callbacks
        )


@pytest.mark.parametrize("times", [1, 10**6])
def test_limits_are_set_over_somebody_else_s_or_given_up(ports, times):
    open_account(ports, replace(BOBS, type=AccountType.POSTPAID), Terms())
    meddling = Meddling(ports.books.balances)
    meddling.times = times
    meddled = replace(ports, books=meddling, accounts=replace(ports.accounts, books=meddling))

    if times == 1:
        set_limits(meddled, "bob", credit_limit_micros=7, max_callbacks=None)
        assert meddling.balance("bob").avail_micros == 7
    else:
        with pytest.raises(Conflict):
            set_limits(meddled, "bob", credit_limit_micros=7, max_callbacks=None)


def test_a_profile_is_changed_where_something_is_given(ports):
    before = ports.accounts.get("alice").profile

    changes = Changes(name="Alice L.", add_numbers=(BOB, ALICE), remove_numbers=(ALICE,))
    after = change_profile(ports, "alice", changes).profile

    assert after == replace(before, name="Alice L.", numbers=(BOB, ALICE))
    assert change_profile(ports, "alice", Changes()).profile == after


def test_a_profile_changes_to_a_sheet_of_its_own_currency_only(ports):
    dollars = replace(retail_sheet("dollars"), terms=replace(retail_sheet().terms, currency="USD"))
    ports.sheets.publish(dollars)
    before = ports.accounts.get("alice")

    with pytest.raises(Malformed, match="USD"):
        change_profile(ports, "alice", Changes(sheet="dollars"))
    with pytest.raises(NotFound):
        change_profile(ports, "alice", Changes(sheet="nowhere"))

    assert ports.accounts.get("alice") == before


def test_a_login_is_somebody_s_with_the_right_password(ports):
    passwords = PlainPasswords()

    assert sign_in(ports, passwords, "alice", "wonderland").profile.account == "alice"

    messages = set()
    for login, password in [("alice", "wrong"), ("nobody", "wonderland"), ("", "")]:
        with pytest.raises(NotSignedIn) as caught:
            sign_in(ports, passwords, login, password)
        messages.add(caught.value.message)
    assert len(messages) == 1


def test_an_account_without_a_password_cannot_be_signed_in_to(ports):
    open_account(ports, BOBS, Terms())

    with pytest.raises(NotSignedIn):
        sign_in(ports, PlainPasswords(), "bob", "")


def test_accounts_are_listed_by_their_id(ports):
    open_account(ports, replace(BOBS, account="aaron"), Terms())

    assert [account.profile.account for account in all_accounts(ports)] == ["aaron", "alice"]


def test_a_hold_does_not_hinder_a_payment(ports):
    ports.books.reserve("alice", "c1", Hold(5_000_000, "n1", NOON))

    assert top_up(ports, "alice", FIVE, reference="7").balance.avail_micros == 5_000_000
    assert list(check_books(ports)) == []
