"""Plans, subscriptions, promotions and settings as operators change them: logged in words people
read, and only for accounts of theirs."""

from datetime import date

import pytest

from switchboard.billing.account import Profile, Since
from switchboard.billing.catalogue import Item
from switchboard.billing.classes import DEFAULT_CLASSES
from switchboard.billing.plans import Allowance, Group, Plan
from switchboard.billing.subscriptions import Deal
from switchboard.calls.trunk import Trunk
from switchboard.calls.velocity import Limit
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.foretelling import End, Subscribe, TakePlan
from switchboard.desk.office import catalogue, promotions, routing, settings, subscriptions
from switchboard.desk.office.routing import Asked
from switchboard.desk.promotions import Chosen, Promotion
from switchboard.desk.recurring import Part
from switchboard.errors import AlreadyExists, Conflict, Malformed, NoRight, NotFound
from switchboard.staff.audit import Change
from switchboard.staff.rights import Role, rights_of
from switchboard.staff.users import Operator, at_command_line
from tests.fakes.plans import offer_plan
from tests.fakes.recurring_world import alices_system, turn_to

ROOT = at_command_line("root")
RIGHTS = rights_of("accounts:*", "money:*", "trunks:*", "plans:*")
RITA = Operator("rita", Role("reseller", RIGHTS, own_accounts_only=True), "console")
SHY = Operator("sam", Role("shy", RIGHTS, hides_costs=True), "console")
ITEM = Item("did", "EUR", 3_000_000, "A number")
SPRING = Promotion(
    "spring", Allowance("spring", "uk", 600, from_on=date(2026, 6, 1), until_on=date(2026, 7, 1))
)


@pytest.fixture
def ports():
    ports = alices_system("2026-06-16")
    for name in ("bob", "carl"):
        profile = Profile(name, name, "EUR", "retail", owner="rita")
        open_account(ports, profile, Terms(opening_micros=10_000_000))
    return ports


def last(ports):
    entry = list(ports.audit.kept.values())[-1]
    return entry.deed, entry.about, entry.changes


def test_plans_and_their_buckets_are_logged_bucket_by_bucket(ports):
    catalogue.add_group(ports, ROOT, Group("uk", ("44", "353")))
    catalogue.change_group(ports, ROOT, Group("uk", ("44", "34")))
    assert last(ports) == ("change", "group uk", (Change("prefixes", "353", "34"),))
    plan = Plan("world", "All of it", (Allowance("talk", "uk", 6_000),))

    catalogue.add_plan(ports, ROOT, plan, Item("world", "EUR", 10_000_000))
    assert Change("price", "", "10.00 EUR") in last(ports)[2]
    catalogue.save_bucket(ports, ROOT, "world", Allowance("more", "uk", 60, rollover=1), new=True)
    assert last(ports)[2] == (
        Change("bucket more", "", "60 s to uk, weight 0, rolls over 1 times"),
    )
    catalogue.save_bucket(ports, ROOT, "world", Allowance("more", "uk", 90), new=False)
    catalogue.remove_bucket(ports, ROOT, "world", "talk")
    assert last(ports)[2] == (Change("bucket talk", "6000 s to uk, weight 0", ""),)
    with pytest.raises(AlreadyExists):
        catalogue.save_bucket(ports, ROOT, "world", Allowance("more", "uk", 1), new=True)
    with pytest.raises(NotFound):
        catalogue.save_bucket(ports, ROOT, "world", Allowance("less", "uk", 1), new=False)
    with pytest.raises(NotFound):
        catalogue.remove_bucket(ports, ROOT, "world", "talk")
    with pytest.raises(Conflict, match="group uk is in plan world"):
        catalogue.remove_group(ports, ROOT, "uk")
    catalogue.remove_plan(ports, ROOT, "world")
    assert last(ports)[:2] == ("remove", "plan world")


def test_what_changed_nothing_is_not_logged(ports):
    catalogue.add_item(ports, ROOT, ITEM)
    known = len(ports.audit.kept)

    catalogue.change_item(ports, ROOT, ITEM)
    settings.change_velocity(ports, ROOT, "rings-of-phone", None)
    settings.change_class(ports, ROOT, "premium")
    routing.set_expected(ports, ROOT, ports.settings.routing().expected_s)

    assert len(ports.audit.kept) == known


def test_a_subscription_is_logged_with_what_it_cost(ports):
    catalogue.add_item(ports, ROOT, ITEM)

    subscriptions.perform(ports, ROOT, Subscribe("bob", Deal("did", 2)))

    assert last(ports) == (
        "subscribe",
        "account bob",
        (
            Change("subscription did", "", "active, 2 of did"),
            Change("balance", "10.00 EUR", "7.00 EUR"),
        ),
    )


def test_nothing_is_done_with_accounts_of_others(ports):
    catalogue.add_item(ports, ROOT, ITEM)
    offer_plan(ports)
    subscriptions.perform(ports, ROOT, Subscribe("alice", Deal("did")))
    known = len(ports.audit.kept)

    for deed in (
        lambda: subscriptions.subscriptions_of(ports, RITA, "alice"),
        lambda: subscriptions.offers_for(ports, RITA, "alice"),
        lambda: subscriptions.foretell(ports, RITA, End("alice", "did")),
        lambda: subscriptions.perform(ports, RITA, End("alice", "did")),
        lambda: promotions.grant(ports, RITA, SPRING, Chosen(("bob", "alice"))),
        lambda: routing.look_up_route(ports, RITA, Asked("+442071234567", account="alice")),
    ):
        with pytest.raises(NotFound, match="no account alice"):
            deed()
    everybody = promotions.grant(ports, RITA, SPRING, Chosen(sheet="retail"))

    assert everybody.granted == ("bob", "carl")
    assert len(ports.audit.kept) == known + 1


def test_whose_account_stands_in_the_way_is_told_to_who_has_it(ports):
    catalogue.add_item(ports, ROOT, ITEM)
    subscriptions.perform(ports, ROOT, Subscribe("alice", Deal("did")))

    with pytest.raises(Conflict, match="account alice subscribes to did"):
        catalogue.remove_item(ports, ROOT, "did")
    with pytest.raises(Conflict, match="this is in use"):
        catalogue.remove_item(ports, RITA, "did")


def test_what_is_due_is_charged_part_by_part_and_of_own_accounts_only(ports):
    catalogue.add_item(ports, ROOT, ITEM)
    for account in ("alice", "bob", "carl"):
        subscriptions.perform(ports, ROOT, Subscribe(account, Deal("did")))
    turn_to(ports, "2026-07-02")

    dry = subscriptions.charge_due(ports, RITA, dry_run=True)
    mine = subscriptions.charge_due(ports, RITA, part=Part(most=2))
    rest = subscriptions.charge_due(ports, RITA, part=mine.goes_on)

    assert [one.after.account for one in dry.done] == ["bob", "carl"]
    assert [one.after.account for one in mine.done] == ["bob"]
    assert [one.after.account for one in rest.done] == ["carl"]
    assert rest.goes_on is None
    assert last(ports)[:2] == ("charge", "what is due")
    assert last(ports)[2] == (Change("charged", "", "1"), Change("in all", "", "-3.00 EUR"))
    left = subscriptions.charge_due(ports, ROOT)
    assert [one.after.account for one in left.done] == ["alice"]


def test_what_waits_for_money_does_not_stand_in_the_way_of_the_next_part(ports):
    catalogue.add_item(ports, ROOT, Item("dear", "EUR", 4_000_000, proration=(), grace_days=90))
    for account in ("bob", "carl", "alice"):
        subscriptions.perform(ports, ROOT, Subscribe(account, Deal("dear")))
    turn_to(ports, "2026-09-02")

    part, charged = Part(most=1), []
    for _ in range(6):
        report = subscriptions.charge_due(ports, ROOT, part=part)
        charged += [{one.after.account for one in report.done}] if report.done else []
        part = report.goes_on
        if part is None:
            break

    assert part is None
    assert sorted(map(sorted, charged)) == [["alice"], ["bob"], ["carl"]]


def test_a_promotion_names_whom_it_was_given(ports):
    catalogue.add_group(ports, ROOT, Group("uk", ("44",)))

    promotions.grant(ports, ROOT, SPRING, Chosen(("bob", "carl")))
    again = promotions.grant(ports, ROOT, SPRING, Chosen(("carl", "alice")))

    assert (again.granted, again.before) == (("alice",), ("carl",))
    assert last(ports) == (
        "grant",
        "promotion spring",
        (
            Change("bucket", "", "600 s to uk"),
            Change("days", "", "2026-06-01 to 2026-07-01"),
            Change("accounts", "", "alice"),
        ),
    )


def test_classes_are_changed_reset_and_removed_while_nobody_needs_them(ports):
    settings.change_class(ports, ROOT, "premium", add=("4477",), remove=("979",), blocked=False)
    assert last(ports)[2] == (Change("blocked", "yes", "no"), Change("prefixes", "979", "4477"))
    assert settings.reset_class(ports, ROOT, "premium") == DEFAULT_CLASSES.find("premium")
    settings.change_class(ports, ROOT, "casinos", add=("4478",))
    profile = Profile("dan", "Dan", "EUR", "retail", allowed_classes=("casinos",))
    open_account(ports, profile, Terms())

    with pytest.raises(Conflict, match="account dan"):
        settings.reset_class(ports, ROOT, "casinos")
    ports.accounts.profiles.pop("dan")
    assert settings.reset_class(ports, ROOT, "casinos") is None
    assert last(ports)[:2] == ("remove", "class casinos")
    with pytest.raises(NotFound):
        settings.reset_class(ports, ROOT, "casinos")
    settings.change_class(ports, ROOT, "premium", remove=("979",))
    settings.change_class(ports, ROOT, "other", add=("979",))
    with pytest.raises(Malformed, match="979 is in two classes"):
        settings.reset_class(ports, ROOT, "premium")


def test_limits_and_rates_are_logged_with_what_they_were(ports):
    settings.change_velocity(ports, ROOT, "rings-of-phone", Limit.parse("5/1h"))
    assert last(ports) == ("change", "limit rings-of-phone", (Change("limit", "12/1h", "5/1h"),))
    routing.set_expected(ports, ROOT, 60)
    assert last(ports)[2] == (Change("expected duration", "180 s", "60 s"),)
    routing.set_exchange(ports, ROOT, "usd", "EUR", 9 * 10**11)
    routing.set_exchange(ports, ROOT, "USD", "EUR", 8 * 10**11)
    assert last(ports) == (
        "change",
        "exchange rate USD",
        (Change("one is", "0.90 EUR", "0.80 EUR"),),
    )
    routing.remove_exchange(ports, ROOT, "usd")
    assert last(ports)[:2] == ("remove", "exchange rate USD")


def test_a_route_tells_no_costs_to_whom_they_are_hidden_from(ports):
    ports.trunks.save(Trunk("dear", "192.0.2.1", 5060, cost_sheet="retail"))
    asked = Asked("+442079460000", account="alice")

    seen, hidden = (routing.look_up_route(ports, by, asked) for by in (ROOT, SHY))

    assert [way.trunk.name for way in hidden.route.ways] == [
        way.trunk.name for way in seen.route.ways
    ]
    assert any(way.price for way in seen.route.ways)
    assert not any(way.price or way.micros for way in hidden.route.ways)
    assert hidden.sale.leg_micros == seen.sale.leg_micros
    assert (seen.sale.is_guarded, hidden.sale.is_guarded) == (True, False)
    blind = Operator("tim", Role("blind", rights_of("trunks:see")), "console")
    with pytest.raises(NoRight):
        routing.look_up_route(ports, blind, asked)


def test_a_planned_plan_is_logged(ports):
    offer_plan(ports)
    subscriptions.perform(ports, ROOT, TakePlan("bob", "world", date(2026, 7, 1)))

    [since] = ports.accounts.get("bob").profile.plans
    assert since == Since("world", since.from_at)
    assert last(ports) == (
        "set plan",
        "account bob",
        (Change("plan", "", "world from 2026-07-01"),),
    )
