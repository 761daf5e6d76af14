"""Plans: what a profile says is charged from that day on, and grants its seconds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.catalogue import Item, Proration
from switchboard.billing.plans import Allowance, Group, Plan
from switchboard.billing.subscriptions import Deal, State
from switchboard.calls.callback import Trigger
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.catalogue import (
    remove_group,
    remove_item,
    remove_plan,
    save_group,
    save_item,
    save_plan,
)
from switchboard.desk.check_books import check_books
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.promotions import Chosen, Promotion, grant
from switchboard.desk.recurring import run_recurring
from switchboard.desk.subscriptions import subscribe
from switchboard.errors import AlreadyExists, Conflict, Malformed, NotFound
from tests.fakes.plans import UK, offer_plan
from tests.fakes.recurring_world import alices_system, charges, pay, run_on, turn_to
from tests.fakes.world import ALICE, BOB


@pytest.fixture
def ports():
    ports = alices_system("2026-06-11")
    offer_plan(ports, "world", price_micros=30_000_000)
    offer_plan(ports, "europe", price_micros=15_000_000)
    return ports


def set_plan(ports, plan, since=None):
    from_at = None if since is None else datetime.fromisoformat(since).replace(tzinfo=UTC)
    change_profile(ports, "alice", Changes(plan=plan, from_at=from_at))


def granted(ports):
    return [
        (bucket.key, bucket.seconds, bucket.begins_at.date(), bucket.expires_at.date())
        for bucket in ports.accounts.get("alice").buckets
    ]


def test_a_plan_is_charged_and_granted_from_its_day(ports):
    set_plan(ports, "world")

    run_recurring(ports)
    run_on(ports, "2026-07-01")

    assert charges(ports) == [("plan#2026-06-11", "-20.00"), ("plan#2026-07-01", "-30.00")]
    assert granted(ports) == [
        ("plan/talk#2026-06-11", 6_000, date(2026, 6, 11), date(2026, 7, 1)),
        ("plan/talk#2026-07-01", 6_000, date(2026, 7, 1), date(2026, 8, 1)),
    ]
    assert ports.books.balance("alice").included_s == {
        "plan/talk#2026-06-11": 6_000,
        "plan/talk#2026-07-01": 6_000,
    }
    assert list(check_books(ports)) == []


def test_the_history_of_plans_is_followed_day_by_day(ports):
    set_plan(ports, "world", "2026-06-16")
    set_plan(ports, "europe", "2026-07-21")
    set_plan(ports, "", "2026-08-11")

    run_on(ports, "2026-06-15")
    nothing_yet = charges(ports)
    run_on(ports, "2026-09-01")

    assert nothing_yet == []
    assert charges(ports) == [
        ("plan#2026-06-16", "-15.00"),
        ("plan#2026-07-01", "-30.00"),
        ("plan#2026-07-01#credit", "10.65"),
        ("plan#2026-07-21", "-5.32"),
        ("plan#2026-08-01", "-15.00"),
        ("plan#2026-08-01#credit", "10.16"),
    ]
    assert ports.subscriptions.find("alice", "plan").state is State.ENDED


def test_seconds_end_with_the_days_that_are_given_back(ports):
    set_plan(ports, "world")
    run_recurring(ports)
    turn_to(ports, "2026-06-21")

    set_plan(ports, "europe")
    run_recurring(ports)

    assert granted(ports) == [
        ("plan/talk#2026-06-11", 6_000, date(2026, 6, 11), date(2026, 6, 21)),
        ("plan/talk#2026-06-21", 6_000, date(2026, 6, 21), date(2026, 7, 1)),
    ]


def test_a_plan_that_is_put_into_the_past_begins_today_where_days_are_done(ports):
    set_plan(ports, "world", "2026-06-01")
    run_recurring(ports)
    turn_to(ports, "2026-06-16")
    set_plan(ports, "europe", "2026-05-20")
    set_plan(ports, "europe", "2026-06-01")

    run_recurring(ports)

    assert charges(ports) == [
        ("plan#2026-06-01", "-30.00"),
        ("plan#2026-06-01#credit", "15.00"),
        ("plan#2026-06-16", "-7.50"),
    ]


def test_a_plan_that_comes_and_goes_in_a_day_costs_nothing_in_the_end(ports):
    for plan in ("world", "", "world", "europe", ""):
        set_plan(ports, plan)
        run_recurring(ports)
        ports.clock.pass_by(timedelta(minutes=1))

    assert sum(one.amount_micros for one in ports.books.entries("alice")) == 10**9
    assert len(charges(ports)) == 6
    assert list(check_books(ports)) == []


def test_an_account_is_opened_with_its_plan(ports):
    bob = Profile("bob", "Bob", "EUR", "retail").with_plan("world", ports.clock.now())
    open_account(ports, bob, Terms(opening_micros=30_000_000))

    report = run_recurring(ports)

    assert [one.after.account for one in report.done if one.entry] == ["bob"]
    assert ports.books.balance("bob").posted_micros == 10_000_000


def test_a_plan_that_is_not_there_is_refused(ports):
    offer_plan(ports, "dollars", currency="USD")

    with pytest.raises(NotFound, match="no plan nowhere"):
        set_plan(ports, "nowhere")
    with pytest.raises(Malformed, match="USD"):
        set_plan(ports, "dollars")


def test_a_plan_is_not_charged_for_more_than_a_year_that_is_over(ports):
    with pytest.raises(Malformed, match="2025-06-09 is more than a year ago"):
        set_plan(ports, "world", "2025-06-09")

    assert charges(ports) == []


def test_a_first_plan_begins_with_the_first_use(ports):
    card = Profile("card", "Card", "EUR", "retail", numbers=(BOB,), first_plan="world")
    open_account(ports, card, Terms(opening_micros=50_000_000))
    unused = run_recurring(ports).done
    turn_to(ports, "2026-06-21")
    account = ports.accounts.get("card")

    order_callback(ports, account, Order(BOB, ALICE, Trigger("test", "1")))
    run_recurring(ports)

    assert unused == ()
    used = ports.accounts.get("card")
    assert (used.profile.plan_at(ports.clock.now()), used.profile.first_plan) == ("world", None)
    assert used.balance.posted_micros == 40_000_000


def test_seconds_are_granted_only_when_they_are_paid(ports):
    broke = alices_system("2026-06-11", opening_micros=0)
    offer_plan(broke)
    set_plan(broke, "world")
    run_recurring(broke)
    before = granted(broke)
    pay(broke, 10_000_000)

    run_recurring(broke)

    assert before == []
    assert [key for key, *_ in granted(broke)] == ["plan/talk#2026-06-11"]


def test_allowances_roll_over_and_have_dates_and_parts(ports):
    offer_plan(
        ports,
        "rich",
        Allowance("kept", "uk", 600, rollover=2),
        Allowance("part", "uk", 600, prorated=True),
        Allowance("summer", "uk", 60, from_on=date(2026, 6, 20), until_on=date(2026, 7, 10)),
        Allowance("gone", "uk", 60, until_on=date(2026, 6, 1)),
    )
    set_plan(ports, "rich")

    run_recurring(ports)
    run_on(ports, "2026-07-01")

    assert granted(ports) == [
        ("plan/kept#2026-06-11", 600, date(2026, 6, 11), date(2026, 9, 1)),
        ("plan/part#2026-06-11", 400, date(2026, 6, 11), date(2026, 7, 1)),
        ("plan/summer#2026-06-11", 60, date(2026, 6, 20), date(2026, 7, 1)),
        ("plan/kept#2026-07-01", 600, date(2026, 7, 1), date(2026, 10, 1)),
        ("plan/part#2026-07-01", 600, date(2026, 7, 1), date(2026, 8, 1)),
        ("plan/summer#2026-07-01", 60, date(2026, 7, 1), date(2026, 7, 10)),
    ]


def test_what_was_missed_is_charged_but_its_seconds_are_gone(ports):
    set_plan(ports, "world")

    run_on(ports, "2026-08-02")

    assert len(charges(ports)) == 3
    assert [key for key, *_ in granted(ports)] == ["plan/talk#2026-08-01"]


PROMOTION = Promotion(
    "spring",
    Allowance("talk", "uk", 600, from_on=date(2026, 6, 1), until_on=date(2026, 7, 1)),
)


def test_a_promotion_is_granted_once_to_each(ports):
    set_plan(ports, "world")
    open_account(ports, Profile("bob", "Bob", "EUR", "retail"), Terms())

    first = grant(ports, PROMOTION, Chosen(plan="world"))
    second = grant(ports, PROMOTION, Chosen(sheet="retail"))

    assert (first.granted, first.before) == (("alice",), ())
    assert (second.granted, second.before) == (("bob",), ("alice",))
    assert granted(ports) == [("promotion/spring", 600, date(2026, 6, 1), date(2026, 7, 1))]
    entry = ports.books.entry("alice", "promotion#spring")
    assert (entry.amount_micros, entry.grants) == (0, {"promotion/spring": 600})


def test_a_promotion_of_the_same_name_and_other_seconds_is_refused(ports):
    grant(ports, PROMOTION, Chosen(("alice",)))
    more = Allowance("talk", "uk", 601, from_on=date(2026, 6, 1), until_on=date(2026, 7, 1))

    with pytest.raises(Conflict, match="alice"):
        grant(ports, Promotion("spring", more), Chosen(("alice",)))
    with pytest.raises(Malformed, match="first day"):
        Promotion("spring", Allowance("talk", "uk", 1))
    with pytest.raises(Malformed, match="name accounts"):
        Chosen(("alice",), plan="world")


def test_what_is_in_use_stays_in_the_catalogue(ports):
    set_plan(ports, "world")
    save_item(ports, Item("bundle", "EUR", 1, plan="europe"), new=True)
    subscribe(ports, "alice", Deal("bundle"))

    for remove, name in [
        (remove_group, "uk"),
        (remove_plan, "world"),
        (remove_plan, "europe"),
        (remove_item, "bundle"),
        (remove_item, "world"),
    ]:
        with pytest.raises(Conflict):
            remove(ports, name)
    with pytest.raises(AlreadyExists):
        save_group(ports, UK, new=True)
    with pytest.raises(NotFound, match="asia"):
        save_plan(ports, Plan("x", "", (Allowance("a", "asia", 1),)), FEE, new=True)
    with pytest.raises(Conflict, match="in EUR"):
        save_item(ports, Item("bundle", "USD", 1), new=False)


FEE = Item("x", "EUR", 1)


def test_what_is_not_in_use_can_be_removed(ports):
    save_group(ports, Group("asia", ("81", "82")), new=True)

    remove_plan(ports, "world")
    remove_plan(ports, "europe")
    remove_group(ports, "uk")

    assert [group.name for group in ports.catalogue.groups()] == ["asia"]
    assert (ports.catalogue.plans(), ports.catalogue.items()) == ([], [])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Allowance("a", "uk", 0),
        lambda: Allowance("A", "uk", 1),
        lambda: Allowance("a", "uk", 1, rollover=-1),
        lambda: Allowance("a", "uk", 1, from_on=date(2026, 1, 2), until_on=date(2026, 1, 2)),
        lambda: Group("uk", ()),
        lambda: Group("uk", ("+44",)),
        lambda: Plan("p", "", (Allowance("a", "uk", 1), Allowance("a", "uk", 2))),
        lambda: Item("i", "EUR", -1),
        lambda: Item("i", "EUR", 1, digits=7),
        lambda: Deal("i", quantity=0),
    ],
)
def test_what_makes_no_sense_is_refused(make):
    with pytest.raises(Malformed):
        make()


def test_days_that_are_paid_are_not_charged_again_by_a_plan_that_is_set_into_them():
    ports = alices_system("2026-06-01", opening_micros=30_000_000)
    for name in ("slow", "other"):
        offer_plan(ports, name, price_micros=30_000_000, proration=(Proration.START,))
    set_plan(ports, "slow")
    run_recurring(ports)
    run_on(ports, "2026-07-01")
    turn_to(ports, "2026-07-02")
    set_plan(ports, "other", "2026-06-25")
    pay(ports, 60_000_000)

    run_recurring(ports)

    assert charges(ports) == [("plan#2026-06-01", "-30.00"), ("plan#2026-07-01", "-30.00")]


def test_a_plan_runs_to_its_period_s_end_where_a_change_waits(ports):
    offer_plan(ports, "slow", price_micros=30_000_000, proration=(Proration.START,))
    set_plan(ports, "slow")
    run_recurring(ports)
    turn_to(ports, "2026-06-21")
    set_plan(ports, "europe")

    run_on(ports, "2026-07-01")

    assert charges(ports) == [("plan#2026-06-11", "-20.00"), ("plan#2026-07-01", "-15.00")]
