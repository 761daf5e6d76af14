"""Settings in the console: classes, velocity, exchange rates, expected duration, routes."""

from dataclasses import replace

import pytest

from switchboard.billing.classes import DEFAULT_CLASSES
from switchboard.calls.trunk import Trunk
from switchboard.calls.velocity import Limit, Velocity
from switchboard.staff.rights import READY_MADE, Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.world import retail_sheet

CLASSES = "/admin/settings/classes"
RINGS = "/admin/settings/velocity/rings-of-phone"
ROUTE = "/admin/route?number=%2B442079460000"


@pytest.fixture
def console():
    return console_of()


def premium(console):
    return console.ports.settings.classes().find("premium")


def test_a_class_is_made_changed_and_reset(console):
    console.fill("/admin/settings/new-class", name="casinos", prefixes="+4478\n4479", blocked="yes")
    console.fill(f"{CLASSES}/premium", prefixes="979\n4478001")

    casinos = console.ports.settings.classes().find("casinos")
    assert (casinos.prefixes, casinos.blocked) == (("4478", "4479"), True)
    assert (premium(console).prefixes, premium(console).blocked) == (("979", "4478001"), False)
    listed = readable(console.get(CLASSES))
    assert "68 prefixes, blocked Reset" in listed
    assert "Other than built in 2" in readable(console.get("/admin/settings"))
    assert "casinos is built in" not in listed
    console.fill(f"{CLASSES}/premium/reset")
    console.fill(f"{CLASSES}/casinos/reset")
    assert console.ports.settings.classes() == DEFAULT_CLASSES.with_class(
        DEFAULT_CLASSES.find("premium")
    )
    assert console.get(f"{CLASSES}/casinos").status_code == 404
    log = readable(console.get("/admin/audit"))
    assert "remove class casinos" in log
    assert "blocked no → yes" in log


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/admin/settings/new-class", {"name": "Bad one"}, "cannot be a class"),
        ("/admin/settings/new-class", {"name": "premium"}, "is a class premium already"),
        ("/admin/settings/new-class", {"name": "national"}, "is what is in no other class"),
        (f"{CLASSES}/premium", {"prefixes": "979\n0900"}, "“0900” is not a prefix"),
        (f"{CLASSES}/premium", {"prefixes": "870"}, "870 is in two classes"),
        (RINGS, {"limit": "often"}, "“often” is no limit: write 12/1h"),
        (RINGS, {"limit": "1/99d"}, "is no limit"),
        (RINGS, {"limit": ""}, "This is needed"),
        ("/admin/routing/expected", {"seconds": "0"}, "1 to 86400 seconds"),
        (
            "/admin/routing/new-rate",
            {"currency": "USD", "rate": "0", "into": "EUR"},
            "more than nothing",
        ),
        (
            "/admin/routing/new-rate",
            {"currency": "EUR", "rate": "2", "into": "EUR"},
            "One EUR is one EUR",
        ),
        (
            "/admin/routing/new-rate",
            {"currency": "E1", "rate": "2", "into": "EUR"},
            "is not a currency",
        ),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(console, path, fields, told):
    response = console.fill(path, **fields)

    assert told in readable(response)
    assert response.status_code in {400, 409, 422}
    assert console.ports.settings.classes() == DEFAULT_CLASSES
    assert console.ports.settings.velocity() == Velocity()
    assert console.ports.settings.routing().exchange.rates == {}


def test_a_limit_is_changed_and_reset(console):
    console.fill(RINGS, limit="5/10m")
    assert console.ports.settings.velocity().rings_of_phone == Limit.parse("5/10m")
    listed = readable(console.get("/admin/settings/velocity"))
    assert "How often a phone is rung back for its rings. 5/10m 12/1h Reset" in listed
    assert "rings-of-phone is 5/10m and becomes 12/1h." in readable(console.get(f"{RINGS}/reset"))

    console.fill(f"{RINGS}/reset")

    assert console.ports.settings.velocity() == Velocity()
    assert "limit 5/10m → 12/1h" in readable(console.get("/admin/audit"))
    assert console.get("/admin/settings/velocity/nothing").status_code == 404


def test_every_limit_is_explained(console):
    page = readable(console.get("/admin/settings/velocity"))

    for name in Velocity().named():
        assert f"{name} How " in page


def test_the_expected_duration_is_changed_and_reset(console):
    console.fill("/admin/routing/expected", seconds="60")
    assert "60 seconds" in readable(console.get("/admin/routing"))

    console.fill("/admin/routing/expected/reset")

    assert console.ports.settings.routing().expected_s == 180


def test_exchange_rates_are_added_changed_and_removed(console):
    console.fill("/admin/routing/new-rate", currency="usd", rate="0.9215", into="eur")
    again = console.fill("/admin/routing/new-rate", currency="USD", rate="1", into="EUR")
    other = console.fill("/admin/routing/new-rate", currency="GBP", rate="1", into="USD")
    assert "There is a rate of USD" in readable(again)
    assert "All rates are into EUR" in readable(other)
    assert "In EUR USD 0.9215" in readable(console.get("/admin/routing"))
    console.fill("/admin/routing/rates/USD", rate="0.95")
    assert "one is 0.9215 EUR → 0.95 EUR" in readable(console.get("/admin/audit"))

    console.fill("/admin/routing/rates/USD/remove")

    assert "There is no exchange rate." in readable(console.get("/admin/routing"))
    assert console.get("/admin/routing/rates/USD").status_code == 404


def furnish(console):
    """Another trunk with its costs, and one that is not used."""
    ports = console.ports
    ports.trunks.save(Trunk("dear", "192.0.2.1", cost_sheet="retail", priority=5))
    ports.trunks.save(replace(Trunk("idle", "192.0.2.2"), enabled=False))
    ports.sheets.publish(retail_sheet())


def test_a_route_has_its_trunks_in_order_and_why_others_are_none(console):
    furnish(console)

    page = readable(console.get(f"{ROUTE}&account=alice&seconds=60"))

    assert "+442079460000 for 60 s" in page
    assert "The account pays 0.02 EUR for it." in page
    assert "1 dear +442079460000 5 1 0.02 EUR 0.00 EUR" in page
    assert "2 carrier +442079460000" in page
    assert "Not tried idle It is disabled." in page
    assert "Not tried" not in readable(console.get("/admin/route"))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("number=", "This is needed"),
        ("number=12", "“12” is not a phone number"),
        ("number=%2B442079460000&seconds=x", "is not a whole number"),
        ("number=%2B442079460000&at=soon", "is no date and time"),
        ("number=%2B442079460000&at=0001-01-01T00:00", "not between 2000 and 2199"),
        ("number=%2B442079460000&account=nobody", "There is no account nobody"),
    ],
)
def test_a_route_that_cannot_be_asked_for_says_why(console, query, told):
    response = console.get(f"/admin/route?{query}")

    assert response.status_code in {200, 422}
    assert told in readable(response).split("Show the route")[0]


def test_costs_are_hidden_from_whoever_may_not_see_them():
    role = Role("shy", rights_of("trunks:see", "accounts:see"), hides_costs=True)
    console = console_of(role)
    furnish(console)

    page = readable(console.get(f"{ROUTE}&account=alice"))

    assert "The account pays 0.06 EUR for it." in page
    for word in ("Costs", "Earned", "Loss guard"):
        assert word not in page


def test_who_may_not_see_accounts_is_not_asked_for_one():
    console = console_of(Role("lineman", rights_of("trunks:see")))

    assert 'name="account"' not in console.get("/admin/route").body.decode()
    assert "does not have the right" not in readable(console.get(f"{ROUTE}&account=alice"))


def test_who_only_sees_settings_is_offered_no_change():
    console = console_of(READY_MADE["operator"])

    for path in ("classes", "velocity"):
        page = console.get(f"/admin/settings/{path}").body.decode().split("<main")[1]
        assert "<a " not in page
