"""Subscriptions and the catalogue: kept as they are, found when they are due, advanced once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.billing.account import Profile
from switchboard.billing.catalogue import Item, Proration, Unpaid
from switchboard.billing.periods import Anchor, Interval, Period, Unit
from switchboard.billing.plans import Allowance, Group, Plan
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.billing.subscriptions import Deal, Paid, State, Subscription, Wish
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.check_books import check_books
from switchboard.desk.foretelling import End, Rearrange, Subscribe, TakePlan, foretell
from switchboard.desk.recurring import run_recurring
from switchboard.desk.subscriptions import subscribe
from switchboard.ledger.balance import Balance
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.ports import Opening
from tests.contract.conftest import CREDENTIALS, REGION
from tests.fakes.world import ALICE, BOB, CAROL, NOON, open_alice
from tests.meters import metered

TODAY = date(2026, 1, 2)
NEW = Subscription.new("alice", "line", Deal("line"), TODAY)
FULL = replace(
    NEW,
    state=State.UNPAID,
    wish=Wish(date(2026, 3, 1), Deal("other", 2, 5)),
    paid=Paid("recurring#line#2026-01-02", Period(TODAY, date(2026, 2, 1)), 30_000_000, 31),
    part=1,
    rest=True,
    set_up=True,
    unpaid_since=TODAY,
    blocks=True,
    followed_on=TODAY,
)


def test_the_catalogue_comes_back_as_it_was_saved(ports):
    group, other = Group("uk", ("44", "353")), Group("asia", ("81",))
    allowance = Allowance("talk", "uk", 60, 2, 30, True, 300, 600, 1, True, TODAY, date(2026, 2, 1))
    plan = Plan("world", "The world", (allowance,))
    item = Item(
        *("line", "EUR", 30_000_000, "A line", 5, Interval(Unit.DAY, 10), Anchor.ANNIVERSARY),
        *((Proration.END,), 4, 7, Unpaid.SUSPEND_ACCOUNT, "world"),
    )
    catalogue = ports.catalogue
    for kept in (group, other):
        catalogue.save_group(kept)
    catalogue.save_plan(Plan("world"))
    catalogue.save_plan(plan)
    catalogue.save_item(item)
    catalogue.save_item(Item("bare", "EUR", 0))

    assert catalogue.groups() == [other, group]
    assert catalogue.plans() == [plan]
    assert catalogue.items() == [Item("bare", "EUR", 0), item]
    assert (catalogue.remove_group("uk"), catalogue.remove_group("uk")) == (True, False)
    assert (catalogue.remove_plan("world"), catalogue.remove_plan("world")) == (True, False)
    assert (catalogue.remove_item("bare"), catalogue.remove_item("bare")) == (True, False)
    assert (catalogue.groups(), catalogue.plans(), catalogue.items()) == ([other], [], [item])


def test_a_subscription_comes_back_as_it_was_written(ports):
    open_alice(ports)

    assert ports.subscriptions.add(NEW, NOON)
    added = ports.subscriptions.find("alice", "line")
    assert ports.subscriptions.advance(added, replace(FULL, version=1), NOON)

    kept = replace(FULL, version=2)
    assert added == replace(NEW, version=1)
    assert ports.subscriptions.find("alice", "line") == kept
    assert ports.subscriptions.of("alice") == [kept]
    assert [*ports.subscriptions.all()] == [kept]
    assert ports.subscriptions.find("alice", "other") is None


def test_a_name_is_subscribed_to_once_and_a_lost_reply_is_no_second_time(ports):
    open_alice(ports)

    assert ports.subscriptions.add(NEW, NOON)
    assert ports.subscriptions.add(NEW, NOON)
    assert not ports.subscriptions.add(replace(NEW, deal=Deal("other")), NOON)


def test_a_subscription_is_advanced_from_what_was_read(ports):
    open_alice(ports)
    ports.subscriptions.add(NEW, NOON)
    old = ports.subscriptions.find("alice", "line")

    assert ports.subscriptions.advance(old, replace(old, part=1), NOON)
    assert ports.subscriptions.advance(old, replace(old, part=1), NOON)
    assert not ports.subscriptions.advance(old, replace(old, part=2), NOON)

    assert ports.subscriptions.find("alice", "line").part == 1


def test_what_is_foretold_is_what_is_done(ports):
    open_alice(ports)
    ports.catalogue.save_group(Group("uk", ("44",)))
    ports.catalogue.save_plan(Plan("world", "", (Allowance("talk", "uk", 60),)))
    ports.catalogue.save_item(Item("world", "EUR", 1_000_000, plan="world"))
    ports.catalogue.save_item(Item("line", "EUR", 500_000))
    did = ServiceNumber(CAROL, mode=ServiceMode.DID, account="alice", rings=BOB)
    ports.accounts.add_service_number(did)

    for deed in (
        TakePlan("alice", "world"),
        Subscribe("alice", Deal("line"), number=CAROL),
        Rearrange("alice", "line", lambda deal: replace(deal, quantity=2)),
        End("alice", "line"),
        TakePlan("alice", None),
    ):
        foretold = foretell(ports, deed)
        before = {one.identity for one in ports.books.entries("alice")}
        after = deed.do(ports)

        entered = [one for one in ports.books.entries("alice") if one.identity not in before]
        assert {one.identity: one.amount_micros for one in entered} == {
            one.identity: one.amount_micros for one in foretold.at_once
        }
        assert replace(after, version=0) == replace(foretold.after, version=0)
        assert ports.accounts.get("alice").balance.posted == foretold.balance
    assert list(check_books(ports)) == []


def test_what_is_due_is_found_the_longest_overdue_first(ports):
    open_alice(ports)
    for name, days in (("a", 1), ("b", 0), ("c", 2)):
        ports.subscriptions.add(replace(NEW, name=name), NOON + timedelta(days=days))

    assert [*ports.subscriptions.due(NOON + timedelta(days=1))] == [("alice", "b"), ("alice", "a")]

    known = ports.subscriptions.find("alice", "b")
    ports.subscriptions.advance(known, known, None)
    assert [*ports.subscriptions.due(NOON + timedelta(days=1))] == [("alice", "a")]


def test_a_number_rings_and_an_account_calls_as_its_subscription_says(ports):
    open_alice(ports)
    did = ServiceNumber(BOB, ServiceMode.DID, "alice", ALICE)
    ports.accounts.add_service_number(did)
    ports.subscriptions.add(replace(NEW, number=BOB), NOON)
    rings = ports.subscriptions.find("alice", "line")

    silent = replace(rings, state=State.SUSPENDED, blocks=True)
    assert ports.subscriptions.advance(rings, silent, NOON, active=False)
    suspended = ports.accounts.look_up(ALICE, BOB).service
    assert suspended == replace(did, suspended=True)
    assert suspended in ports.accounts.service_numbers()
    assert not ports.books.balance("alice").active

    silent = ports.subscriptions.find("alice", "line")
    assert not ports.subscriptions.advance(silent, rings, NOON, active=False)
    assert ports.subscriptions.advance(silent, rings, NOON, active=True)
    assert ports.accounts.look_up(ALICE, BOB).service == did
    assert ports.books.balance("alice").active


def test_a_plan_of_a_profile_is_due_with_the_write_that_sets_it(ports):
    old = open_alice(ports).profile
    bob = Profile("bob", "Bob", "EUR", "retail")
    open_account_with_plan(ports, bob)
    assert [*ports.subscriptions.due(NOON)] == [("bob", "plan")]
    ports.accounts.change(old, replace(old, name="Alice L."))
    assert ports.subscriptions.find("alice", "plan") is None

    named = replace(old, name="Alice L.")
    ports.accounts.change(named, named.with_plan("world", NOON))
    known = ports.subscriptions.find("alice", "plan")
    assert known == Subscription("alice", "plan", version=1)
    ports.accounts.change(named.with_plan("world", NOON), named)

    # Whoever has read the plans before does not put it to sleep again.
    assert not ports.subscriptions.advance(known, replace(known, followed_on=TODAY), None)
    ports.subscriptions.advance(known, known, None)
    assert {*ports.subscriptions.due(NOON)} == {("alice", "plan"), ("bob", "plan")}


def open_account_with_plan(ports, profile):
    balance = Balance(profile.account, "EUR")
    ports.accounts.open(Opening(profile.with_plan("world", NOON), balance, None))


def test_buckets_end_where_they_are_and_only_sooner(ports):
    open_alice(ports)
    month, uk = Period(TODAY, date(2026, 2, 1)), Group("uk", ("44",))
    allowance = Allowance("talk", "uk", 60)
    bucket = allowance.bucket("line/talk#2026-01-02", "world", uk, month, "UTC")
    entry = JournalEntry("alice", "x#1", EntryKind.RECURRING, "EUR", 0, NOON)
    ports.books.enter(entry, [bucket])
    gone = replace(bucket, key="line/gone#2026-01-02")

    for days in (9, 5, 7):
        ports.books.end_buckets("alice", [bucket, gone], NOON + timedelta(days=days))
        bucket = ports.accounts.get("alice").buckets[0]

    assert ports.accounts.get("alice").buckets == (
        replace(bucket, expires_at=NOON + timedelta(days=5)),
    )
    ports.books.end_buckets("alice", [bucket], NOON - timedelta(days=5))
    assert ports.accounts.get("alice").buckets[0].expires_at > bucket.begins_at


class At:
    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at


@pytest.mark.integration
def test_a_run_reads_what_is_due_and_nothing_of_other_accounts(embedded_url, monkeypatch):
    with metered(embedded_url) as meter:
        ports = replace(metered_system(embedded_url, meter, monkeypatch), clock=At(NOON))
        open_alice(ports, opening_micros=100_000_000)
        ports.catalogue.save_item(Item("line", "EUR", 10_000_000))
        for number in range(12):
            profile = Profile(f"a{number}", "A", "EUR", "retail")
            open_account(ports, profile, Terms(opening_micros=100_000_000))
            subscribe(ports, profile.account, Deal("line"), on=date(2026, 1, 3 + number))
        before = len(meter.asked)
        quiet = run_recurring(ports)
        between = len(meter.asked)
        busy = run_recurring(ports, at=NOON + timedelta(days=1))
        asked = [one.operation for one in meter.asked]

    assert (len(quiet.done), len(busy.done)) == (0, 1)
    # Groups, plans, items, and what is due.
    assert asked[before:between] == ["Query"] * 4
    assert "Scan" not in asked[between:]
    assert len(asked[between:]) <= 12


def metered_system(aws_url, meter, monkeypatch):
    endpoints = {"AWS_ENDPOINT_URL": aws_url, "AWS_ENDPOINT_URL_DYNAMODB": meter.url}
    for name, value in {**CREDENTIALS, **endpoints}.items():
        monkeypatch.setenv(name, value)
    settings = AwsSettings(REGION, prefix=f"t{uuid4().hex[:8]}-")
    create_tables(settings)
    return open_ports(settings)


def test_runs_at_the_same_time_charge_each_period_once(busy_ports):
    threads = 8
    opened = datetime(2026, 1, 1, 12, tzinfo=UTC)
    ports = replace(busy_ports, clock=At(opened))
    open_alice(ports, opening_micros=1_000_000_000)
    ports.catalogue.save_group(Group("uk", ("44",)))
    ports.catalogue.save_plan(Plan("world", "", (Allowance("talk", "uk", 60, rollover=9),)))
    ports.catalogue.save_item(Item("world", "EUR", 10_000_000, plan="world"))
    for name in ("a", "b"):
        account = replace(ports.accounts.get("alice").profile, account=name, numbers=(), login=None)
        open_account(ports, account, Terms(opening_micros=100_000_000))
        subscribe(ports, name, Deal("world"))
    ports = replace(ports, clock=At(opened + timedelta(days=100)))

    with ThreadPoolExecutor(threads) as crowd:
        reports = [*crowd.map(lambda _: run_recurring(ports), range(threads))]

    months = [f"recurring#world#2026-0{month}-01" for month in (1, 2, 3, 4)]
    for name in ("a", "b"):
        entries = [one.identity for one in ports.books.entries(name)][1:]
        account = ports.accounts.get(name)
        assert entries == months
        assert account.balance.posted_micros == 60_000_000
        assert sorted(account.balance.included_s.values()) == [60] * 4
        assert ports.subscriptions.find(name, "world").next_on == date(2026, 5, 1)
    assert [report.failed for report in reports] == [()] * threads
    assert list(check_books(ports)) == []
