"""The REST interface over ports in memory: tokens, the account, prices, and all answers."""

import pytest

from chalicelib.rest import OPERATIONS
from chalicelib.tokens import TOKEN_LIFETIME
from tests.fakes.api import Api, open_api, signed_in_api
from tests.fakes.plenty import a_bucket, grant
from tests.fakes.world import ALICE, BOB

CALLBACKS = "/api/v1/callbacks"
NOWHERE = f"{CALLBACKS}/{'0' * 32}"


@pytest.fixture
def api() -> Api:
    return signed_in_api()


def test_signing_in_gives_a_token_for_an_hour():
    api = open_api()

    response = api.send("/api/v1/sessions", {"login": "alice", "password": "wonderland"})

    assert response.status_code == 201
    assert response.json_body["expires_at"] == "2026-01-02T04:04:05.000Z"
    bearer = f"bearer {response.json_body['token']}"
    assert api.get("/api/v1/account", authorization=bearer).status_code == 200


@pytest.mark.parametrize("login", ["alice", "nobody", "#", "Ω"])
def test_a_wrong_login_and_a_wrong_password_are_refused_alike(login):
    response = open_api().send("/api/v1/sessions", {"login": login, "password": "wrong"})

    assert response.status_code == 401
    assert response.json_body == {
        "code": "not_signed_in",
        "message": "login or password is wrong",
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.view.__name__)
def test_only_what_is_public_is_answered_to_nobody(operation):
    path = operation.path.replace("{id}", "0" * 32)

    response = open_api().ask(operation.method, path)

    is_refused = response.json_body.get("code") == "not_signed_in"
    assert is_refused is not operation.public
    assert ("WWW-Authenticate" in response.headers) is is_refused


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer x.y", "Basic YTpi", "Ω"])
def test_a_token_that_is_not_of_ours_is_refused(header):
    response = open_api().get("/api/v1/account", authorization=header)

    assert response.status_code == 401


def test_a_token_expires(api):
    api.ports.clock.pass_by(TOKEN_LIFETIME)

    assert api.get("/api/v1/account").status_code == 401


def test_the_account_is_shown_with_its_money(api):
    assert api.get("/api/v1/account").json_body == {
        "account": "alice",
        "name": "Alice",
        "type": "prepaid",
        "status": "active",
        "currency": "EUR",
        "balance": "5.00",
        "held": "0.00",
        "available": "5.00",
        "credit_limit": "0.00",
        "daily_limits": {},
        "spent_today": {},
        "max_callbacks": 5,
        "sheet": "retail",
        "plan": None,
        "sheets": [],
        "plans": [],
        "numbers": [str(ALICE)],
        "default_number": str(ALICE),
        "allowed_prefixes": [],
        "forbidden_prefixes": [],
        "allowed_classes": [],
        "country": "GB",
        "language": "en",
        "time_zone": "UTC",
        "email": None,
        "tax_id": None,
        "login": "alice",
        "has_pin": False,
        "batch": None,
        "first_plan": None,
        "valid_until": None,
        "valid_days": None,
    }


def test_a_quote_gives_the_price_of_both_legs_and_the_time_to_talk(api):
    # A plus that a client forgot to encode is a space.
    response = api.get("/api/v1/quote?from=020+7123+4567&to=+14155550100")

    assert response.json_body == {
        "currency": "EUR",
        "per_minute": "0.05",
        "connection_fee": "0.01",
        "talk_seconds": 5988,
        "from": {
            "number": str(ALICE),
            "prefix": "44",
            "destination": "United Kingdom",
            "per_minute": "0.02",
            "connection_fee": "0.00",
            "initial_seconds": 1,
            "increment_seconds": 1,
        },
        "to": {
            "number": str(BOB),
            "prefix": "1",
            "destination": "USA and Canada",
            "per_minute": "0.03",
            "connection_fee": "0.01",
            "initial_seconds": 30,
            "increment_seconds": 6,
        },
    }


def test_no_price_is_told_of_a_number_that_may_not_be_called(api):
    response = api.get("/api/v1/quote?to=%2B19005551234")

    assert response.json_body["code"] == "not_allowed"


def test_a_quote_without_money_has_no_time_to_talk():
    response = signed_in_api(opening_micros=1).get("/api/v1/quote?to=%2B14155550100")

    assert response.json_body["talk_seconds"] == 0


def test_a_quote_counts_included_minutes_as_time_to_talk():
    api = signed_in_api(opening_micros=0)
    grant(api.ports, a_bucket(1_000, covers_fees=True))

    response = api.get("/api/v1/quote?to=%2B14155550100")

    assert response.json_body["talk_seconds"] == 500


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("to=x", 400), ("to=4930901820", 422), ("to=1&for=2", 400)]
)
def test_a_quote_that_cannot_be_given_is_refused(api, query, status):
    assert api.get(f"/api/v1/quote?{query}").status_code == status


def test_health_is_told_to_everybody():
    response = open_api().get("/healthz")

    assert (response.status_code, response.json_body) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", CALLBACKS), ("HEAD", "/healthz"), ("GET", "/api/v1/sessions")]
)
def test_a_method_that_is_not_there_is_told_in_our_form(api, method, path):
    response = api.ask(method, path)

    assert response.status_code == 405
    assert response.json_body["code"] == "method_not_allowed"
    assert response.headers["Allow"]


def test_a_fault_is_told_in_our_form_and_logged(api, caplog):
    api.ports.accounts.profiles.clear()

    response = api.get("/api/v1/account")

    assert response.status_code == 500
    assert response.json_body == {
        "code": "internal_error",
        "message": "something went wrong on our side",
    }
    assert "KeyError" in caplog.text


def test_every_answer_says_that_it_is_not_kept_and_not_sniffed(api):
    for response in (api.get("/api/v1/account"), api.get(NOWHERE), api.ask("PUT", CALLBACKS)):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Type"] == "application/json"


def test_the_log_names_the_route_and_nothing_that_the_client_wrote(api, caplog):
    path = f"{CALLBACKS}/{'0' * 32}"
    caplog.clear()

    with caplog.at_level("INFO"):
        api.get(path)
        api.get(f"/api/v1/quote?to={BOB.digits}")

    assert [message.rsplit(" ", 2)[0] for message in caplog.messages] == [
        "GET /api/v1/callbacks/{id} 404",
        "GET /api/v1/quote 200",
    ]
