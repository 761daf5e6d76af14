"""What strangers and clients gone wrong send to any route of the REST API: it is refused, and
nothing breaks."""

import json
from urllib.parse import quote

import pytest

from chalicelib.office.route import PREFIX
from chalicelib.office.table import OFFICE
from chalicelib.openapi import Operation
from chalicelib.rest import OPERATIONS
from tests.fakes.api import signed_in_api
from tests.fakes.office import KNOWN, OfficeClient, office_of, refusal

EVERY = [*OPERATIONS, *OFFICE]
WITH_BODY = [one for one in EVERY if one.body and not one.path.startswith("/bridge/")]
LISTS = [one for one in EVERY if "cursor" in one.query.model_fields]
WITH_PARTS = [one for one in OFFICE if "{" in one.path]
# Each is JSON, and none is what a field of ours is.
STRANGE = [
    1,
    -1,
    1.5,
    10**40,
    -(10**40),
    True,
    "",
    " ",
    "x" * 100_000,
    "\x00",
    "\r\nX-Injected: 1",
    "\u202e",
    "../../etc/passwd",
    "' OR 1=1 --",
    "{{7*7}}",
    "0" * 500,
    "1e400",
    "NaN",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    [],
    [[]],
    [None],
    ["x"] * 2000,
    {},
    {"x": {}},
    {"\x00": "1"},
    {"all": "1e9"},
]
# None of these is a body.
BROKEN = [
    b"",
    b"null",
    b"1",
    b"[]",
    b'"x"',
    b"{",
    b"NaN",
    b'{"a":1}{"a":1}',
    b"\xef\xbb\xbf{}x",
    b'{"x":"\xff"}',
    b'{"x":"\\ud800"}',
    b"[" * 100_000,
    b'{"x":' * 100_000,
    b" " * 900_000,
]


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.fixture(scope="module")
def clients():
    return signed_in_api(), office_of()


def client_of(clients, operation: Operation) -> OfficeClient:
    """Who may ask for it, with a token that is still good."""
    customer, user = clients
    if not operation.path.startswith(PREFIX):
        return customer
    # What was sent may have been another password.
    if user.read("/me").status_code == 401:
        user.wiring = office_of().wiring
        user.sign_in()
    return user


def address(operation: Operation) -> str:
    return operation.path.format_map({**KNOWN, "id": "0" * 32})


def sent(clients, operation: Operation, body: bytes):
    client = client_of(clients, operation)
    headers = {"content_type": "application/json", "idempotency_key": "attack"}
    return client.ask(operation.method, address(operation), body, **headers)


@pytest.mark.parametrize("operation", WITH_BODY, ids=named)
def test_a_broken_body_is_refused(clients, operation):
    for body in BROKEN:
        response = sent(clients, operation, body)

        assert response.status_code == 400, body[:40]
        assert response.json_body["code"] == "malformed"
        assert len(response.json_body["message"]) < 500


@pytest.mark.parametrize("operation", WITH_BODY, ids=named)
def test_a_strange_value_breaks_nothing(clients, operation):
    fields = operation.body.model_fields
    names = [field.alias or name for name, field in fields.items()]
    for name in names:
        for value in STRANGE:
            strange = json.dumps({**(operation.example or {}), name: value}).encode()

            response = sent(clients, operation, strange)

            assert response.status_code < 500, (name, value)
            assert len(response.body) < 20_000, (name, value)
            assert "x-injected" not in {header.lower() for header in response.headers}


@pytest.mark.parametrize("operation", WITH_BODY, ids=named)
@pytest.mark.parametrize(
    "name", ["balance_micros", "version", "is_admin", "__class__", "password_hash", "made_at"]
)
def test_what_is_not_named_is_not_assigned(clients, operation, name):
    body = {**(operation.example or {}), name: "1"}

    response = sent(clients, operation, json.dumps(body).encode())

    assert (response.status_code, response.json_body["code"]) == (400, "malformed")


@pytest.mark.parametrize("operation", LISTS, ids=named)
@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1e1",
        "limit=x",
        "limit=",
        f"cursor={'x' * 2049}",
        "cursor=x",
        "cursor=%00",
        "cursor=%F0%9F%98%80",
        "cursor=' OR 1=1",
        "strange=1",
        f"cursor={'A' * 2048}",
    ],
)
def test_a_strange_part_of_a_list_is_refused(clients, operation, query):
    response = client_of(clients, operation).get(f"{address(operation)}?{query}")

    assert response.status_code == 400


@pytest.mark.parametrize("operation", WITH_PARTS, ids=named)
def test_a_strange_part_of_a_path_is_not_there(clients, operation):
    strange = ["%00", "..", "%2e%2e", "a%2Fb", "%0d%0aX:1", "é", "x" * 3000, "alice%20", "*", "$ne"]
    for text in strange:
        path = operation.path.format_map(dict.fromkeys(KNOWN, quote(text, safe="%")))
        client = client_of(clients, operation)
        body = json.dumps(operation.example).encode() if operation.body else b""

        response = client.ask(
            operation.method,
            path,
            body,
            content_type="application/json",
            idempotency_key="attack",
        )

        assert response.status_code in {403, 404}, text


@pytest.mark.parametrize("key", ["a\r\nSet-Cookie: x=1", "\x00", "é", "x" * 201])
def test_no_header_of_a_client_comes_back(clients, key):
    _, client = clients
    operation = next(one for one in OFFICE if one.path.endswith("/top-ups"))

    body = json.dumps(operation.example).encode()
    client = client_of(clients, operation)
    response = client.ask(
        "POST", address(operation), body, content_type="application/json", idempotency_key=key
    )

    assert response.status_code == 400
    assert "Set-Cookie" not in response.headers


def test_a_cursor_of_one_list_is_none_of_another():
    client = office_of()
    for number in range(3):
        name = f"bob{number}"
        client.send(f"{PREFIX}/accounts", {"account": name, "sheet": "retail", "balance": "1"})
        payment = {"amount": "1", "currency": "EUR"}
        path = f"{PREFIX}/accounts/{name}/top-ups"
        client.send(path, payment, idempotency_key=f"r{number}")
    lists = [
        "/accounts?sort=name",
        "/accounts?sort=account",
        "/accounts?",
        "/accounts/bob1/statement?",
        "/accounts/bob2/statement?",
        "/audit?",
        "/audit?by=jane",
        "/audit?about=account+bob1",
    ]
    cursors = {one: client.read(f"{one}&limit=1").json_body["cursor"] for one in lists}
    assert None not in cursors.values()

    for one in lists:
        for other, cursor in cursors.items():
            status = client.read(f"{one}&limit=2&cursor={quote(cursor)}").status_code

            assert status == (200 if one == other else 400), (one, other)


@pytest.mark.parametrize("name", ["", " ", "\t", "Bob\r\nX: 1", "\x00", "Bob\u202etxt.exe"])
def test_a_name_is_one_that_people_can_read(name):
    client = office_of()

    assert refusal(client.patch("/accounts/alice", {"name": name})) == (400, "malformed")
