"""Each invariant of the books, broken on purpose, is named; and none other."""

from dataclasses import replace

import pytest

from switchboard.desk.accounts import enter
from switchboard.desk.check_books import check_books
from switchboard.desk.till import Till
from switchboard.ledger.audit import Breach
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.entries import EntryKind, SettlementKind
from switchboard.money import Money
from switchboard.ports import Ports
from tests.fakes.claims import claimed, record
from tests.fakes.ports import MemoryBooks, memory_ports
from tests.fakes.world import NOON, open_alice

HOLD = Hold(400_000, "n1", NOON)


@pytest.fixture
def ports() -> Ports:
    """One call is settled, one runs."""
    ports = memory_ports()
    open_alice(ports, opening_micros=1_000_000)
    over, running = claimed(ports, "1"), claimed(ports, "2")
    for callback in (over, running):
        ports.books.reserve("alice", callback.id, HOLD)
    Till(ports.books).settle(record(over, 60, 60))
    return ports


def tamper(ports: Ports, **changes) -> None:
    ports.books.balances["alice"] = replace(ports.books.balance("alice"), **changes)


def tamper_record(ports: Ports, **changes) -> str:
    [(key, cdr)] = ports.books.closed.items()
    ports.books.closed[key] = replace(cdr, settlement=replace(cdr.settlement, **changes))
    return cdr.callback


def rules(ports: Ports) -> list[str]:
    return [breach.rule for breach in check_books(ports)]


def test_books_in_order_have_no_breach(ports):
    assert list(check_books(ports)) == []


def test_a_hold_that_nobody_counted_is_named(ports):
    tamper(ports, held_micros=400_001, avail_micros=539_999)

    assert list(check_books(ports)) == [
        Breach("alice", "held = sum of holds", "0.400001, should be 0.40")
    ]


def test_money_that_is_not_available_is_named(ports):
    tamper(ports, avail_micros=540_001)

    assert list(check_books(ports)) == [
        Breach("alice", "avail = posted + limit - held", "0.540001, should be 0.54")
    ]


def test_money_that_no_entry_explains_is_named(ports):
    tamper(ports, posted_micros=940_001, avail_micros=540_001)

    assert rules(ports) == ["posted = journal + CDRs"]


def test_an_entry_that_was_not_posted_is_named(ports):
    kept = ports.books.balance("alice")
    enter(ports, "alice", Money("EUR", 7), EntryKind.TOP_UP, reference="7")
    ports.books.balances["alice"] = kept

    assert rules(ports) == ["posted = journal + CDRs"]


def test_a_record_that_was_lost_is_named(ports):
    ports.books.closed.clear()

    assert rules(ports) == ["posted = journal + CDRs"]


def test_a_charge_that_was_not_rated_is_named_with_its_callback(ports):
    callback = tamper_record(ports, charge_micros=60_001)
    tamper(ports, posted_micros=939_999, avail_micros=539_999)

    assert list(check_books(ports)) == [
        Breach("alice", f"charged = rated in {callback}", "0.060001, should be 0.06")
    ]


def test_a_record_that_waits_for_its_hold_is_no_breach(ports):
    [running] = ports.books.balance("alice").holds

    ports.books.close(record(ports.callbacks.find(running), 60, 60))

    assert list(check_books(ports)) == []


def test_a_record_that_another_attempt_s_hold_hides_is_named(ports):
    [running] = ports.books.balance("alice").holds

    ports.books.close(record(ports.callbacks.find(running), 60, 60, nonce="n2"))

    assert rules(ports) == ["posted = journal + CDRs"]


def overspend(ports: Ports, late_micros: int | None) -> None:
    """Charge a million too much, so that every sum is right and the balance is not."""
    callback = tamper_record(
        ports, kind=SettlementKind.EXPIRE, charge_micros=1_060_000 - (late_micros or 0)
    )
    tamper_record(ports, late_micros=late_micros)
    key = ("alice", callback)
    cdr = ports.books.closed[key]
    leg = replace(cdr.customer, cost_micros=cdr.customer.cost_micros + 1_000_000)
    ports.books.closed[key] = replace(cdr, customer=leg)
    ports.books.balances["alice"] = ports.books.balance("alice").post(-1_000_000)


@pytest.mark.parametrize("late_micros", [None, 59_999])
def test_a_balance_beyond_its_limit_is_named(ports, late_micros):
    overspend(ports, late_micros)

    [breach] = check_books(ports)

    assert breach.rule.startswith("never beyond the limit")
    assert breach.found == "-0.06"
    assert str(breach).startswith("alice: never beyond the limit")


def test_a_balance_may_go_as_far_beyond_its_limit_as_a_late_record_takes_it(ports):
    overspend(ports, late_micros=60_000)

    assert list(check_books(ports)) == []


def test_a_balance_may_go_as_far_beyond_its_limit_as_an_entry_takes_it(ports):
    fraud = Money("EUR", -1_000_000)

    enter(ports, "alice", fraud, EntryKind.CORRECTION, reference="chargeback")

    assert ports.books.balance("alice").posted_micros == -60_000
    assert list(check_books(ports)) == []


def test_a_credit_limit_is_there_to_be_used(ports):
    kept = ports.books.balance("alice")
    ports.books.balances["alice"] = kept.limit(60_000)
    overspend(ports, None)

    assert list(check_books(ports)) == []


class Busy(MemoryBooks):
    """A top-up comes while the account is read for the first time."""

    read = False

    def entries(self, account: str):
        found = list(super().entries(account))
        if not self.read:
            self.read = True
            found = found[:0]
        return iter(found)


def test_an_account_that_changes_while_it_is_read_is_read_again(ports):
    books = ports.books
    busy = Busy(books.balances, books.journal, books.closed)

    assert list(check_books(replace(ports, books=busy))) == []
    assert busy.read


def test_the_books_of_every_account_are_checked(ports):
    profile = replace(ports.accounts.profiles["alice"], account="bob", numbers=(), login=None)
    ports.accounts.open(profile, Balance("bob", "EUR", posted_micros=1, avail_micros=1))

    assert [breach.account for breach in check_books(ports)] == ["bob"]
