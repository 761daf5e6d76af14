"""Every address of the console, asked by everybody: nobody gets what they have no right to."""

import re

import pytest

from switchboard.staff.rights import READY_MADE, Right, Role, rights_of
from tests.fakes.console import ConsoleBrowser, console_of, open_console
from tests.fakes.console_forms import FORMS
from tests.fakes.console_pages import ELSEWHERE, PAGES, PARTS, furnish

OPEN = {"/admin/login", "/admin/login/code"}
ROLES = [*READY_MADE.values(), Role("nobody"), Role("lookout", rights_of("calls:see", "audit:see"))]


def routes(api: ConsoleBrowser, method: str) -> set[str]:
    found = {path for path, methods in api.app.routes.items() if method in methods}
    return {path for path in found if re.match("/admin(/|$)", path)} - OPEN


def may(role: Role, rights: str | None) -> bool:
    return all(Right.parse(right) in role.rights for right in (rights or "").split())


def address(path: str) -> str:
    return path.format_map(PARTS)


def test_the_table_has_every_address_of_the_console():
    api = open_console()

    assert routes(api, "GET") == set(PAGES)
    assert routes(api, "POST") == set(FORMS)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_page_is_shown_to_whoever_has_its_right(role):
    api = console_of(role)
    furnish(api)

    shown = {path: api.get(address(path)).status_code for path in PAGES}

    expected = {
        path: 403 if not may(role, right) else 303 if path in ELSEWHERE else 200
        for path, right in PAGES.items()
    }
    assert shown == expected


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_form_is_taken_from_whoever_has_its_right(role):
    for path, (right, fields) in FORMS.items():
        api = console_of(role)
        furnish(api)
        page = api.get("/admin/me").body.decode()
        filled = {name: text.replace("ROLE", role.name) for name, text in fields.items()}

        status = api.submit(page, address(path), **filled).status_code

        allowed = may(role, right) and may(role, PAGES.get(path))
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
        "/admin/plans",
        "/admin/items",
        "/admin/rates",
        "/admin/numbers",
        "/admin/widgets",
        "/admin/dead",
        "/admin/jobs",
    }
    assert menu(Role("nobody")) == {"/admin", "/admin/jobs"}
