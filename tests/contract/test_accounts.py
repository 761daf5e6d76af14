"""Accounts, workers and trunks: what is kept comes back as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.aws.accounts import DynamoAccounts
from switchboard.billing.account import Profile
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.trunk import Trunk
from switchboard.errors import AlreadyExists, Conflict, NotFound
from switchboard.ledger.balance import Balance
from switchboard.ports import Directory
from tests.fakes.world import ALICE, BOB, NOON, SERVICE, open_alice


def test_an_account_comes_back_with_its_balance(ports):
    opened = open_alice(ports)

    assert ports.accounts.get("alice") == opened
    assert list(ports.accounts.all()) == [opened]
    assert opened.balance.posted_micros == 5_000_000


def test_what_is_nobodys_is_not_found(ports):
    with pytest.raises(NotFound, match="nobody"):
        ports.accounts.get("nobody")
    assert ports.accounts.by_number(BOB) is None
    assert ports.accounts.by_login("nobody") is None


@pytest.mark.parametrize(
    "taken", [{"account": "alice"}, {"login": "alice"}, {"numbers": (BOB, ALICE)}]
)
def test_an_identity_belongs_to_one_account(ports, taken):
    open_alice(ports)
    bob = replace(Profile("bob", "Bob", "EUR", "retail", login="bob", numbers=(BOB,)), **taken)

    with pytest.raises(AlreadyExists, match=r"alice|4567"):
        ports.accounts.open(bob, Balance(bob.account, "EUR"))

    assert [account.profile.account for account in ports.accounts.all()] == ["alice"]
    assert ports.accounts.by_number(BOB) is None


def test_a_changed_profile_is_found_by_its_new_identities(ports):
    old = open_alice(ports).profile
    new = replace(old, numbers=(BOB,), login="wonder")

    ports.accounts.change(old, new)

    assert ports.accounts.get("alice").profile == new
    assert (ports.accounts.by_number(BOB), ports.accounts.by_number(ALICE)) == ("alice", None)
    assert (ports.accounts.by_login("wonder"), ports.accounts.by_login("alice")) == ("alice", None)


def test_a_profile_is_changed_only_from_what_was_read(ports):
    old = open_alice(ports).profile
    ports.accounts.change(old, replace(old, name="Alice L."))

    with pytest.raises(Conflict):
        ports.accounts.change(old, replace(old, name="Alice P."))


def test_a_sender_and_a_service_number_are_looked_up_together(ports):
    open_alice(ports)
    did = ServiceNumber(BOB, ServiceMode.DID, "alice", ALICE)
    ports.accounts.add_service_number(did)

    assert ports.accounts.look_up(ALICE, SERVICE) == Directory("alice", ServiceNumber(SERVICE))
    assert ports.accounts.look_up(SERVICE, BOB) == Directory(None, did)
    assert ports.accounts.look_up(BOB, ALICE) == Directory(None, None)
    assert ports.accounts.look_up(None, BOB) == Directory(None, did)
    assert ports.accounts.service_numbers() == [did, ServiceNumber(SERVICE)]


def test_a_service_number_is_added_once(ports):
    open_alice(ports)

    with pytest.raises(AlreadyExists, match="0000"):
        ports.accounts.add_service_number(ServiceNumber(SERVICE))


def test_a_service_number_is_changed_from_what_was_read_and_removed_once(ports):
    open_alice(ports)
    old = ServiceNumber(SERVICE)
    new = replace(old, language="fr", delay=timedelta(seconds=5))

    assert ports.accounts.change_service_number(old, new)
    assert not ports.accounts.change_service_number(old, replace(old, language="es"))
    assert ports.accounts.service_numbers() == [new]
    assert ports.accounts.remove_service_number(SERVICE)
    assert not ports.accounts.remove_service_number(SERVICE)
    assert not ports.accounts.change_service_number(new, old)
    assert ports.accounts.service_numbers() == []


def test_it_is_known_which_numbers_are_service_numbers(ports):
    assert not ports.accounts.is_service_number(SERVICE)
    open_alice(ports)
    ports.accounts.add_service_number(ServiceNumber(BOB))

    assert ports.accounts.is_service_number(SERVICE)
    assert ports.accounts.is_service_number(BOB)
    assert not ports.accounts.is_service_number(ALICE)
    ports.accounts.remove_service_number(BOB)
    assert not ports.accounts.is_service_number(BOB)
    assert ports.accounts.is_service_number(SERVICE)


def test_the_service_numbers_of_an_older_system_are_known_as_such(ports):
    open_alice(ports)
    if isinstance(ports.accounts, DynamoAccounts):
        ports.accounts._identities("services").delete()

    assert ports.accounts.is_service_number(SERVICE)
    ports.accounts.add_service_number(ServiceNumber(BOB))
    assert ports.accounts.is_service_number(SERVICE)


def test_the_last_heartbeat_counts_until_goodbye(ports):
    calls = {"c1": LiveCall("carrier", 12, None)}
    beat = Beat("w1", NOON, NOON + timedelta(seconds=15), 2, calls)
    ports.workers.beat(replace(beat, calls={}))
    ports.workers.beat(beat)
    ports.workers.beat(replace(beat, worker="w0"))

    assert ports.workers.all() == [replace(beat, worker="w0"), beat]

    ports.workers.forget(replace(beat, worker="w0"))
    ports.workers.forget(replace(beat, worker="w0"))
    ports.workers.forget(replace(beat, calls={}))
    assert ports.workers.all() == [beat]


def test_trunks_come_in_the_order_of_choice(ports):
    second = Trunk("a", "sip.example.net", 5062, 20, ("user", "secret"))
    first = Trunk("b", "127.0.0.1", 5070, 5)
    ports.trunks.save(second)
    ports.trunks.save(replace(first, port=1))
    ports.trunks.save(first)

    assert ports.trunks.all() == [first, second]
    assert ports.trunks.remove("b")
    assert not ports.trunks.remove("b")
    assert ports.trunks.all() == [second]
