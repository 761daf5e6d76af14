"""The console's pages: signing in, finding an account, forms that keep what was entered."""

import re
from datetime import timedelta

import pyotp
import pytest

from switchboard.billing.account import Profile
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.office.own import add_second_factor
from switchboard.staff.audit import AuditEntry
from switchboard.staff.codes import STEP, new_secret
from switchboard.staff.rights import ADMINISTRATOR, READY_MADE, Role, rights_of
from switchboard.staff.users import Operator
from switchboard.staff.visits import IDLE_LIMIT
from tests.fakes.api import readable
from tests.fakes.console import PASSWORD, add_jane, console_of, open_console
from tests.fakes.world import ALICE

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def console():
    return console_of()


def code(console, secret: str) -> str:
    return pyotp.TOTP(secret).at(console.ports.clock.now())


def test_signing_in_leads_to_the_page_that_was_asked_for():
    console = open_console()
    asked = console.get("/admin/accounts?status=blocked&q=a+b").headers["Location"]

    page = console.get(asked).body.decode()
    response = console.submit(page, "/admin/login", login="jane", password=PASSWORD)

    assert response.headers["Location"] == "/admin/accounts?status=blocked&q=a+b"
    assert console.go(response).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/admin/../../evil",
        "/admin/..",
        "/admin//evil.example",
        "/administrator",
        "/admin@evil.example",
        "javascript:alert(1)",
        "/admin\r\nX: y",
        "/admin/%0d%0aX:y",
        "/admin?next=//evil",
        "/portal",
        "",
    ],
)
def test_a_sign_in_leads_nowhere_but_into_the_console(elsewhere):
    console = open_console()
    page = console.get("/admin/login").body.decode()

    response = console.submit(
        page.replace('name="next" value="/admin"', ""),
        "/admin/login",
        login="jane",
        password=PASSWORD,
        next=elsewhere,
    )

    assert (response.status_code, response.headers["Location"]) == (303, "/admin")


def test_what_the_browser_bore_before_knows_nothing_of_the_visit():
    console = open_console()
    page = console.get("/admin/login").body.decode()
    before = console.cookie

    console.submit(page, "/admin/login", login="jane", password=PASSWORD)

    after, console.cookie = console.cookie, before
    assert after != before
    assert console.get("/admin").status_code == 303
    console.cookie = after
    assert console.submit(page, "/admin/accounts/alice/block").status_code == 403


def test_signing_out_ends_the_visit_for_whoever_kept_the_cookie(console):
    kept = console.cookie
    page = console.get("/admin").body.decode()

    assert console.submit(page, "/admin/logout").headers["Location"] == "/admin/login"

    console.cookie = kept
    assert console.get("/admin").status_code == 303


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites():
    header = open_console().get("/admin/login").headers["Set-Cookie"]

    for attribute in ("__Host-ringback-console=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert attribute in header


def test_a_wrong_password_is_told_and_the_login_is_kept():
    response = open_console().sign_in(password="wrong")

    assert response.status_code == 401
    assert "Login or password is wrong." in readable(response)
    assert 'name="login" value="jane"' in response.body.decode()


def test_who_tries_passwords_is_told_to_wait():
    console = open_console()

    statuses = [console.sign_in(password="wrong").status_code for _ in range(11)]

    assert statuses == [401] * 10 + [429]
    assert console.sign_in().status_code == 429


def test_a_second_factor_is_set_up_and_asked_for(console):
    page = console.get("/admin/me/second-factor").body.decode()
    secret = re.search(r'name="secret" value="(\w+)"', page)[1]
    assert "<svg" in page
    wrong = console.submit(page, "/admin/me/second-factor", code="000000")
    assert f'name="secret" value="{secret}"' in wrong.body.decode()
    shown = console.submit(page, "/admin/me/second-factor", code=code(console, secret))
    recovery = re.findall(r"<code>([a-z0-9-]{14})</code>", shown.body.decode())
    assert len(recovery) == 10
    assert secret not in console.get("/admin/me").body.decode()
    console.ports.clock.pass_by(STEP)

    other = open_console()
    other.wiring = console.wiring
    asked = other.sign_in()
    assert "Your code" in readable(asked)
    assert other.get("/admin").status_code == 303
    page = asked.body.decode()
    refused = other.submit(page, "/admin/login/code", code="abc")
    assert refused.status_code == 401
    entered = other.submit(page, "/admin/login/code", code=code(other, secret))
    assert (entered.status_code, other.go(entered).status_code) == (303, 200)


def test_a_code_that_came_too_late_asks_for_the_password_again():
    console = open_console()
    secret, by = new_secret(), Operator("jane", ADMINISTRATOR, "console")
    add_second_factor(console.ports, by, console.wiring.safe, secret, code(console, secret))
    console.ports.clock.pass_by(STEP)
    page = console.sign_in().body.decode()
    console.ports.clock.pass_by(timedelta(minutes=6))

    response = console.submit(page, "/admin/login/code", code=code(console, secret))

    assert "Sign in to the console" in readable(response)


def test_an_idle_visit_is_sent_to_sign_in(console):
    console.ports.clock.pass_by(IDLE_LIMIT)

    response = console.get("/admin/accounts")

    assert response.headers["Location"] == "/admin/login?next=/admin/accounts"
    assert console.get("/admin", hx_request="true").headers["HX-Redirect"]


def test_accounts_are_found_filtered_and_read_on(console):
    for number in range(60):
        profile = Profile(f"c{number:02}", f"Customer {number}", "EUR", "retail")
        open_account(console.ports, profile, Terms(active=number != 7))

    first = console.get("/admin/accounts").body.decode()
    assert first.count("/admin/accounts/c") == 49
    following = re.search(r'href="(\?[^"]*cursor=[^"]+)"', first)[1].replace("&amp;", "&")
    assert "c59" in readable(console.get(f"/admin/accounts{following}"))
    assert "c07" in readable(console.get("/admin/accounts?status=blocked"))
    assert "alice" not in readable(console.get("/admin/accounts?status=blocked"))
    assert "Alice" in readable(console.get(f"/admin/accounts?q=%2B{str(ALICE)[1:]}"))
    assert "There is no such account." in readable(console.get("/admin/accounts?q=nobody"))
    assert console.get("/admin/accounts?cursor=nonsense").status_code == 400
    assert console.get("/admin/accounts?type=none&status=x&sort=y").status_code == 200


def test_a_top_up_is_credited_once_however_often_it_is_posted(console):
    page = console.get("/admin/accounts/alice/top-up").body.decode()

    response = console.submit(page, "/admin/accounts/alice/top-up", amount="2.50", note="thanks")
    console.submit(page, "/admin/accounts/alice/top-up", amount="2.50", note="thanks")

    shown = readable(console.go(response))
    assert "2.50 EUR was credited." in shown
    assert "7.50 EUR" in shown
    assert "was credited" not in readable(console.get("/admin/accounts/alice"))
    assert "top up account alice balance 5.00 EUR → 7.50 EUR" in readable(
        console.get("/admin/audit")
    )


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("", "This is needed."),
        ("1,50", "“1,50” is not an amount"),
        ("-3", "A top-up is more than nothing."),
        (HOSTILE, "is not an amount"),
    ],
)
def test_a_form_with_a_mistake_keeps_all_that_was_entered(console, amount, told):
    response = console.fill("/admin/accounts/alice/top-up", amount=amount, note="for October")

    assert response.status_code in {400, 422}
    assert told in readable(response)
    assert 'value="for October"' in response.body.decode()
    assert "<script>alert" not in response.body.decode()
    assert console.ports.accounts.get("alice").balance.posted_micros == 5_000_000


def test_an_account_is_edited(console):
    response = console.fill(
        "/admin/accounts/alice/edit",
        name=HOSTILE,
        email="a@example.com",
        country="gb",
        language="fr",
        time_zone="Europe/Paris",
        numbers="020 7123 4568\r\n+1 415 555 0111\n",
        loss_guard="yes",
        owner="jane",
    )

    page = console.go(response)
    profile = console.ports.accounts.get("alice").profile
    assert [str(number) for number in profile.numbers] == ["+442071234568", "+14155550111"]
    assert (profile.country, profile.language, profile.owner) == ("GB", "fr", "jane")
    assert HOSTILE in readable(page)
    assert "<script>alert" not in page.body.decode()


def test_several_mistakes_are_told_beside_their_fields(console):
    response = console.fill(
        "/admin/accounts/alice/edit",
        name="",
        country="Mars",
        language="xx",
        time_zone="Europe/Atlantis",
        numbers="12",
        owner="No Such Id!",
    )

    text = readable(response)
    assert response.status_code == 422
    for told in (
        "This is needed",
        "more than 2",
        "none of the choices",
        "Atlantis",
        "“12”",
        "No Such",
    ):
        assert told in text


def test_an_account_is_blocked_after_it_was_said_what_that_does(console):
    asked = console.get("/admin/accounts/alice/block")
    assert "It can place no more callbacks" in readable(asked)
    assert console.ports.accounts.get("alice").balance.active

    response = console.submit(asked.body.decode(), "/admin/accounts/alice/block")

    assert "alice is blocked." in readable(console.go(response))
    assert not console.ports.accounts.get("alice").balance.active


def test_an_account_of_another_owner_is_not_there():
    role = Role("reseller", rights_of("accounts:*", "money:*", "calls:*"), own_accounts_only=True)
    console = console_of(role)
    for part in ("", "/calls", "/callbacks", "/edit", "/top-up", "/correct", "/block", "/unblock"):
        response = console.get(f"/admin/accounts/alice{part}")
        assert (response.status_code, "no account alice" in readable(response)) == (404, True), part

    own = Profile("mine", "Mine", "EUR", "retail", owner="jane")
    open_account(console.ports, own, Terms())
    assert "mine" in readable(console.get("/admin/accounts"))
    assert "alice" not in readable(console.get("/admin/accounts"))
    assert "Owner" not in readable(console.get("/admin/accounts/mine/edit"))
    console.fill(
        "/admin/accounts/mine/edit",
        name="M",
        country="GB",
        language="en",
        time_zone="UTC",
        owner="somebody",
    )
    assert console.ports.accounts.get("mine").profile.owner == "jane"


def test_a_user_is_added_and_signs_in(console):
    fields = {"login": "joe", "name": "Joe", "role": "support", "password": "long enough for it"}
    response = console.fill("/admin/new-user", **fields)
    assert "Joe was added." in readable(console.go(response))

    other = open_console()
    other.wiring = console.wiring
    assert other.sign_in("joe", "long enough for it").status_code == 303
    again = console.fill("/admin/new-user", **{**fields, "name": "Other"})
    assert again.status_code == 409
    assert "long enough for it" not in again.body.decode()


def test_a_role_is_made_changed_and_removed(console):
    response = console.fill("/admin/new-role", name="desk", rights="calls:see", hides_costs="yes")
    assert "desk was added." in readable(console.go(response))
    console.fill("/admin/roles/desk", rights="calls:export")
    [role] = console.ports.staff.roles()
    assert role == Role("desk", rights_of("calls:export"))

    response = console.fill("/admin/roles/desk/remove")

    assert "desk is gone." in readable(console.go(response))
    assert console.ports.staff.roles() == []


def test_a_browser_elsewhere_is_signed_out(console):
    other = open_console()
    other.wiring = console.wiring
    other.sign_in()
    page = console.get("/admin/me").body.decode()
    [path] = re.findall(r'action="(/admin/me/visits/[0-9a-f]{64}/end)"', page)

    console.submit(page, path)

    assert other.get("/admin").status_code == 303
    assert console.get("/admin").status_code == 200


def test_the_visit_of_another_user_cannot_be_ended(console):
    add_jane(console.ports, READY_MADE["support"], login="joe")
    other = open_console()
    other.wiring = console.wiring
    other.sign_in("joe")
    [visit] = console.ports.staff_visits.of("joe")

    console.submit(console.get("/admin/me").body.decode(), f"/admin/me/visits/{visit.id}/end")

    assert other.get("/admin").status_code == 200


def test_the_log_is_read_by_user_and_by_thing(console):
    console.fill("/admin/accounts/alice/block")

    assert "block account alice" in readable(console.get("/admin/audit?about=account+alice"))
    assert "block" not in readable(console.get("/admin/audit?by=root"))
    assert "There is no such entry." in readable(console.get("/admin/audit?about=account+x"))


@pytest.mark.parametrize("entered", ["5%", "<img src=x>", "%(amount)s", "100 %s"])
def test_what_was_entered_is_shown_as_it_is_and_never_as_markup(entered):
    console = console_of()

    response = console.fill("/admin/accounts/alice/top-up", amount=entered)

    assert response.status_code == 422
    assert f"“{entered}” is not an amount" in readable(response)
    assert "<img" not in response.body.decode()


def test_what_broke_off_is_told_apart_and_found(console):
    ports = console.ports
    now, by = ports.clock.now(), ("joe", "support", "console", "::1")
    ports.audit.begin(AuditEntry("0a", now, *by, "block account", "", begun=True))

    page, found = (console.get(f"/admin/audit{query}") for query in ("", "?state=begun"))

    assert "block account broken off" in readable(page)
    assert "sign in user jane" in readable(page)
    assert "block account broken off" in readable(found)
    assert "sign in user jane" not in readable(found)


def test_the_console_is_read_in_the_language_that_was_chosen_wherever_one_signs_in(console):
    page = console.get("/admin/me").body.decode()
    assert console.submit(page, "/admin/me/language", language="es").status_code == 303
    other = open_console()
    other.wiring = console.wiring
    other.headers["accept-language"] = "fr"
    other.sign_in()

    assert 'lang="es"' in other.get("/admin").body.decode().partition("<head>")[0]
    assert console.submit(page, "/admin/me/language", language="tlh").status_code == 400
    console.submit(page, "/admin/me/language", language="")
    assert 'lang="fr"' in other.get("/admin").body.decode().partition("<head>")[0]
