"""What the API of the office hides by roles: prices, costs, and accounts of others."""

from dataclasses import replace

import pytest

from switchboard.billing.account import Profile
from switchboard.calls.routing import TrunkCost
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.office import users
from switchboard.desk.office.users import NewUser
from switchboard.numbering import PhoneNumber
from switchboard.staff.rights import ADMINISTRATOR, Role, rights_of
from tests.fakes.console import MACHINE, PASSWORD
from tests.fakes.history import past_call
from tests.fakes.office import ROUTES, OfficeClient, office_of, refusal
from tests.fakes.on_air import go_on_air
from tests.fakes.passwords import PlainPasswords
from tests.fakes.world import ALICE, BOB

ALICES = "/accounts/alice"
SEER = rights_of(*(f"{area}:see" for area in ("accounts", "money", "calls", "traces", "trunks")))


# What a role hides


def test_costs_are_hidden_from_whoever_may_not_see_them():
    clerk = Role("clerk", SEER, hides_costs=True)
    blind = Role("blind", SEER - rights_of("money:see"))
    seen = {}
    for role in (Role("costs", SEER), clerk, blind):
        client = office_of(role)
        cost_a_call(client)
        seen[role.name] = client.read(f"{ALICES}/calls").json_body["items"][0]
        seen[role.name, "trace"] = client.read(f"/traces/{'0' * 31}9").json_body["call"]

    legs = {name: body["customer"] for name, body in seen.items()}

    assert legs["costs"]["trunk_cost"]["amount"] == "0.01"
    assert legs["costs"]["margin"] == "0.02"
    assert (legs["clerk"]["trunk_cost"], legs["clerk"]["margin"]) == (None, None)
    assert (seen["clerk"]["margin"], seen["clerk"]["cost"]) == (None, seen["costs"]["cost"])
    assert (seen["blind"]["cost"], legs["blind"]["cost"]) == (None, None)
    assert seen["blind", "trace"] == seen["blind"]
    assert seen["clerk", "trace"] == seen["clerk"]


def cost_a_call(client: OfficeClient) -> None:
    """The traced call of Alice's cost a cent at the carrier."""
    books = client.ports.books.closed
    [key] = [one for one in books if one[1].endswith("9")]
    cost = TrunkCost("EUR", 10_000, "44", "wholesale", "v1")
    customer = replace(books[key].customer, trunk_cost=cost, cost_micros=30_000)
    books[key] = replace(books[key], customer=customer)


def test_balances_are_hidden_from_whoever_may_not_see_money():
    client = office_of(Role("blind", rights_of("accounts:see")))

    for body in (client.read(ALICES).json_body, *client.read("/accounts").json_body["items"]):
        hidden = ("balance", "held", "available", "credit_limit", "daily_limits", "spent_today")
        assert {body[name] for name in hidden} == {None}
    assert client.read(f"{ALICES}/statement").status_code == 403


def test_counts_tell_of_money_as_the_monitor_does():
    for role, revenue, cost in (
        (Role("costs", SEER), dict, dict),
        (Role("clerk", SEER, hides_costs=True), dict, type(None)),
        (Role("blind", SEER - rights_of("money:see")), type(None), type(None)),
        (Role("own", SEER, own_accounts_only=True), type(None), type(None)),
    ):
        body = office_of(role).read("/counts").json_body["hour"]["callbacks"]

        assert (type(body["revenue"]), type(body["cost"])) == (revenue, cost), role.name


# Own accounts only

RITA = Role("reseller", rights_of(*(f"{one.area.value}:*" for one in ADMINISTRATOR.rights)))
BOBS = PhoneNumber("+442079460124")


def two_resellers() -> OfficeClient:
    """Jane has an account of her own; Alice's is Sam's, like all that is known of it."""
    client = office_of(replace(RITA, own_accounts_only=True, hides_costs=True))
    ports = client.ports
    mine = Profile("bob", "Bob", "EUR", "retail", numbers=(BOBS,), owner="jane")
    open_account(ports, mine, Terms(2_000_000))
    past_call(ports, "d" * 32, 500_000, account="bob", to=BOB)
    past_call(ports, "c" * 32, 500_000, to=BOB)
    users.add_user(ports, MACHINE, PlainPasswords(), NewUser("rita", "R", "reseller", PASSWORD))
    return client


OF_ACCOUNTS = [route for route in ROUTES if "{account}" in route.path or "{callback}" in route.path]


@pytest.mark.parametrize("route", OF_ACCOUNTS, ids=lambda one: f"{one.method} {one.path}")
def test_there_are_no_accounts_of_others(route):
    client = two_resellers()
    before = client.ports.accounts.get("alice"), client.ports.staff.all()

    response = client.call(route)

    assert refusal(response) == (404, "not_found")
    assert (client.ports.accounts.get("alice"), client.ports.staff.all()) == before


@pytest.mark.parametrize(
    "route",
    [one for one in ROUTES if one.method == "GET" and one not in OF_ACCOUNTS],
    ids=lambda one: one.path,
)
def test_nothing_tells_of_accounts_of_others(route):
    client = two_resellers()
    go_on_air(client.ports)

    body = client.call(route).body

    assert b"alice" not in body.lower()


def test_there_are_own_accounts():
    client = two_resellers()

    assert [one["account"] for one in client.read("/accounts").json_body["items"]] == ["bob"]
    assert client.read("/accounts?q=alice").json_body["items"] == []
    assert client.read("/accounts/bob").json_body["balance"] == "1.50"
    assert len(client.read("/accounts/bob/calls").json_body["items"]) == 1
    assert client.patch("/accounts/bob", {"name": "B"}).status_code == 200


def test_nothing_is_given_to_others_or_taken_from_them():
    client = two_resellers()
    new = {"account": "eve", "sheet": "retail"}
    did = {"number": "+442079460998", "mode": "did", "rings": str(BOBS)}

    assert client.write("POST", "/accounts", {**new, "owner": "sam"}).status_code == 422
    assert client.write("POST", "/accounts", new).json_body["owner"] == "jane"
    assert client.patch("/accounts/bob", {"owner": "sam"}).status_code == 422
    assert client.patch("/accounts/bob", {"owner": None}).status_code == 422
    assert client.write("POST", "/numbers", {**did, "account": "alice"}).status_code == 404
    assert client.write("POST", "/numbers", {"number": did["number"]}).status_code == 422
    assert client.write("POST", "/numbers", {**did, "account": "bob"}).status_code == 201
    for kind, value in (("account", "alice"), ("trunk", "carrier"), ("number", str(ALICE))):
        switch = {"kind": kind, "value": value}
        assert client.write("POST", "/trace-switches", switch).status_code in {404, 422}
