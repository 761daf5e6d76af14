"""Accounts opened in the console, their terms, and how their customers get in."""

import re
from datetime import timedelta

import pytest

from switchboard.calls.manners import Manners
from switchboard.desk.accounts import sign_in
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.visits import begin_visit, open_visits
from switchboard.errors import NotSignedIn
from switchboard.ports import Visit
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.console_forms import FORMS

NEW = "/admin/new-account"
ALICE = "/admin/accounts/alice"
CAROL = {
    **FORMS[NEW][1],
    "numbers": "020 7946 0199",
    "email": "carol@example.com",
    "login": "carol-l",
    "password": "open sesame",
}
TERMS = FORMS["/admin/accounts/{id}/terms"][1]
PIN = "73915028"


@pytest.fixture
def console():
    return console_of()


def profile(console, name="alice"):
    return console.ports.accounts.get(name).profile


def log_of(console, name="alice") -> str:
    return readable(console.get(f"/admin/audit?about=account+{name}"))


def test_an_account_is_opened_with_all_that_was_entered(console):
    money = {"type": "postpaid", "balance": "-1.50", "credit_limit": "20", "max_callbacks": "2"}

    page = readable(console.go(console.fill(NEW, **{**CAROL, **money}, owner="jane")))

    opened = console.ports.accounts.get("carol")
    assert "carol was opened" in page
    assert (opened.balance.posted_micros, opened.balance.credit_limit_micros) == (
        -1_500_000,
        20_000_000,
    )
    assert opened.balance.max_callbacks == 2
    assert (opened.profile.owner, opened.profile.email) == ("jane", "carol@example.com")
    assert [str(one) for one in opened.profile.numbers] == ["+442079460199"]
    signed_in = sign_in(console.ports, console.wiring.passwords, "carol-l", "open sesame")
    assert signed_in.profile.account == "carol"
    log = log_of(console, "carol")
    assert "login carol-l" in re.sub(r"\W*→\W*", " ", log)
    assert "open sesame" not in log
    assert opened.profile.password_hash not in log


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(console):
    wrong = {"balance": "ten", "credit_limit": "-1", "max_callbacks": "2"}

    response = console.fill(NEW, **{**CAROL, **wrong, "account": "Carol!", "password": "short"})

    page = response.body.decode()
    assert response.status_code == 422
    assert page.count('aria-invalid="true"') == 4
    assert 'value="carol@example.com"' in page
    assert "short" not in re.sub(r"<[^>]*(hint|class)[^>]*>", "", page)


def test_other_terms_than_the_usual_need_the_right_to_change_money():
    console = console_of(Role("desk", rights_of("accounts:see", "accounts:change")))

    page = console.get(NEW).body.decode()
    console.submit(page, NEW, **CAROL, balance="100")

    assert 'name="balance"' not in page
    assert console.ports.accounts.get("carol").balance.posted_micros == 0
    assert console.get(f"{ALICE}/terms").status_code == 403


def test_who_has_accounts_of_their_own_only_opens_one_for_themselves():
    rights = rights_of("accounts:see", "accounts:change", "money:change")
    console = console_of(Role("reseller", rights, own_accounts_only=True))

    console.fill(NEW, **CAROL, balance="0", credit_limit="0", max_callbacks="5", owner="rita")

    assert profile(console, "carol").owner == "jane"
    assert console.get(f"{ALICE}/terms").status_code == 404
    assert console.get(f"{ALICE}/access").status_code == 404


def test_the_terms_of_an_account_are_what_was_entered(console):
    entered = {
        **TERMS,
        "type": "postpaid",
        "credit_limit": "7.50",
        "max_callbacks": "3",
        "daily_limit": "20",
        "class_limits": "premium=5.00",
        "allowed": "44\n+33",
        "forbidden": "447",
        "classes": "premium",
        "valid_until": "2030-01-01",
    }

    console.go(console.fill(f"{ALICE}/terms", **entered))

    known = console.ports.accounts.get("alice")
    assert known.balance.credit_limit_micros == 7_500_000
    assert known.balance.max_callbacks == 3
    assert known.balance.limits == {"all": 20_000_000, "premium": 5_000_000}
    assert known.profile.allowed_prefixes == ("44", "33")
    assert known.profile.forbidden_prefixes == ("447",)
    assert known.profile.allowed_classes == ("premium",)
    assert f"{known.profile.valid_until:%Y-%m-%d}" == "2030-01-01"
    assert "premium 5.00" in log_of(console)

    console.go(console.fill(f"{ALICE}/terms", **TERMS))

    known = console.ports.accounts.get("alice")
    assert (known.balance.limits, known.profile.valid_until) == ({}, None)
    assert (known.profile.allowed_prefixes, known.profile.allowed_classes) == ((), ())


def test_days_of_validity_begin_with_the_next_use(console):
    console.go(console.fill(f"{ALICE}/terms", **TERMS, valid_days="30"))

    assert (profile(console).valid_until, profile(console).valid_days) == (None, 30)
    assert "Valid for days 30" in readable(console.get(ALICE))
    console.go(console.fill(f"{ALICE}/terms", **TERMS, valid_days="30", valid_until="2030-01-01"))
    assert f"{profile(console).valid_until:%Y-%m-%d}" == "2030-01-01"
    assert profile(console).valid_days == 30
    console.go(console.fill(f"{ALICE}/terms", **TERMS))
    assert (profile(console).valid_until, profile(console).valid_days) == (None, None)
    refused = console.fill(f"{ALICE}/terms", **TERMS, valid_days="0")
    assert "1 to 36,500 days" in readable(refused)


def test_an_instant_within_the_day_that_is_shown_stays(console):
    until = console.ports.clock.now() + timedelta(days=30, minutes=7)
    change_profile(console.ports, "alice", Changes(valid_until=until))

    page = console.get(f"{ALICE}/terms").body.decode()
    console.submit(page, f"{ALICE}/terms", **TERMS, valid_until=f"{until:%Y-%m-%d}")

    assert profile(console).valid_until == until


def test_terms_that_do_not_fit_together_change_nothing(console):
    before = console.ports.accounts.get("alice")

    response = console.fill(f"{ALICE}/terms", **{**TERMS, "credit_limit": "5"})

    assert "A prepaid account has no credit limit" in readable(response)
    assert console.ports.accounts.get("alice") == before


def test_a_password_and_a_pin_are_good_from_then_on_and_not_in_the_log(console):
    manners = {"confirm": "yes", "tell_limit": "no"}

    page = console.fill(f"{ALICE}/access", login="al", password="open sesame", pin=PIN, **manners)

    console.go(page)
    key = console.wiring.settings.pin_key
    assert console.ports.accounts.by_pin(key.hash(PIN)) == "alice"
    assert sign_in(console.ports, console.wiring.passwords, "al", "open sesame")
    assert profile(console).manners == Manners(confirm=True, tell_limit=False)
    log = log_of(console)
    assert PIN not in log
    assert key.hash(PIN) not in log

    console.go(console.fill(f"{ALICE}/access", login="al", no_pin="yes"))

    assert profile(console).pin_hash is None
    assert profile(console).manners == Manners()
    assert sign_in(console.ports, console.wiring.passwords, "al", "open sesame")


def test_a_login_is_taken_away_with_its_password_and_whoever_is_signed_in(console):
    console.go(console.fill(f"{ALICE}/access", login="al", password="open sesame"))
    now = console.ports.clock.now()
    begin_visit(console.ports, profile(console), Visit("v1", now, now + timedelta(hours=1)))

    console.go(console.fill(f"{ALICE}/access", login="al", no_login="yes"))

    assert (profile(console).login, profile(console).password_hash) == (None, None)
    assert open_visits(console.ports, "alice") == []
    with pytest.raises(NotSignedIn):
        sign_in(console.ports, console.wiring.passwords, "al", "open sesame")
    assert "login al" in log_of(console)
    assert "no_login" not in console.get(f"{ALICE}/access").body.decode()


def test_a_login_is_not_taken_away_with_another_password_for_it(console):
    before = profile(console)

    response = console.fill(f"{ALICE}/access", login="al", no_login="yes", password="open sesame")

    assert "A password needs a login" in readable(response)
    assert profile(console) == before


def test_a_short_password_and_a_pin_that_is_none_are_refused_beside_them(console):
    before = profile(console)

    response = console.fill(f"{ALICE}/access", login="al", password="short", pin="12")

    assert "at least 8 characters" in readable(response)
    assert "4 to 20 digits" in readable(response)
    assert profile(console) == before
