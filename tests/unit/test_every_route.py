"""Every route of every door, with the credentials of every other: each opens its own only."""

import re

import pytest

from switchboard.desk.bridges import add_bridge
from tests.fakes.console import PASSWORD, ConsoleBrowser
from tests.fakes.console_pages import PARTS
from tests.fakes.office import KNOWN, office_wiring

NOBODY, CUSTOMER, USER, BRIDGE = "nobody", "customer's token", "user's token", "bridge's token"
VISIT, CONSOLE = "customer's visit", "user's visit"
# Who opens what begins so; the first that fits.
DOORS = {
    "/api/v1/office/sessions POST": None,
    "/api/v1/office/": USER,
    "/api/v1/sessions POST": None,
    "/api/": CUSTOMER,
    "/bridge/": BRIDGE,
    "/admin/login": None,
    "/admin": CONSOLE,
    # They go by signatures, by slips, or are for everybody.
    "/webhooks/": None,
    "/widget/": None,
    "/static/": None,
    "/healthz": None,
    "/openapi.json": None,
    "/login": None,
    "/logout": None,
    "/language": None,
    "/": VISIT,
}
IN_PATHS = {**PARTS, "id": "0" * 32, "login": "sam", "name": "guests", **KNOWN}


def door_of(path: str, method: str) -> str | None:
    begun = (door for door in DOORS if f"{path} {method}".startswith(door))
    return DOORS[next(begun)]


@pytest.fixture(scope="module")
def api() -> ConsoleBrowser:
    return ConsoleBrowser(office_wiring())


@pytest.fixture(scope="module")
def routes(api) -> list[tuple[str, str, str]]:
    """Each with the one who opens it."""
    every = [(path, method) for path, methods in api.app.routes.items() for method in methods]
    doors = [(path, method, door_of(path, method)) for path, method in every]
    return [(path, method, door) for path, method, door in doors if door is not None]


@pytest.fixture(scope="module")
def borne(api) -> dict[str, dict[str, str]]:
    """What each one sends, as headers."""
    customer, user = {"login": "alice", "password": "wonderland"}, {"login": "jane"}
    tokens = {
        CUSTOMER: api.send("/api/v1/sessions", customer).json_body["token"],
        USER: api.send("/api/v1/office/sessions", {**user, "password": PASSWORD}).json_body[
            "token"
        ],
        BRIDGE: add_bridge(api.ports, "attic", "s" * 43),
    }
    found = {name: {"authorization": f"Bearer {token}"} for name, token in tokens.items()}
    api.fill("/login", **customer)
    found[VISIT], api.cookie = {"cookie": api.cookie}, ""
    api.sign_in()
    found[CONSOLE], api.cookie = {"cookie": api.cookie}, ""
    return {NOBODY: {}, **found}


def asked(api: ConsoleBrowser, path: str, method: str, headers: dict[str, str]):
    kind = "json" if path.startswith(("/api/", "/bridge/")) else "x-www-form-urlencoded"
    named = re.sub(r"{(\w+)}", lambda name: IN_PATHS[name[1]], path)
    response = api.ask(method, named, content_type=f"application/{kind}", **headers)
    api.cookie = ""
    return response


def is_closed(response) -> bool:
    """Whether it sends whoever asks to a door, or away."""
    return response.status_code in {401, 403} or "/login" in response.headers.get("Location", "")


@pytest.mark.parametrize("who", [NOBODY, CUSTOMER, USER, BRIDGE, VISIT, CONSOLE])
def test_credentials_open_their_own_door_only(api, routes, borne, who):
    strange = [(path, method) for path, method, door in routes if door != who]

    opened = {
        (method, path)
        for path, method in strange
        if not is_closed(asked(api, path, method, borne[who]))
    }

    assert len(routes) > 150
    assert opened == set()


@pytest.mark.parametrize("who", [CUSTOMER, USER, BRIDGE, VISIT, CONSOLE])
def test_credentials_open_their_own_door(api, routes, borne, who):
    shown = [path for path, method, door in routes if door == who and method == "GET"]

    closed = {path for path in shown if is_closed(asked(api, path, "GET", borne[who]))}

    assert closed == set()
    assert shown or who == BRIDGE


def test_a_token_of_one_kind_is_none_of_another_in_a_cookie(api, routes, borne):
    tokens = [borne[who]["authorization"].partition(" ")[2] for who in (CUSTOMER, USER, BRIDGE)]

    for token in tokens:
        cookie = "; ".join(f"__Host-ringback{use}={token}" for use in ("", "-console"))
        for path, method, door in routes:
            if door in {VISIT, CONSOLE}:
                assert is_closed(asked(api, path, method, {"cookie": cookie})), path
