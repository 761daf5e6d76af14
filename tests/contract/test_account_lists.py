"""Lists of accounts: by id, by name and by owner, part by part."""

from dataclasses import replace

import pytest

from switchboard.billing.account import Account, Profile
from switchboard.desk.accounts import Terms, opening_of
from switchboard.errors import Malformed
from switchboard.ports import Listing
from tests.fakes.world import NOON

NAMES = {"a1": "zoe", "a2": "Émile", "b1": "Adam", "b2": "adam", "c1": "Zed"}


@pytest.fixture
def accounts(ports):
    for account, name in NAMES.items():
        owner = "jane" if account.endswith("1") else None
        profile = Profile(account, name, "EUR", "retail", owner=owner)
        ports.accounts.open(opening_of(profile, Terms(5_000_000), NOON))
    return ports.accounts


def all_of(accounts, listing: Listing, limit: int = 2) -> list[str]:
    found, cursor = [], None
    while True:
        page = accounts.page(listing, limit=limit, cursor=cursor)
        found += [account.profile.account for account in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_accounts_are_listed_by_id_by_name_and_by_owner(accounts, limit):
    assert all_of(accounts, Listing(), limit) == ["a1", "a2", "b1", "b2", "c1"]
    assert sorted(all_of(accounts, Listing(by_name=True), limit)[:2]) == ["b1", "b2"]
    assert all_of(accounts, Listing(by_name=True), limit)[2:] == ["c1", "a1", "a2"]
    assert all_of(accounts, Listing("jane"), limit) == ["a1", "b1", "c1"]
    assert all_of(accounts, Listing("joe"), limit) == []


def test_a_list_may_begin_with_the_same_letters(accounts):
    assert all_of(accounts, Listing(begins="b")) == ["b1", "b2"]
    assert all_of(accounts, Listing(by_name=True, begins="ZE")) == ["c1"]


def test_a_part_holds_whole_accounts(accounts):
    [first] = accounts.page(Listing(), limit=1, cursor=None).items

    whole = accounts.get("a1")
    assert first == Account(whole.profile, whole.balance)


def test_a_list_follows_what_changes_of_a_profile(accounts):
    known = accounts.get("a1").profile

    accounts.change(known, replace(known, name="Aaron", owner=None))

    assert all_of(accounts, Listing(by_name=True))[0] == "a1"
    assert all_of(accounts, Listing("jane")) == ["b1", "c1"]


def test_a_strange_cursor_is_refused(accounts):
    for cursor in ("bm90IG91cnM=", "%%", "WzFd", "bnVsbA=="):
        with pytest.raises(Malformed):
            accounts.page(Listing(), limit=2, cursor=cursor)
