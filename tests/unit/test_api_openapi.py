"""The OpenAPI document: valid, and the same as what is served, both ways."""

from datetime import timedelta

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.openapi import Operation
from chalicelib.rest import OPERATIONS
from switchboard.calls.callback import State
from switchboard.desk.bridges import add_bridge
from switchboard.desk.orders import CANCELLED
from switchboard.wire import instant
from tests.fakes.api import Api, open_api, signed_in_api
from tests.fakes.vouchers import a_voucher
from tests.fakes.world import BOB

FOR_CLIENTS = ("/api/", "/bridge/", "/healthz", "/openapi.json")


PUT_BODIES = {
    "/api/v1/phonebook": {"names": {"Bob": str(BOB)}},
    "/api/v1/speed-dials": {"speed_dials": {"7": str(BOB)}},
    "/api/v1/numbers": {"numbers": [str(BOB)]},
}


@pytest.fixture
def document() -> dict:
    return open_api().get("/openapi.json").json_body


def test_the_document_is_valid(document):
    errors = OpenAPIV31SpecValidator(document).iter_errors()

    assert [str(error) for error in errors] == []


def test_no_two_models_have_one_name(document):
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_what_is_served_is_in_the_document_and_nothing_else(document):
    served = {
        (path, method.lower())
        for path, methods in open_api().app.routes.items()
        for method in methods
        if path.startswith(FOR_CLIENTS)
    }

    described = {(path, method) for path, item in document["paths"].items() for method in item}

    assert described == served


def test_the_document_names_our_public_address(document):
    assert document["servers"] == [{"url": "https://call.example.com"}]


def called_by_bridge(api: Api, path: str):
    """The operation, asked as a bridge should."""
    at = instant(api.ports.clock.now())
    event = {"id": "e1", "from": str(BOB), "to": str(BOB)}
    bodies = {
        "/bridge/v1/rings": {**event, "rang_at": at},
        "/bridge/v1/sms": {**event, "received_at": at, "text": "CB"},
        "/bridge/v1/heartbeat": {"modems": [], "outbox": 0},
    }
    token = add_bridge(api.ports, "attic", "s" * 43)
    return api.send(path, bodies[path], authorization=f"Bearer {token}")


def called(api: Api, operation: Operation):
    """The operation, asked as it should be."""
    if operation.path.startswith("/bridge/"):
        return called_by_bridge(api, operation.path)
    order = api.send("/api/v1/callbacks", {"to": str(BOB)}).json_body["id"]
    path = operation.path.replace("{id}", order)
    if operation.view.__name__ == "create_session":
        return api.send(path, {"login": "alice", "password": "wonderland"})
    if operation.view.__name__ == "confirm_code":
        api.put("/api/v1/numbers", {"numbers": [str(BOB)]})
        code = api.wiring.texts.sent[0][1][:6]
        return api.send(path, {"number": str(BOB), "code": code})
    if operation.view.__name__ == "redeem_voucher":
        return api.send(path, {"voucher": a_voucher(api.ports)})
    if operation.view.__name__ == "create_code":
        return api.send(path, {"number": str(BOB), "by": "call"})
    if operation.method == "PUT":
        return api.put(path, PUT_BODIES[path])
    if operation.body:
        return api.send(path, {"to": str(BOB)})
    if operation.view.__name__ == "show_quote":
        return api.get(f"{path}?to={BOB.digits}")
    return api.ask(operation.method, path)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.view.__name__)
def test_an_answer_is_what_the_document_says(operation):
    response = called(signed_in_api(), operation)

    assert response.status_code == operation.status
    if operation.answer:
        operation.answer.model_validate_json(response.body)


def test_a_list_of_callbacks_in_every_state_is_what_the_document_says():
    api = signed_in_api()
    now = api.ports.clock.now()
    for state in (State.CLAIMED, State.CONNECTED, State.ENDED):
        callback = api.send("/api/v1/callbacks", {"to": str(BOB)}).json_body["id"]
        api.ports.callbacks.claim(callback, "w1", now=now, lease=timedelta(seconds=1))
        if state.final:
            api.ports.callbacks.finish(callback, state, CANCELLED, now, worker="w1")
        else:
            api.ports.callbacks.advance(callback, "w1", state, now)
    [operation] = [one for one in OPERATIONS if one.view.__name__ == "list_callbacks"]

    page = operation.answer.model_validate_json(api.get("/api/v1/callbacks").body)

    assert len(page.items) == 3


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.view.__name__)
def test_a_refusal_is_what_the_document_says(operation, document):
    schema = document["components"]["schemas"]["Error"]
    answers = document["paths"][operation.path][operation.method.lower()]["responses"]

    assert sorted(schema["required"]) == ["code", "message"]
    assert ("401" in answers) is (not operation.public or operation.path.endswith("sessions"))
