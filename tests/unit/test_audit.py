"""Each invariant of the books, broken on purpose, is named; and none other."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from switchboard.billing.account import AccountType
from switchboard.billing.periods import Period
from switchboard.billing.subscriptions import Deal, Paid, Subscription
from switchboard.calls.callback import Callback, State
from switchboard.desk.accounts import enter, set_limits
from switchboard.desk.check_books import check_books
from switchboard.desk.purse import Purse
from switchboard.desk.sweep import LOST
from switchboard.desk.till import Till
from switchboard.ledger.audit import Breach
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.entries import EntryKind, SettlementKind
from switchboard.money import Money
from switchboard.ports import Opening, Ports
from tests.fakes.claims import HUNG_UP, claimed, held, later, record, ring
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
    """Charge a million more for twenty minutes more, which the account had no money for."""
    [(key, cdr)] = ports.books.closed.items()
    long = record(ports.callbacks.find(cdr.callback), 1260, 1260)
    assert long.settlement.charge_micros == cdr.settlement.charge_micros + 1_000_000
    ports.books.closed[key] = long
    charge_micros = long.settlement.charge_micros - (late_micros or 0)
    tamper_record(
        ports, kind=SettlementKind.EXPIRE, charge_micros=charge_micros, late_micros=late_micros
    )
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
    give_credit(ports, 60_000)
    overspend(ports, None)

    assert list(check_books(ports)) == []


def give_credit(ports: Ports, limit_micros: int) -> None:
    profile = ports.accounts.profiles["alice"]
    ports.accounts.profiles["alice"] = replace(profile, type=AccountType.POSTPAID)
    set_limits(ports, "alice", credit_limit_micros=limit_micros, max_callbacks=None)


def test_a_credit_limit_may_be_lowered_below_what_is_used(ports):
    give_credit(ports, 60_000)
    overspend(ports, None)

    give_credit(ports, 10_000)

    assert ports.books.balance("alice").posted_micros == -60_000
    assert list(check_books(ports)) == []


def test_a_call_that_runs_while_the_limit_is_lowered_is_no_breach(ports):
    give_credit(ports, 400_000)
    overspend(ports, None)
    [running] = ports.books.balance("alice").holds

    give_credit(ports, 0)
    Till(ports.books).settle(record(ports.callbacks.find(running), 240, 240))

    assert ports.books.balance("alice").posted_micros == -270_000
    assert list(check_books(ports)) == []


def test_a_lower_limit_excuses_no_more_than_was_used_of_it(ports):
    give_credit(ports, 2_000_000)
    give_credit(ports, 59_999)

    overspend(ports, None)

    assert [rule.partition(" but ")[0] for rule in rules(ports)] == ["never beyond the limit"]


def test_a_lower_limit_excuses_nothing_any_more_once_it_is_paid(ports):
    give_credit(ports, 60_000)
    overspend(ports, None)
    give_credit(ports, 0)
    enter(ports, "alice", Money("EUR", 460_000), EntryKind.TOP_UP, reference="r")
    give_credit(ports, 0)

    assert ports.books.balance("alice").lowered_micros == 0


def test_a_prepaid_account_with_credit_is_named(ports):
    ports.books.balances["alice"] = ports.books.balance("alice").limit(60_000)

    assert rules(ports) == ["a prepaid account has no credit limit"]


def test_a_price_that_was_not_quoted_is_named_with_its_leg(ports):
    [(key, cdr)] = ports.books.closed.items()
    cheaper = replace(cdr.destination, cost_micros=cdr.destination.cost_micros - 1)
    ports.books.closed[key] = replace(cdr, destination=cheaper)
    tamper_record(ports, charge_micros=59_999)
    ports.books.balances["alice"] = ports.books.balance("alice").post(1)

    rule = f"the destination leg of {cdr.callback} costs what was quoted"
    assert list(check_books(ports)) == [Breach("alice", rule, "0.039999, should be 0.04")]


def being_rung(ports: Ports) -> tuple[Callback, Purse]:
    """Of another pair of phones than the callback that runs already."""
    callback = claimed(ports, "3", destination=None)
    purse = held(ports, callback)
    ring(ports, callback)
    return callback, purse


def test_a_callback_that_rang_and_has_no_record_is_named(ports):
    callback, purse = being_rung(ports)
    ports.callbacks.finish(callback.id, State.ENDED, HUNG_UP, NOON, worker="w1")
    assert list(check_books(ports)) == []

    Till(ports.books).drop("alice", callback.id, purse.hold)

    assert rules(ports) == [f"a callback that rang has a record: {callback.id}"]


def test_a_callback_whose_worker_was_given_up_before_it_rang_needs_no_record(ports):
    callback, purse = being_rung(ports)
    ports.callbacks.finish(callback.id, State.ENDED, LOST, NOON, worker="w1")

    Till(ports.books).drop("alice", callback.id, purse.hold)

    assert list(check_books(ports)) == []


def test_a_record_of_no_callback_is_named(ports):
    [cdr] = ports.books.closed.values()
    del ports.callbacks.placed[cdr.callback]

    assert rules(ports) == [f"a record is of a callback: {cdr.callback}"]


def test_a_second_record_of_a_callback_is_named(ports):
    [cdr] = ports.books.closed.values()
    ports.books.closed["alice", "again"] = replace(cdr, requested_at=NOON)
    ports.books.balances["alice"] = ports.books.balance("alice").post(-60_000)

    assert rules(ports) == [f"one record a callback: {cdr.callback}"]


def test_a_hold_that_no_sweep_ended_is_named(ports):
    [running] = ports.books.balance("alice").holds
    ports.clock.at = NOON + timedelta(minutes=15)
    assert list(check_books(ports)) == []

    later(ports, seconds=1)

    rule = f"a sweep ends what outlives its time: the hold of {running}"
    assert list(check_books(ports)) == [Breach("alice", rule, "it ended at 2026-01-02T12:00:00Z")]


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
    lucky = Balance("bob", "EUR", posted_micros=1, avail_micros=1)
    ports.accounts.open(Opening(profile, lucky, None))

    assert [breach.account for breach in check_books(ports)] == ["bob"]


def test_a_span_that_is_paid_by_no_entry_is_named(ports):
    paid = Paid("recurring#line#2026-01-02", Period(NOON.date(), date(2026, 2, 1)), 1, 31)
    line = replace(Subscription.new("alice", "line", Deal("line"), NOON.date()), paid=paid)
    ports.subscriptions.add(line, NOON)

    assert list(check_books(ports)) == [
        Breach(
            "alice",
            "what is paid was entered: subscription line",
            "no recurring#line#2026-01-02",
        )
    ]
