"""Subscriptions in the console: what is charged or given back is said before it is done."""

import re

import pytest

from chalicelib.admin.account import STATES
from chalicelib.admin.sale_fields import ANCHORS, PRORATIONS, UNPAID
from switchboard.billing.account import Profile
from switchboard.billing.catalogue import Item, Proration, Unpaid
from switchboard.billing.periods import Anchor
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.billing.subscriptions import Deal, State
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.catalogue import save_item
from switchboard.desk.service_numbers import add_service_number
from switchboard.desk.subscriptions import subscribe
from switchboard.numbering import PhoneNumber
from switchboard.staff.rights import READY_MADE, Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.plans import offer_plan
from tests.fakes.recurring_world import turn_to
from tests.fakes.world import BOB

ALICE = "/admin/accounts/alice"
DID = ALICE + "/subscriptions/did"
NUMBER = PhoneNumber("+442079460111")


@pytest.fixture
def console():
    console = console_of()
    turn_to(console.ports, "2026-06-16")
    console.sign_in()
    save_item(console.ports, Item("did", "EUR", 3_000_000, "A number", 500_000), new=True)
    return console


def test_everything_has_its_words():
    assert {*STATES} == {*State}
    assert {*ANCHORS} == {*Anchor}
    assert {*PRORATIONS} == {*Proration}
    assert {*UNPAID} == {*Unpaid}


def confirm(console, path: str, **fields: str):
    """What is foretold, and what is answered when that is confirmed."""
    page = console.fill(path, **fields)
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.body.decode()))
    assert page.status_code == 200, readable(page)
    return readable(page), console.submit(page.body.decode(), path, **kept)


def known(console, name: str = "did"):
    return console.ports.subscriptions.find("alice", name)


def balance(console) -> int:
    return console.ports.accounts.get("alice").balance.posted_micros


def test_a_subscription_is_foretold_begun_changed_and_ended(console):
    shown, done = confirm(console, f"{ALICE}/subscribe", item="did", quantity="1")
    assert "Charged: 2.00 EUR." in shown
    assert "A number, set-up -0.50 EUR" in shown
    assert "A number, 2026-06-16 to 2026-06-30 -1.50 EUR" in shown
    assert "The balance is 3.00 EUR then." in shown
    assert "The account subscribes to it. Charged: 2.00 EUR." in readable(console.go(done))
    assert balance(console) == 3_000_000

    shown, done = confirm(console, f"{DID}/change", item="did", quantity="2", price="1.50")
    assert "As much is given back as is charged." in shown
    assert "not used 1.50 EUR" in shown
    assert "The subscription was changed." in readable(console.go(done))
    assert known(console).deal == Deal("did", 2, 1_500_000)

    shown, done = confirm(console, f"{DID}/end")
    page = readable(console.go(done))

    assert "Given back: 1.50 EUR." in shown
    assert "The subscription was ended. Given back: 1.50 EUR." in page
    assert known(console).state is State.ENDED
    assert balance(console) == 4_500_000
    log = readable(console.get("/admin/audit?about=account+alice"))
    assert "→ active, 1 of did" in log
    assert "balance 3.00 EUR → 4.50 EUR" in log


def test_nothing_is_done_before_it_is_confirmed(console):
    console.fill(f"{ALICE}/subscribe", item="did", quantity="1")
    console.fill(f"{ALICE}/subscribe", item="did", quantity="1", confirmed="0" * 32)

    assert known(console) is None
    assert balance(console) == 5_000_000
    assert "subscribe" not in {one.deed for one in console.ports.audit.kept.values()}


def test_what_would_be_done_otherwise_by_now_is_shown_again(console):
    page = console.fill(f"{ALICE}/subscribe", item="did", quantity="1")
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.body.decode()))
    save_item(console.ports, Item("did", "EUR", 4_000_000, "A number"), new=False)

    again = readable(console.submit(page.body.decode(), f"{ALICE}/subscribe", **kept))

    assert "This changed meanwhile: please look again." in again
    assert "-2.00 EUR" in again
    assert known(console) is None


def test_a_later_day_is_foretold_as_things_stand(console):
    confirm(console, f"{ALICE}/subscribe", item="did", quantity="1")

    shown, done = confirm(console, f"{DID}/end", on="2026-07-16")

    assert "Nothing is charged or given back now." in shown
    assert "On 2026-07-16, as things stand now:" in shown
    assert "A number, 2026-07-16 to 2026-07-31 not used 1.55 EUR" in shown
    assert "ends on 2026-07-16" in readable(console.go(done))


def test_what_is_not_covered_is_said_to_wait(console):
    shown, done = confirm(console, f"{ALICE}/subscribe", item="did", quantity="100")

    assert "it waits until it can be paid" in shown
    assert "not paid yet" in readable(console.go(done))


def test_a_number_is_paid_for_by_its_subscription(console):
    service = ServiceNumber(NUMBER, mode=ServiceMode.DID, account="alice", rings=BOB)
    add_service_number(console.ports, service)

    _, done = confirm(
        console, f"{ALICE}/subscribe", item="did", quantity="1", called="line-2", number=str(NUMBER)
    )

    assert known(console, "line-2").number == NUMBER
    assert f"line-2 {NUMBER}" in readable(console.go(done))


def test_a_plan_is_set_with_what_it_costs_and_taken_away(console):
    offer_plan(console.ports, price_micros=2_000_000)

    shown, done = confirm(console, f"{ALICE}/plan", plan="world")
    assert "Charged: 1.00 EUR." in shown
    assert "The plan was set. Charged: 1.00 EUR." in readable(console.go(done))
    [bucket] = console.ports.accounts.get("alice").buckets
    assert bucket.name == "talk"
    again = console.fill(f"{ALICE}/plan", plan="world")
    assert (again.status_code, "has the plan world already" in readable(again)) == (409, True)
    shown, _ = confirm(console, f"{ALICE}/plan", plan="")
    assert console.ports.accounts.get("alice").profile.plan_at(console.ports.clock.now()) is None
    log = readable(console.get("/admin/audit"))
    assert "plan world from 2026-06-16 → none from 2026-06-16" in log


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"item": "moon"}, "none of the choices"),
        ({"quantity": "0"}, "A quantity is 1 to 10,000"),
        ({"price": "free"}, "is not an amount"),
        ({"on": "2024-01-01"}, "more than a year ago"),
        ({"on": "2030-01-01"}, "more than a year ahead"),
        ({"called": "plan"}, "follows the account's plan"),
        ({"called": "A line"}, "use up to 32 small letters"),
        ({"number": "+442079460999"}, "is no DID of account alice"),
        ({"number": "02079460999"}, "with the plus"),
    ],
)
def test_what_is_wrong_is_told(console, fields, told):
    response = console.fill(f"{ALICE}/subscribe", **{"item": "did", "quantity": "1"} | fields)

    assert told in readable(response)
    assert response.status_code in {400, 404, 422}
    assert console.ports.subscriptions.of("alice") == []


def test_what_has_ended_offers_nothing_more(console):
    confirm(console, f"{ALICE}/subscribe", item="did", quantity="1")
    confirm(console, f"{DID}/end")

    page = console.get(ALICE).body.decode()

    assert f"{DID}/end" not in page
    assert console.fill(f"{DID}/end").status_code == 409
    assert console.get(f"{ALICE}/subscriptions/moon/end").status_code == 404


def test_accounts_of_others_are_none():
    role = Role("reseller", rights_of("accounts:see", "money:*"), own_accounts_only=True)
    console = console_of(role)
    save_item(console.ports, Item("did", "EUR", 1_000_000), new=True)
    open_account(console.ports, Profile("mine", "M", "EUR", "retail", owner="jane"), Terms())

    for path in ("subscribe", "plan", "subscriptions/did/end", "subscriptions/did/change"):
        assert console.get(f"{ALICE}/{path}").status_code == 404
    assert console.get("/admin/accounts/mine/subscribe").status_code == 200


def test_who_only_sees_money_is_offered_no_change():
    console = console_of(READY_MADE["support"])
    save_item(console.ports, Item("did", "EUR", 3_000_000, "A number"), new=True)
    subscribe(console.ports, "alice", Deal("did"))

    page = console.get(ALICE)

    assert "A number did paid 3.00 EUR a month 2026-02-01 2026-02-01" in readable(page)
    for path in ("/subscribe", "/plan", "/subscriptions/"):
        assert f"{ALICE}{path}" not in page.body.decode()
