"""Every route of the office, asked by everybody: nobody gets what they have no right to."""

import pytest

from chalicelib.office.route import PREFIX, Route
from chalicelib.office.table import OFFICE
from switchboard.staff.rights import ALL_RIGHTS, READY_MADE, Role
from tests.fakes.api import open_api
from tests.fakes.office import KNOWN, ROUTES, OfficeClient, address, office_of, office_wiring

ONE_RIGHT = [Role(str(right).replace(":", "-"), frozenset({right})) for right in ALL_RIGHTS]
ROLES = [*READY_MADE.values(), *ONE_RIGHT, Role("nobody")]


def title(route: Route) -> str:
    return f"{route.method} {route.path}"


def bare(client: OfficeClient, route: Route, **headers: str):
    """The route, asked without anything that it might read."""
    return client.ask(route.method, address(route), content_type="application/json", **headers)


def test_the_table_has_every_address_of_the_office():
    served = {
        (method, path)
        for path, methods in open_api().app.routes.items()
        for method in methods
        if path.startswith(PREFIX)
    }

    assert served == {(one.method, one.path) for one in OFFICE}
    assert len(ROUTES) == len(OFFICE) - 1


@pytest.mark.parametrize("route", ROUTES, ids=title)
def test_an_answer_is_what_the_description_says(route):
    response = office_of().call(route)

    assert response.status_code == (route.status if route.answer else 204), response.body
    if route.answer:
        route.answer.model_validate_json(response.body)
        assert ("version" in response.json_body) is ("ETag" in response.headers)
    else:
        assert response.body == b""


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_route_is_open_to_whoever_has_its_rights(role):
    client = office_of(role)

    refused = {title(route): client.call(route).status_code == 403 for route in ROUTES}

    assert refused == {title(route): not set(route.rights) <= role.rights for route in ROUTES}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.uses], ids=title)
def test_who_has_no_right_learns_nothing_but_that(route):
    client = office_of(Role("nobody"))

    answers = [client.call(route), bare(client, route)]
    nowhere = dict.fromkeys(KNOWN, "0" * 32)
    answers.append(client.ask(route.method, address(route, nowhere)))

    assert {one.status_code for one in answers} <= {403, 415}
    assert "does not have the right" in answers[0].json_body["message"]
    assert str(route.rights[0]) in answers[0].json_body["message"]


@pytest.mark.parametrize("route", ROUTES, ids=title)
def test_a_route_is_closed_to_whoever_bears_no_token_of_a_user(route):
    client = OfficeClient(office_wiring())
    customer = client.send("/api/v1/sessions", {"login": "alice", "password": "wonderland"})
    token = customer.json_body["token"]
    page = client.get("/admin/login").body.decode()
    client.submit(page, "/admin/login", login="jane", password="correct horse battery")
    cookie = client.cookie.partition("=")[2]

    for authorization in ("", "Bearer x", f"Bearer {token}", f"Bearer {cookie}", f"Basic {token}"):
        response = client.call(route, authorization=authorization)

        assert response.status_code == 401, authorization
        assert response.json_body["code"] == "not_signed_in"
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_every_body_has_an_example():
    for operation in OFFICE:
        assert (operation.body is None) is (operation.example is None), operation.path
