"""Every address of the console, asked by everybody: nobody gets what they have no right to."""

import re

import pytest

from switchboard.billing.batches import Batch, BatchKind
from switchboard.staff.rights import READY_MADE, Right, Role, rights_of
from tests.fakes.console import ConsoleBrowser, console_of, open_console
from tests.fakes.traced import leave_trace

# The right that each page needs; None where every user may.
PAGES = {
    "/admin": None,
    "/admin/live": "calls:see",
    "/admin/live/now": "calls:see",
    "/admin/live/counts": "calls:see",
    "/admin/live/{callback}/hang-up": "calls:change",
    "/admin/trace": "traces:see",
    "/admin/trace/{callback}": "traces:see",
    "/admin/trace/{callback}/pcap": "traces:export",
    "/admin/new-trace": "traces:change",
    "/admin/me": None,
    "/admin/me/password": None,
    "/admin/me/second-factor": None,
    "/admin/me/no-second-factor": None,
    "/admin/accounts": "accounts:see",
    "/admin/accounts/{id}": "accounts:see",
    "/admin/accounts/{id}/calls": "calls:see",
    "/admin/accounts/{id}/callbacks": "calls:see",
    "/admin/accounts/{id}/edit": "accounts:change",
    "/admin/accounts/{id}/top-up": "money:change",
    "/admin/accounts/{id}/correct": "money:change",
    "/admin/accounts/{id}/block": "accounts:change",
    "/admin/accounts/{id}/unblock": "accounts:change",
    "/admin/trunks": "trunks:see",
    "/admin/new-trunk": "trunks:change",
    "/admin/trunks/{trunk}": "trunks:see",
    "/admin/trunks/{trunk}/edit": "trunks:change",
    "/admin/trunks/{trunk}/link": "trunks:change",
    "/admin/trunks/{trunk}/caller-id": "trunks:change",
    "/admin/trunks/{trunk}/rings": "trunks:change",
    "/admin/trunks/{trunk}/enable": "trunks:change",
    "/admin/trunks/{trunk}/disable": "trunks:change",
    "/admin/trunks/{trunk}/remove": "trunks:change",
    "/admin/trunks/{trunk}/test": "trunks:change",
    "/admin/numbers": "numbers:see",
    "/admin/new-number": "numbers:change",
    "/admin/numbers/{number}": "numbers:see",
    "/admin/numbers/{number}/edit": "numbers:change",
    "/admin/numbers/{number}/hours": "numbers:change",
    "/admin/numbers/{number}/speech": "numbers:change",
    "/admin/numbers/{number}/remove": "numbers:change",
    "/admin/batches": "pins:see",
    "/admin/new-batch": "pins:change",
    "/admin/batches/{batch}": "pins:see",
    "/admin/batches/{batch}/block": "pins:change",
    "/admin/batches/{batch}/unblock": "pins:change",
    "/admin/batches/{batch}/discard": "pins:change",
    "/admin/voucher": "pins:see",
    "/admin/users": "users:see",
    "/admin/new-user": "users:change",
    "/admin/users/{login}": "users:see",
    "/admin/users/{login}/no-second-factor": "users:change",
    "/admin/roles": "users:see",
    "/admin/new-role": "users:change",
    "/admin/roles/{name}": "users:see",
    "/admin/roles/{name}/remove": "users:change",
    "/admin/audit": "audit:see",
}
PAYER = {
    "mode": "ani",
    "rings_back": "caller",
    "delay": "2",
    "quiet": "30",
    "retries": "1",
    "retry_after": "60",
}
# The right that each form needs when it is posted, and what is entered.
FORMS = {
    "/admin/new-trace": (
        "traces:change",
        {"kind": "trunk", "value": "carrier", "minutes": "15"},
    ),
    "/admin/end-trace": ("traces:change", {"kind": "account", "value": "alice"}),
    "/admin/live/{callback}/hang-up": ("calls:change", {}),
    "/admin/accounts/{id}/edit": (
        "accounts:change",
        {"name": "Alice L", "country": "GB", "language": "en", "time_zone": "UTC"},
    ),
    "/admin/accounts/{id}/top-up": ("money:change", {"amount": "5"}),
    "/admin/accounts/{id}/correct": ("money:change", {"amount": "-1", "note": "twice"}),
    "/admin/accounts/{id}/block": ("accounts:change", {}),
    "/admin/accounts/{id}/unblock": ("accounts:change", {}),
    "/admin/new-trunk": (
        "trunks:change",
        {"name": "other", "address": "192.0.2.1", "priority": "1", "weight": "1"},
    ),
    "/admin/trunks/{trunk}/edit": (
        "trunks:change",
        {"address": "192.0.2.1", "priority": "1", "weight": "1"},
    ),
    "/admin/trunks/{trunk}/link": (
        "trunks:change",
        {"transport": "tcp", "codecs": "pcma", "reply_limit": "4", "rests_after": "3"},
    ),
    "/admin/trunks/{trunk}/caller-id": (
        "trunks:change",
        {"sender": "account", "asserted": "none"},
    ),
    "/admin/trunks/{trunk}/rings": ("trunks:change", {"rings_from": "192.0.2.7"}),
    "/admin/trunks/{trunk}/enable": ("trunks:change", {}),
    "/admin/trunks/{trunk}/disable": ("trunks:change", {}),
    "/admin/trunks/{trunk}/remove": ("trunks:change", {}),
    "/admin/trunks/{trunk}/test": ("trunks:change", {}),
    "/admin/new-number": ("numbers:change", {"number": "+442079460001", **PAYER}),
    "/admin/numbers/{number}/edit": ("numbers:change", PAYER),
    "/admin/numbers/{number}/hours": (
        "numbers:change",
        {"time_zone": "UTC", "when_closed": "queue"},
    ),
    "/admin/numbers/{number}/speech": ("numbers:change", {}),
    "/admin/numbers/{number}/remove": ("numbers:change", {}),
    "/admin/new-batch": (
        "pins:change",
        {"kind": "vouchers", "name": "winter", "count": "3", "length": "12", "value": "5"},
    ),
    "/admin/batches/{batch}/block": ("pins:change", {}),
    "/admin/batches/{batch}/unblock": ("pins:change", {}),
    "/admin/batches/{batch}/discard": ("pins:change", {}),
    "/admin/voucher": ("pins:see", {}),
    "/admin/new-user": (
        "users:change",
        {"login": "joe", "name": "Joe", "role": "support", "password": "long enough for it"},
    ),
    "/admin/users/{login}": ("users:change", {"name": "J", "role": "ROLE", "active": "yes"}),
    "/admin/users/{login}/no-second-factor": ("users:change", {}),
    "/admin/new-role": ("users:change", {"name": "desk", "rights": "calls:see"}),
    "/admin/roles/{name}": ("users:change", {"rights": "calls:see"}),
    "/admin/roles/{name}/remove": ("users:change", {}),
    "/admin/me/password": (None, {"old": "correct horse battery", "new": "long enough for it"}),
    "/admin/me/second-factor": (None, {"code": "wrong"}),
    "/admin/me/no-second-factor": (None, {"password": "correct horse battery"}),
    "/admin/me/visits/{id}/end": (None, {}),
    "/admin/me/visits/end-others": (None, {}),
    "/admin/logout": (None, {}),
}
OPEN = {"/admin/login", "/admin/login/code"}
PARTS = {
    "id": "alice",
    "login": "jane",
    "name": "guests",
    "callback": "c1",
    "trunk": "carrier",
    "number": "442079460000",
    "batch": "summer",
}
ROLES = [*READY_MADE.values(), Role("nobody"), Role("lookout", rights_of("calls:see", "audit:see"))]


def routes(api: ConsoleBrowser, method: str) -> set[str]:
    found = {path for path, methods in api.app.routes.items() if method in methods}
    return {path for path in found if re.match("/admin(/|$)", path)} - OPEN


def address(path: str) -> str:
    return path.format_map(PARTS)


def furnish(api: ConsoleBrowser) -> None:
    """Adds what the parts of addresses name, where the world has none."""
    api.ports.staff.add_role(Role("guests"))
    leave_trace(api.ports, "c1")
    now = api.ports.clock.now()
    api.ports.pins.start(Batch("summer", BatchKind.VOUCHERS, 5, 12, "EUR", now, 1_000_000))


def test_the_table_has_every_address_of_the_console():
    api = open_console()

    assert routes(api, "GET") == set(PAGES)
    assert routes(api, "POST") == set(FORMS)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_page_is_shown_to_whoever_has_its_right(role):
    api = console_of(role)
    furnish(api)

    shown = {path: api.get(address(path)).status_code for path in PAGES}

    def allowed(right: str | None) -> bool:
        return right is None or Right.parse(right) in role.rights

    expected = {path: 200 if allowed(right) else 403 for path, right in PAGES.items()}
    assert shown == expected


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_form_is_taken_from_whoever_has_its_right(role):
    for path, (right, fields) in FORMS.items():
        api = console_of(role)
        furnish(api)
        page = api.get("/admin/me").body.decode()
        filled = {name: text.replace("ROLE", role.name) for name, text in fields.items()}

        status = api.submit(page, address(path), **filled).status_code

        needed = [one for one in (right, PAGES.get(path)) if one is not None]
        allowed = all(Right.parse(one) in role.rights for one in needed)
        assert (status == 403) is not allowed, (path, status)
        assert status in {200, 303, 403, 409, 422, 400}, path


def test_nothing_is_shown_to_whoever_is_not_signed_in():
    api = open_console()

    for path in PAGES:
        response = api.get(address(path))
        assert response.status_code == 303, path
        assert response.headers["Location"].startswith("/admin/login?next=/admin"), path
    for path in FORMS:
        response = api.post(address(path), {})
        assert (response.status_code, response.headers["Location"]) == (303, "/admin/login"), path


def test_no_form_is_taken_from_another_site():
    api = console_of()
    before = api.ports.accounts.get("alice"), api.ports.staff.all()

    for path, (_, fields) in FORMS.items():
        assert api.post(address(path), fields).status_code == 403, path
        assert api.post(address(path), {**fields, "form_token": "x"}).status_code == 403, path

    assert (api.ports.accounts.get("alice"), api.ports.staff.all()) == before


def test_a_form_of_the_customers_pages_is_none_of_the_console():
    api = console_of()
    page = api.get("/login").body.decode()

    assert api.submit(page, "/admin/accounts/alice/block").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_protected_by_its_headers(path):
    api = console_of()
    furnish(api)

    headers = api.get(address(path)).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"]
    if headers["Content-Type"].startswith("text/html"):
        body = api.get(address(path)).body.decode()
        assert not re.search(r"<script(?! src=)|\sstyle=|\son\w+=|<style", body)


def test_a_menu_has_what_its_reader_may_see():
    def menu(role: Role) -> set[str]:
        page = console_of(role).get("/admin").body.decode()
        return set(re.findall(r'class="nav-link" href="([^"]+)"', page))

    assert menu(READY_MADE["administrator"]) >= {
        "/admin/users",
        "/admin/audit",
        "/admin/accounts",
        "/admin/trunks",
    }
    assert menu(READY_MADE["support"]) == {
        "/admin",
        "/admin/live",
        "/admin/trace",
        "/admin/accounts",
        "/admin/numbers",
    }
    assert menu(Role("nobody")) == {"/admin"}
