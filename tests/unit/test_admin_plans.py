"""Plans, groups, promotions and the catalogue in the console: made, changed, given, removed."""

import re
from datetime import date

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.catalogue import Item, Proration, Unpaid
from switchboard.billing.periods import Anchor, Interval
from switchboard.billing.plans import Allowance, Group
from switchboard.billing.subscriptions import Deal
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.catalogue import save_item
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.subscriptions import subscribe
from switchboard.staff.rights import READY_MADE, Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.plans import offer_plan
from tests.fakes.recurring_world import turn_to

FEE = {
    "description": "Talk a lot",
    "price": "9.99",
    "setup": "1.50",
    "every": "3 months",
    "anchor": "anniversary",
    "proration": "end",
    "digits": "2",
    "unpaid": "suspend-account",
    "grace_days": "7",
}
BUCKET = {"group": "uk", "minutes": "1:30", "weight": "5", "increment": "60", "rollover": "2"}
PROMOTION = {
    "name": "spring",
    "group": "uk",
    "minutes": "10",
    "weight": "0",
    "from_on": "2026-01-01",
    "until_on": "2026-02-01",
}


@pytest.fixture
def console():
    return console_of()


def plan_of(console, name: str):
    return next(one for one in console.ports.catalogue.plans() if one.name == name)


def item_of(console, name: str):
    return next(one for one in console.ports.catalogue.items() if one.name == name)


def test_a_plan_is_made_out_of_groups_and_buckets(console):
    console.fill("/admin/new-group", name="uk", prefixes="+44\r\n\r\n353\r\n44")
    response = console.fill("/admin/new-plan", name="talk", currency="eur", **FEE)
    assert "Now say what it includes" in readable(console.go(response))
    limits = {"per_call": "30", "per_day": "60", "covers_fees": "yes", "prorated": "yes"}
    days = {"from_on": "2026-02-01", "until_on": "2026-03-01"}
    console.fill("/admin/plans/talk/new-bucket", name="home", **BUCKET, **limits, **days)
    console.fill("/admin/plans/talk/new-bucket", name="first", **BUCKET | {"weight": "9"})

    page = readable(console.get("/admin/plans/talk"))

    assert console.ports.catalogue.groups() == [Group("uk", ("44", "353"))]
    assert item_of(console, "talk") == Item(
        "talk",
        "EUR",
        9_990_000,
        "Talk a lot",
        1_500_000,
        Interval.parse("3 months"),
        Anchor.ANNIVERSARY,
        (Proration.END,),
        2,
        7,
        Unpaid.SUSPEND_ACCOUNT,
        plan="talk",
    )
    assert plan_of(console, "talk").allowances[0] == Allowance(
        "home",
        "uk",
        90,
        5,
        60,
        covers_fees=True,
        per_call_s=1_800,
        per_day_s=3_600,
        rollover=2,
        prorated=True,
        from_on=date(2026, 2, 1),
        until_on=date(2026, 3, 1),
    )
    assert page.index("first") < page.index("home")
    assert "9.99 EUR for 3 months" in page
    assert "at most 30 minutes of a call" in page
    assert "add plan talk" in readable(console.get("/admin/audit?about=plan+talk"))


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("new-plan", {"name": "A b"}, "use up to 32 small letters"),
        ("new-plan", {"price": "ten"}, "is not an amount"),
        ("new-plan", {"price": "-1"}, "A price is not negative"),
        ("new-plan", {"every": "fortnight"}, "is no interval"),
        ("new-plan", {"currency": "euros"}, "more than 3 characters"),
        ("new-plan", {"name": "world"}, "There is plan world already"),
        ("plans/world/new-bucket", {"minutes": "lots"}, "is no time"),
        ("plans/world/new-bucket", {"group": "mars"}, "none of the choices"),
        ("plans/world/new-bucket", {"until_on": "2026-02-30"}, "is no date"),
        ("plans/world/new-bucket", {"name": "talk"}, "has a bucket talk already"),
        (
            "plans/world/new-bucket",
            {"from_on": "2026-03-01", "until_on": "2026-02-01"},
            "over before it begins",
        ),
        ("new-group", {"prefixes": "44\n0044"}, "“0044” is not a prefix"),
        ("new-promotion", {}, "Name accounts, or a plan"),
        ("new-promotion", {"accounts": "no account!"}, "use up to 64 small letters"),
        ("new-promotion", {"accounts": "alice nobody"}, "no account nobody"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(console, path, fields, told):
    offer_plan(console.ports)
    before = dict(console.ports.catalogue.kept["plans"]), len(console.ports.audit.kept)
    usual = {
        "new-plan": {"name": "talk", "currency": "EUR", **FEE},
        "plans/world/new-bucket": {"name": "more", **BUCKET},
        "new-group": {"name": "us"},
        "new-promotion": PROMOTION,
    }

    response = console.fill(f"/admin/{path}", **usual[path] | fields)

    assert response.status_code in {400, 404, 409, 422}
    assert told in readable(response)
    assert (dict(console.ports.catalogue.kept["plans"]), len(console.ports.audit.kept)) == before


def test_a_bucket_is_changed_and_removed_under_its_name(console):
    offer_plan(console.ports)

    console.fill("/admin/plans/world/buckets/talk", **BUCKET)
    assert plan_of(console, "world").allowances == (Allowance("talk", "uk", 90, 5, 60, rollover=2),)
    console.fill("/admin/plans/world/buckets/talk/remove")

    assert plan_of(console, "world").allowances == ()
    assert "includes no minutes yet" in readable(console.get("/admin/plans/world"))
    assert console.get("/admin/plans/world/buckets/talk").status_code == 404
    log = readable(console.get("/admin/audit?about=plan+world"))
    assert "bucket talk 6000 s to uk, weight 0 → 90 s to uk, weight 5, by 60 s" in log


def test_a_plan_that_is_had_and_a_group_that_is_used_stay(console):
    offer_plan(console.ports)
    change_profile(console.ports, "alice", Changes(plan="world"))

    in_use = console.fill("/admin/plans/world/remove")
    named = console.fill("/admin/groups/uk/remove")

    assert (in_use.status_code, named.status_code) == (409, 409)
    assert "Account alice is to have plan world" in readable(in_use)
    assert "Group uk is in plan world" in readable(named)


def test_a_plan_and_its_group_go_when_nobody_has_them(console):
    offer_plan(console.ports)

    assert "world is gone." in readable(console.go(console.fill("/admin/plans/world/remove")))
    console.fill("/admin/groups/uk", prefixes="44\n34")
    assert console.ports.catalogue.groups() == [Group("uk", ("44", "34"))]
    console.fill("/admin/groups/uk/remove")

    page = readable(console.get("/admin/plans"))
    assert "There is no plan yet." in page
    assert "There is no group yet." in page


def test_an_item_is_made_changed_and_removed_while_nobody_has_it(console):
    console.fill("/admin/new-item", name="did", currency="EUR", **FEE)
    console.fill("/admin/items/did/edit", **FEE | {"price": "2", "setup": ""})

    assert item_of(console, "did").price_micros == 2_000_000
    assert item_of(console, "did").setup_micros == 0
    assert "price 9.99 EUR → 2.00 EUR" in readable(console.get("/admin/audit?about=item+did"))
    subscribe(console.ports, "alice", Deal("did"))
    refused = console.fill("/admin/items/did/remove")
    assert "Account alice subscribes to did" in readable(refused)
    assert refused.status_code == 409


def test_an_item_is_retired_while_somebody_has_it_and_offered_again(console):
    console.fill("/admin/new-item", name="did", currency="EUR", **FEE)
    subscribe(console.ports, "alice", Deal("did"))

    done = console.go(console.fill("/admin/items/did/retire"))

    assert "did is retired." in readable(done)
    assert "did retired Talk a lot" in readable(console.get("/admin/items"))
    page = console.get("/admin/items/did").body.decode()
    assert ("/admin/items/did/retire" in page, "/admin/items/did/offer" in page) == (False, True)
    assert 'value="did"' not in console.get("/admin/accounts/alice/subscribe").body.decode()
    edited = console.get("/admin/accounts/alice/subscriptions/did/change").body.decode()
    assert 'value="did"' in edited
    console.fill("/admin/items/did/edit", **FEE | {"price": "2"})
    assert item_of(console, "did").retired
    again = console.go(console.fill("/admin/items/did/offer"))
    assert "did is offered again." in readable(again)
    assert 'value="did"' in console.get("/admin/accounts/alice/subscribe").body.decode()
    log = readable(console.get("/admin/audit?about=item+did"))
    assert (log.count("offer again"), log.count("retire")) == (1, 1)


def test_the_fee_of_a_plan_is_not_retired(console):
    offer_plan(console.ports)

    refused = console.fill("/admin/items/world/retire")

    assert (refused.status_code, "fee of the plan" in readable(refused)) == (409, True)
    assert "/admin/items/world/retire" not in console.get("/admin/items/world").body.decode()


def test_the_fee_of_a_plan_is_changed_with_its_plan(console):
    offer_plan(console.ports)

    page = console.get("/admin/items/world").body.decode()

    assert "/admin/items/world/edit" not in page
    assert "fee of the plan" in page
    console.fill("/admin/plans/world/edit", **FEE)
    assert item_of(console, "world").price_micros == 9_990_000
    assert plan_of(console, "world").description == "Talk a lot"


def test_a_promotion_is_given_to_a_list_of_accounts_once(console):
    offer_plan(console.ports)
    open_account(console.ports, Profile("bob", "Bob", "EUR", "retail"), Terms())

    first = readable(console.fill("/admin/new-promotion", **PROMOTION, accounts="alice"))
    again = readable(console.fill("/admin/new-promotion", **PROMOTION, accounts="alice, bob\nbob"))

    assert "Given now (1) alice Had it before (0) Nobody" in first
    assert "Given now (1) bob Had it before (1) alice" in again
    [bucket] = console.ports.accounts.get("alice").buckets
    assert (bucket.key, bucket.seconds) == ("promotion/spring", 600)
    assert "grant promotion spring" in readable(console.get("/admin/audit"))


def test_a_promotion_for_all_goes_on_part_by_part(console, monkeypatch):
    offer_plan(console.ports)
    for number in range(2):
        open_account(console.ports, Profile(f"c{number}", "C", "EUR", "retail"), Terms())
    monkeypatch.setattr("chalicelib.admin.promotions.AT_ONCE", 2)
    path, chosen = "/admin/new-promotion", {**PROMOTION, "sheet": "retail"}

    first = console.fill(path, **chosen)
    kept = re.search('name="cursor" value="([^"]+)"', first.body.decode())
    rest = console.submit(first.body.decode(), path, **chosen, cursor=kept[1])

    assert "Given now (2) alice , c0" in readable(first)
    assert "There are more accounts" in readable(first)
    assert "Given now (1) c1" in readable(rest)
    assert "There are more accounts" not in readable(rest)


def test_a_reseller_gives_minutes_to_own_accounts_only():
    role = Role("reseller", rights_of("money:*", "plans:see"), own_accounts_only=True)
    console = console_of(role)
    offer_plan(console.ports)
    open_account(console.ports, Profile("mine", "M", "EUR", "retail", owner="jane"), Terms())

    refused = console.fill("/admin/new-promotion", **PROMOTION, accounts="alice")
    given = readable(console.fill("/admin/new-promotion", **PROMOTION, sheet="retail"))

    assert refused.status_code == 404
    assert "Given now (1) mine" in given
    assert console.ports.accounts.get("alice").buckets == ()


def test_what_is_due_is_shown_and_charged(console):
    save_item(console.ports, Item("did", "EUR", 1_000_000, "A number"), new=True)
    turn_to(console.ports, "2026-06-01")
    subscribe(console.ports, "alice", Deal("did"))
    console.sign_in()
    assert "Nothing is due." in readable(console.get("/admin/due"))
    turn_to(console.ports, "2026-07-01")
    console.sign_in()

    shown = readable(console.get("/admin/due"))
    before = console.ports.accounts.get("alice").balance.posted_micros
    charged = readable(console.fill("/admin/due"))

    assert "alice did charged A number, 2026-07-01 to 2026-07-31 -1.00 EUR" in shown
    assert "alice did charged A number, 2026-07-01 to 2026-07-31 -1.00 EUR" in charged
    assert console.ports.accounts.get("alice").balance.posted_micros == before - 1_000_000
    assert "charge what is due" in readable(console.get("/admin/audit"))


def test_what_is_due_beyond_a_part_is_gone_on_with(console, monkeypatch):
    monkeypatch.setattr("chalicelib.admin.due.AT_ONCE", 1)
    for name, price in (("dear", 9_000_000), ("cheap", 1_000_000)):
        save_item(console.ports, Item(name, "EUR", price, proration=(), grace_days=90), new=True)
        subscribe(console.ports, "alice", Deal(name))

    page = console.fill("/admin/due")
    assert "More is due." not in readable(page)
    turn_to(console.ports, "2026-02-01")
    console.sign_in()
    page = console.fill("/admin/due")
    told = readable(page)
    behind = re.search('name="behind" value="([0-9]+)"', page.body.decode())[1]
    rest = readable(console.submit(page.body.decode(), "/admin/due", behind=behind))

    assert "Not paid alice dear since 2026-01-02" in told
    assert "More is due." in told
    assert "alice cheap charged" in rest
    assert "More is due." not in rest
    assert console.submit(page.body.decode(), "/admin/due", behind="x").status_code == 400


def test_who_only_sees_plans_is_offered_no_change():
    console = console_of(READY_MADE["support"])
    offer_plan(console.ports)

    for path in ("plans", "plans/world", "items", "items/world"):
        page = console.get(f"/admin/{path}").body.decode().split("<main")[1]
        assert "/remove" not in page
        assert "/edit" not in page
        assert "/new-" not in page
