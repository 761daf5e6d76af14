"""Accounts, workers and trunks: what is kept comes back as it was."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from switchboard.aws.accounts import DynamoAccounts
from switchboard.aws.fleet import DynamoWorkers
from switchboard.aws.forms import pack, to_text
from switchboard.billing.account import Profile
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.trunk import Trunk
from switchboard.desk.accounts import MOST_NUMBERS, Terms, open_account, opening_of
from switchboard.errors import AlreadyExists, Conflict, Malformed, NotFound
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Opening, Page
from tests.fakes.world import ALICE, BOB, NOON, SERVICE, open_alice, retail_sheet

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)


def test_an_account_comes_back_with_its_balance(ports):
    opened = open_alice(ports)

    assert ports.accounts.get("alice") == opened
    assert list(ports.accounts.all()) == [opened]
    assert opened.balance.posted_micros == 5_000_000


@pytest.mark.parametrize("name", ["", "x" * 3_000])
def test_what_no_account_can_be_called_is_not_found(ports, name):
    with pytest.raises(NotFound):
        ports.accounts.get(name)
    with pytest.raises(NotFound):
        ports.books.balance(name)


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
        ports.accounts.open(opening("carol"), begun(bob))

    assert [account.profile.account for account in ports.accounts.all()] == ["alice"]
    assert ports.accounts.by_number(BOB) is None
    assert [*ports.books.entries("bob"), *ports.books.entries("carol")] == []


def begun(profile: Profile) -> Opening:
    return opening_of(profile, Terms(opening_micros=7), NOON)


def opening(account: str) -> Opening:
    return begun(Profile(account, account, "EUR", "retail"))


def test_accounts_are_opened_together_each_with_its_money_and_what_explains_it(ports):
    ports.accounts.open(*(opening(f"a{n:02d}") for n in range(33)))

    accounts = sorted(ports.accounts.all(), key=lambda account: account.profile.account)
    assert [one.profile.account for one in accounts] == [f"a{n:02d}" for n in range(33)]
    assert {(one.balance.posted_micros, one.balance.avail_micros) for one in accounts} == {(7, 7)}
    entry = JournalEntry("a32", "opening#balance", EntryKind.OPENING, "EUR", 7, NOON)
    assert list(ports.books.entries("a32")) == [entry]


def test_an_account_begins_with_as_many_numbers_as_one_transaction_takes(ports):
    ports.sheets.publish(retail_sheet())
    numbers = tuple(PhoneNumber(f"+4420794601{n:02d}") for n in range(MOST_NUMBERS + 1))
    profile = Profile("a", "a", "EUR", "retail", numbers=numbers[1:], login="a", pin_hash="h")

    with pytest.raises(Malformed, match="90 numbers"):
        open_account(ports, replace(profile, numbers=numbers), Terms(opening_micros=7))

    assert open_account(ports, profile, Terms(opening_micros=7)).balance.posted_micros == 7
    assert ports.accounts.by_number(numbers[-1]) == "a"


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


def test_service_numbers_are_read_part_by_part_by_their_digits(ports):
    open_alice(ports)
    added = [ServiceNumber(PhoneNumber(f"+4420794611{number:02}")) for number in range(5)]
    for service in added[::-1]:
        ports.accounts.add_service_number(service)
    ports.accounts.remove_service_number(added[1].number)

    def page(digits: str, limit: int, cursor: str | None = None):
        return ports.accounts.service_page(digits, limit=limit, cursor=cursor)

    assert page("", 9) == Page([ServiceNumber(SERVICE), added[0], *added[2:]], None)
    first = page("79461", 2)
    assert first.items == [added[0], added[2]]
    assert page("79461", 2, first.cursor) == Page(added[3:], None)
    assert page("555", 9) == Page([], None)


def test_the_last_heartbeat_counts_until_goodbye(ports):
    over = LegRecord(
        Party.DESTINATION, BOB, "carrier", HUNG_UP, seconds=7, cost_micros=1_234, burned_s={"b": 6}
    )
    second = LiveCall("carrier", 12, 3, "far", earlier=(over,), destination_answered_at=NOON)
    calls = {"c1": LiveCall("carrier", 12, None), "c2": second}
    calls["c3"] = LiveCall("carrier", 9, 9, cost_micros=27_000, trunk_micros=0)
    beat = Beat("w1", NOON, NOON + timedelta(seconds=15), 2, calls)
    earlier = replace(beat, beat_at=NOON - timedelta(microseconds=1), calls={})
    ports.workers.beat(earlier)
    ports.workers.beat(beat)
    ports.workers.beat(replace(beat, worker="w0"))

    assert ports.workers.all() == [replace(beat, worker="w0"), beat]

    for forgotten in (replace(beat, worker="w0"), replace(beat, worker="w0"), earlier):
        ports.workers.forget(forgotten)
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


def test_a_heartbeat_of_an_earlier_version_is_read_and_forgotten(ports):
    if not isinstance(ports.workers, DynamoWorkers):
        return
    beat = Beat("w1", NOON, NOON + timedelta(seconds=15), 2, {"c1": LiveCall("carrier", 12)})
    ports.workers._items(beat.worker, beat=to_text(beat)).save()

    assert ports.workers.all() == [beat]
    ports.workers.forget(beat)
    assert ports.workers.all() == []


def test_a_heartbeat_of_a_full_worker_takes_few_write_units(ports):
    calls = {uuid4().hex: LiveCall("carrier-london", 300 + at, 280 + at) for at in range(500)}
    beat = Beat("w1", NOON, NOON + timedelta(seconds=15), 500, calls)

    ports.workers.beat(beat)

    assert ports.workers.all() == [beat]
    assert len(pack(beat)) < 15 * 1024
