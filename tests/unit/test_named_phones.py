"""Phones that are named to be rung first: the account's own, and others where it may, so often."""

from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.calls.callback import Trigger
from switchboard.calls.velocity import Velocity
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.planned import plan_callback
from switchboard.desk.profiles import Changes, change_profile
from switchboard.errors import TooOften, UnconfirmedNumber
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.api import signed_in_api, visiting_api
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, CAROL, open_alice
from tests.unit.test_text_orders import PIN, STRANGER, Line

BOTH = f"{CAROL.digits} {BOB.digits}"
HOUR = timedelta(hours=1)
LIMITS = Velocity()
OWN_ONLY = Changes(own_phones_only=True)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, max_callbacks=1_000)
    return ports


def order(ports: Ports, identity: str, customer=CAROL, account="alice", **more):
    wanted = Order(customer, BOB, Trigger("test", identity), **{"named": True} | more)
    return order_callback(ports, ports.accounts.get(account), wanted)


def test_a_text_connects_two_phones_that_are_not_the_senders():
    line = Line()

    assert line.words(BOTH) == f"We are calling {CAROL} now to connect it with {BOB}."
    assert line.calls == [(CAROL, BOB)]


def test_an_account_that_is_bound_to_its_own_phones_is_told_how_to_confirm_another():
    line = Line()
    change_profile(line.ports, "alice", OWN_ONLY)

    refused = [line.text(BOTH), line.text(f"AT 18:30 {BOTH}"), line.text(f"{PIN} {BOTH}")]

    assert {answer.refused for answer in refused} == {"unconfirmed_number"}
    assert refused[0].words == (
        f"Sorry, {CAROL} must be confirmed before it is rung: text R.{CAROL},"
        " or add it to your phones."
    )
    assert line.calls == []
    change_profile(line.ports, "alice", Changes(add_numbers=(CAROL,)))
    assert line.text(BOTH).refused is None


@pytest.mark.parametrize("text", [BOB.digits, "CB", f"{ALICE.digits} {BOB.digits}"])
def test_an_own_phone_is_rung_for_an_account_that_is_bound_to_them(text):
    line = Line()
    change_profile(line.ports, "alice", OWN_ONLY)

    assert line.text(text).refused is None
    assert [customer for customer, _ in line.calls] == [ALICE]


def test_a_pin_connects_the_phone_that_it_came_from_whatever_that_is():
    line = Line()
    change_profile(line.ports, "alice", OWN_ONLY)

    line.text(f"{PIN} {BOB.digits}", sender=STRANGER)

    assert line.calls == [(STRANGER, BOB)]


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
def test_it_is_told_in_the_language_of_the_account(language):
    line = Line()
    change_profile(line.ports, "alice", Changes(own_phones_only=True, language=language))

    assert "R." in line.words(BOTH)


def test_the_api_and_the_page_refuse_it_alike():
    api, page = signed_in_api(), visiting_api()
    for one in (api, page):
        change_profile(one.ports, "alice", OWN_ONLY)
    body = {"from": str(CAROL), "to": str(BOB)}
    at = (api.ports.clock.now() + HOUR).isoformat()

    answers = [api.send("/api/v1/callbacks", {**body, **more}) for more in ({}, {"at": at})]
    form = page.get("/").body.decode()
    shown = page.submit(form, "/callbacks", **body)

    assert [(one.status_code, one.json_body["code"]) for one in answers] == [
        (422, "unconfirmed_number")
    ] * 2
    assert (shown.status_code, "must be confirmed" in shown.body.decode()) == (422, True)
    assert api.send("/api/v1/callbacks", {"to": str(BOB)}).status_code == 202
    assert api.send("/api/v1/callbacks", {**body, "from": str(ALICE)}).status_code == 202


def test_a_strange_phone_is_rung_so_often_for_all_accounts_together(ports):
    bob = Profile("bob", "Bob", "EUR", "retail")
    open_account(ports, bob, Terms(5_000_000, max_callbacks=1_000))
    for number in range(LIMITS.calls_to_stranger.most):
        order(ports, str(number), account="alice" if number % 2 else "bob")

    for account in ("alice", "bob"):
        with pytest.raises(TooOften):
            order(ports, f"one more of {account}", account=account)
    assert order(ports, "0", account="bob").customer == CAROL
    ports.clock.pass_by(HOUR)
    order(ports, "later")


def test_an_account_has_so_many_strange_phones_rung(ports):
    for number in range(LIMITS.strangers_of_account.most):
        order(ports, str(number), PhoneNumber(f"+44770090{number:04}"))

    with pytest.raises(TooOften):
        order(ports, "one more")
    wanted = Order(CAROL, BOB, Trigger("test", "planned"), named=True)
    with pytest.raises(TooOften):
        plan_callback(ports, ports.accounts.get("alice"), wanted, ports.clock.now() + HOUR)
    order(ports, "own", ALICE)


def test_own_phones_and_those_that_an_order_came_from_are_not_counted(ports):
    order(ports, "1", ALICE)
    order(ports, "2", named=False)

    assert ports.throttle.counts == {}


def test_a_plan_refuses_what_an_order_would(ports):
    change_profile(ports, "alice", OWN_ONLY)
    wanted = Order(CAROL, BOB, Trigger("test", "1"), named=True)

    with pytest.raises(UnconfirmedNumber):
        plan_callback(ports, ports.accounts.get("alice"), wanted, ports.clock.now() + HOUR)
