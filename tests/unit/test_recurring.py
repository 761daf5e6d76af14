"""Recurring charges: each period once, parts by the day, and who is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from chalice.test import Client

import app
from chalicelib.wiring import Wiring
from switchboard.billing.catalogue import Item, Proration
from switchboard.billing.periods import Anchor, Interval
from switchboard.billing.recurring import Did
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.billing.subscriptions import Deal, State, Subscription
from switchboard.calls.callback import Trigger
from switchboard.calls.ring import Ring
from switchboard.desk.catalogue import retire_item, save_item
from switchboard.desk.check_books import check_books
from switchboard.desk.recurring import run_recurring
from switchboard.desk.rings import ring_service_number
from switchboard.desk.subscriptions import (
    change_subscription,
    end_subscription,
    subscribe,
)
from switchboard.desk.text_senders import Incoming
from switchboard.desk.triggers import take_text
from switchboard.errors import AlreadyExists, Conflict, Malformed, NoService, NotFound
from tests.fakes.api import SETTINGS
from tests.fakes.passwords import PlainPasswords
from tests.fakes.recurring_world import (
    alices_system,
    charges,
    pay,
    run_on,
    state,
    take,
    turn_to,
)
from tests.fakes.texts import MemoryTexts, text_keys
from tests.fakes.world import ALICE, BOB, NOON, SERVICE


def test_a_month_from_the_31st_is_clamped_and_does_not_drift():
    ports = alices_system("2026-01-31")
    take(ports, anchor=Anchor.ANNIVERSARY)

    run_on(ports, "2026-05-31")

    assert charges(ports) == [
        ("line#2026-01-31", "-30.00"),
        ("line#2026-02-28", "-30.00"),
        ("line#2026-03-31", "-30.00"),
        ("line#2026-04-30", "-30.00"),
        ("line#2026-05-31", "-30.00"),
    ]
    assert list(check_books(ports)) == []


def test_the_first_month_by_the_calendar_is_charged_by_the_day():
    ports = alices_system("2026-06-10")
    take(ports)

    report = run_on(ports, "2026-07-01")

    assert charges(ports) == [("line#2026-06-10", "-21.00"), ("line#2026-07-01", "-30.00")]
    assert [one.days for one in report.done] == [None]


def test_a_part_costs_a_whole_period_where_the_item_says_so():
    ports = alices_system("2026-06-10")

    take(ports, proration=())

    assert charges(ports) == [("line#2026-06-10", "-30.00")]


def test_days_are_those_of_the_account():
    ports = alices_system("2026-06-10")
    profile = ports.accounts.get("alice").profile
    ports.accounts.change(profile, replace(profile, time_zone="Asia/Tokyo"))
    take(ports)

    ports.clock.at = datetime(2026, 6, 30, 14, 59, tzinfo=UTC)
    assert run_recurring(ports).done == ()
    ports.clock.at = datetime(2026, 6, 30, 15, tzinfo=UTC)
    run_recurring(ports)

    assert [name for name, _ in charges(ports)] == ["line#2026-06-10", "line#2026-07-01"]


def test_a_set_up_is_charged_once_and_a_quantity_counts_for_both():
    ports = alices_system("2026-06-01")
    take(ports, setup_micros=5_000_000)
    subscribe(ports, "alice", Deal("line", quantity=3, price_micros=1_000_000), name="cheap")

    run_on(ports, "2026-07-01")

    assert charges(ports) == [
        ("cheap#2026-06-01", "-3.00"),
        ("cheap#2026-07-01", "-3.00"),
        ("cheap#setup", "-15.00"),
        ("line#2026-06-01", "-30.00"),
        ("line#2026-07-01", "-30.00"),
        ("line#setup", "-5.00"),
    ]


def test_a_run_again_and_a_rehearsal_charge_nothing():
    ports = alices_system("2026-06-01")
    take(ports)
    turn_to(ports, "2026-08-02")

    rehearsed = run_recurring(ports, dry_run=True)
    before = charges(ports)
    first, second = run_recurring(ports), run_recurring(ports)

    assert before == [("line#2026-06-01", "-30.00")]
    assert rehearsed == first
    assert [one.entry.identity for one in first.done] == [
        "recurring#line#2026-07-01",
        "recurring#line#2026-08-01",
    ]
    assert second.done == ()


def test_the_schedule_of_the_lambda_charges_what_is_due(monkeypatch):
    ports = alices_system("2026-06-01")
    take(ports)
    turn_to(ports, "2026-07-01")
    wiring = Wiring(SETTINGS, ports, PlainPasswords(), MemoryTexts())
    monkeypatch.setattr(app, "wiring", lambda: wiring)

    event = Client(app.app).events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
    app.charge_what_is_due(event, None)

    assert charges(ports) == [("line#2026-06-01", "-30.00"), ("line#2026-07-01", "-30.00")]


def test_a_run_asks_for_nothing_that_is_not_due():
    ports = alices_system("2026-06-01")
    take(ports)

    assert list(ports.subscriptions.due(ports.clock.now())) == []
    assert run_recurring(ports, at=ports.clock.now() + timedelta(days=30)).done


def test_a_long_absence_is_caught_up_run_by_run():
    ports = alices_system("2026-01-01", opening_micros=10**9)
    take(ports, interval=Interval.parse("day"), price_micros=10_000)

    first = run_on(ports, "2026-12-31")
    runs = 1
    while run_recurring(ports).failed:
        runs += 1

    assert "next run" in first.failed[0].reason
    assert (len(charges(ports)), runs) == (365, 1)
    assert list(check_books(ports)) == []


def test_a_change_gives_back_unused_days_and_charges_the_rest():
    ports = alices_system("2026-06-01")
    take(ports)
    turn_to(ports, "2026-06-11")

    change_subscription(ports, "alice", "line", lambda _: Deal("line", quantity=2))
    change_subscription(ports, "alice", "line", lambda _: Deal("line", quantity=1))
    run_on(ports, "2026-07-01")

    assert charges(ports) == [
        ("line#2026-06-01", "-30.00"),
        ("line#2026-06-01#credit", "20.00"),
        ("line#2026-06-11", "-40.00"),
        ("line#2026-06-11#1", "-20.00"),
        ("line#2026-06-11#credit", "40.00"),
        ("line#2026-07-01", "-30.00"),
    ]
    assert list(check_books(ports)) == []


def test_a_change_waits_for_the_next_period_where_days_do_not_count():
    ports = alices_system("2026-06-01")
    take(ports, proration=(Proration.START,))
    turn_to(ports, "2026-06-11")

    change_subscription(ports, "alice", "line", lambda _: Deal("line", quantity=2))
    run_on(ports, "2026-07-01")

    assert charges(ports) == [("line#2026-06-01", "-30.00"), ("line#2026-07-01", "-60.00")]


def test_what_is_wanted_for_later_is_done_then():
    ports = alices_system("2026-06-01")
    take(ports)
    end_subscription(ports, "alice", "line", on=date(2026, 7, 16))

    report = run_on(ports, "2026-08-05")

    assert charges(ports) == [
        ("line#2026-06-01", "-30.00"),
        ("line#2026-07-01", "-30.00"),
        ("line#2026-07-01#credit", "15.48"),
    ]
    assert [one.did for one in report.done] == [Did.CHARGED, Did.ENDED]
    assert state(ports) is State.ENDED
    assert list(ports.subscriptions.due(ports.clock.now() + timedelta(days=999))) == []


def test_an_end_gives_nothing_back_where_days_do_not_count():
    ports = alices_system("2026-06-01")
    take(ports, proration=())
    turn_to(ports, "2026-06-11")

    end_subscription(ports, "alice", "line")

    assert charges(ports) == [("line#2026-06-01", "-30.00")]
    with pytest.raises(Conflict, match="ended"):
        end_subscription(ports, "alice", "line")


def test_a_did_rings_as_long_as_it_is_paid_for():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    ports.accounts.add_service_number(ServiceNumber(BOB, ServiceMode.DID, "alice", ALICE))
    take(ports, grace_days=0, price_micros=29_000_000)
    end_subscription(ports, "alice", "line")
    subscribe(ports, "alice", Deal("line"), name="did", number=BOB)

    def rung(event: str) -> Ring:
        return Ring(Trigger("test", event), SERVICE, BOB, ports.clock.now())

    run_on(ports, "2026-07-01")
    with pytest.raises(NoService):
        ring_service_number(ports, rung("1"))
    texted = take_text(ports, text_keys(), Incoming(Trigger("test", "2"), ALICE, BOB), "")
    assert texted.refused == "no_service"
    pay(ports, 90_000_000)
    run_on(ports, "2026-07-02")
    assert ring_service_number(ports, rung("1")).customer == ALICE

    end_subscription(ports, "alice", "did")
    with pytest.raises(NoService):
        ring_service_number(ports, rung("3"))


def test_what_cannot_be_subscribed_to_is_refused():
    ports = alices_system("2026-06-01")
    take(ports)

    with pytest.raises(AlreadyExists, match="line"):
        subscribe(ports, "alice", Deal("line"))
    with pytest.raises(NotFound, match="no item nothing"):
        subscribe(ports, "alice", Deal("nothing"))
    with pytest.raises(NotFound, match="no DID"):
        subscribe(ports, "alice", Deal("line"), name="did", number=SERVICE)
    with pytest.raises(Malformed, match="follows"):
        subscribe(ports, "alice", Deal("line"), name="plan")
    with pytest.raises(Malformed, match="over"):
        end_subscription(ports, "alice", "line", on=date(2026, 5, 31))
    with pytest.raises(Malformed, match="more than a year ago"):
        subscribe(ports, "alice", Deal("line"), name="old", on=date(2025, 5, 30))
    with pytest.raises(NotFound, match="no subscription"):
        end_subscription(ports, "alice", "other")


def test_what_is_retired_goes_on_for_those_who_have_it_and_is_sold_to_nobody():
    ports = alices_system("2026-06-01")
    take(ports)
    save_item(ports, Item("other", "EUR", 1_000_000), new=True)
    subscribe(ports, "alice", Deal("other"))

    retire_item(ports, "line", retired=True)

    with pytest.raises(Conflict, match="item line is retired"):
        subscribe(ports, "alice", Deal("line"), name="second")
    with pytest.raises(Conflict, match="item line is retired"):
        change_subscription(ports, "alice", "other", lambda _: Deal("line"))
    change_subscription(ports, "alice", "line", lambda deal: replace(deal, quantity=2))
    run_on(ports, "2026-07-01")
    assert ("line#2026-07-01", "-60.00") in charges(ports)
    retire_item(ports, "line", retired=False)
    subscribe(ports, "alice", Deal("line"), name="second")


def test_one_that_cannot_be_charged_does_not_hinder_others():
    ports = alices_system("2026-06-01")
    take(ports)
    take(ports, name="other")
    ports.catalogue.remove_item("line")

    report = run_on(ports, "2026-07-01")

    assert [(one.subscription, one.reason) for one in report.failed] == [
        ("line", "there is no item line")
    ]
    assert [one.after.name for one in report.done] == ["other"]


def test_a_subscription_of_no_account_does_not_hinder_others():
    ports = alices_system("2026-06-01")
    take(ports)
    ports.subscriptions.add(Subscription.new("ghost", "a", Deal("line"), date(2026, 6, 1)), NOON)

    report = run_on(ports, "2026-07-01")

    assert [(one.account, one.reason) for one in report.failed] == [
        ("ghost", "there is no account ghost")
    ]
    assert [one.after.name for one in report.done] == ["line"]
