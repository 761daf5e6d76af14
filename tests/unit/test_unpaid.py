"""What is not paid: grace, suspension of an item or its account, and what resumes it."""

from dataclasses import replace

import pytest

from switchboard.billing.account import AccountType, Profile
from switchboard.billing.catalogue import Unpaid
from switchboard.billing.periods import Anchor
from switchboard.billing.recurring import Did
from switchboard.billing.subscriptions import Deal, State
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.check_books import check_books
from switchboard.desk.recurring import run_recurring
from switchboard.desk.subscriptions import (
    end_subscription,
    keep_blocked,
    subscribe,
)
from tests.fakes.recurring_world import (
    alices_system,
    charges,
    pay,
    run_on,
    state,
    take,
)


def test_what_is_not_paid_has_grace_and_is_suspended_then():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports, grace_days=3)

    states = []
    for day in ("2026-07-01", "2026-07-03", "2026-07-04", "2026-07-20"):
        report = run_on(ports, day)
        states.append((state(ports), [one.did for one in report.done], len(report.waiting)))

    assert states == [
        (State.UNPAID, [Did.UNPAID], 1),
        (State.UNPAID, [], 1),
        (State.SUSPENDED, [Did.SUSPENDED], 1),
        (State.SUSPENDED, [], 1),
    ]
    assert ports.books.balance("alice").posted_micros == 0


def test_money_within_grace_pays_the_whole_period():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports)
    run_on(ports, "2026-07-01")
    pay(ports, 30_000_000)

    run_on(ports, "2026-07-03")

    assert charges(ports)[-1] == ("line#2026-07-01", "-30.00")
    assert state(ports) is State.ACTIVE


@pytest.mark.parametrize(
    ("anchor", "paid"),
    [(Anchor.CALENDAR, "-11.61"), (Anchor.ANNIVERSARY, "-30.00")],
)
def test_for_the_time_it_was_suspended_nothing_is_charged(anchor, paid):
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports, anchor=anchor)
    run_on(ports, "2026-07-01")
    run_on(ports, "2026-07-04")
    pay(ports, 30_000_000)

    report = run_on(ports, "2026-07-20")

    assert charges(ports)[1:] == [("line#2026-07-01", paid)]
    assert [one.did for one in report.done] == [Did.RESUMED]
    assert state(ports) is State.ACTIVE


def test_an_account_is_blocked_until_it_pays():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports, unpaid=Unpaid.SUSPEND_ACCOUNT, grace_days=0)
    run_on(ports, "2026-07-01")
    blocked = not ports.books.balance("alice").active
    pay(ports, 60_000_000)
    run_on(ports, "2026-07-02")

    assert blocked
    assert ports.books.balance("alice").active


@pytest.mark.parametrize("first", [True, False])
def test_a_payment_does_not_unblock_what_an_operator_blocked(first):
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports, unpaid=Unpaid.SUSPEND_ACCOUNT, grace_days=0)
    if first:
        keep_blocked(ports, "alice")
    run_on(ports, "2026-07-01")
    keep_blocked(ports, "alice")
    pay(ports, 60_000_000)

    run_on(ports, "2026-07-02")

    assert state(ports) is State.ACTIVE
    assert not ports.books.balance("alice").active


def test_a_payment_that_comes_between_does_not_undo_a_block():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports, unpaid=Unpaid.SUSPEND_ACCOUNT, grace_days=0)
    run_on(ports, "2026-07-01")
    pay(ports, 60_000_000)
    subscriptions = ports.subscriptions

    class PaidMeanwhile:
        def __getattr__(self, name):
            return getattr(subscriptions, name)

        def of(self, account):
            found = subscriptions.of(account)
            run_recurring(ports)
            return found

    keep_blocked(replace(ports, subscriptions=PaidMeanwhile()), "alice")

    assert state(ports) is State.ACTIVE
    assert not ports.books.balance("alice").active


def test_who_was_unblocked_by_an_operator_resumes_when_there_is_money():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports, unpaid=Unpaid.SUSPEND_ACCOUNT, grace_days=0)
    run_on(ports, "2026-07-01")
    ports.books.set_active("alice", active=True)
    pay(ports, 60_000_000)

    report = run_on(ports, "2026-07-02")

    assert report.failed == ()
    assert state(ports) is State.ACTIVE
    assert ports.books.balance("alice").active


def test_an_item_may_take_an_account_below_zero():
    ports = alices_system("2026-06-01", opening_micros=0)

    take(ports, unpaid=Unpaid.GO_NEGATIVE)

    assert ports.books.balance("alice").posted_micros == -30_000_000
    assert list(check_books(ports)) == []


def test_a_postpaid_account_is_charged_whatever_its_limit():
    ports = alices_system("2026-06-01")
    bob = Profile("bob", "Bob", "EUR", "retail", type=AccountType.POSTPAID)
    open_account(ports, bob, Terms())
    take(ports)

    subscribe(ports, "bob", Deal("line"))

    assert ports.books.balance("bob").posted_micros == -30_000_000


def test_what_ends_before_it_was_paid_is_not_owed():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    take(ports)
    run_on(ports, "2026-07-01")

    end_subscription(ports, "alice", "line")
    pay(ports, 60_000_000)
    run_on(ports, "2026-07-05")

    assert charges(ports) == [("line#2026-06-01", "-30.00")]
    assert state(ports) is State.ENDED
