"""The REST interface over ports in memory: its contract, its refusals, its limits."""

from datetime import timedelta

import pytest

from chalicelib.rest import OPERATIONS, TOKEN_LIFETIME
from switchboard.billing.account import Profile
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import LegRecord, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.desk.accounts import Terms, open_account
from tests.fakes.api import Api, open_api, signed_in_api
from tests.fakes.world import ALICE, BOB

CALLBACKS = "/api/v1/callbacks"
NOWHERE = f"{CALLBACKS}/{'0' * 32}"
NOW = "2026-01-02T03:04:05.000Z"
ANSWERS = {(operation.method, operation.path): operation for operation in OPERATIONS}


@pytest.fixture
def api() -> Api:
    return signed_in_api()


def ordered(api: Api, to: str = str(BOB), **headers: str) -> Callback:
    response = api.send(CALLBACKS, {"to": to}, **headers)
    assert response.status_code == 202
    return api.ports.callbacks.placed[response.json_body["id"]]


def only(api: Api) -> Callback:
    [callback] = api.ports.callbacks.placed.values()
    return callback


def by_bob(api: Api) -> dict[str, str]:
    """The header of another customer of the same system."""
    profile = Profile("bob", "Bob", "EUR", "retail", login="bob", password_hash="plain:x")
    open_account(api.ports, profile, Terms(5_000_000))
    token = api.send("/api/v1/sessions", {"login": "bob", "password": "x"}).json_body["token"]
    return {"authorization": f"Bearer {token}"}


def ended(api: Api, callback: Callback) -> None:
    """Answered by both, and hung up by Bob after a minute."""
    now = api.ports.clock.now()
    api.ports.callbacks.claim(callback.id, "w1", now=now, lease=timedelta(seconds=30))
    api.ports.callbacks.advance(callback.id, "w1", State.CONNECTED, now)
    verdict = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    legs = [
        LegRecord(Party.CUSTOMER, ALICE, "carrier", verdict, seconds=65),
        LegRecord(Party.DESTINATION, BOB, "carrier", verdict, seconds=60),
    ]
    api.ports.books.close(write_cdr(callback, legs, verdict, nonce="n", ended_at=now))
    api.ports.callbacks.finish(callback.id, State.ENDED, verdict, now, worker="w1")


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


def test_an_order_is_accepted_and_offered_to_the_workers(api):
    response = api.send(
        CALLBACKS, {"from": "020 7123 4567", "to": "+1 415 555 0100"}, idempotency_key="k1"
    )

    callback = only(api)
    assert response.status_code == 202
    assert response.json_body == {
        "id": callback.id,
        "status": "queued",
        "from": str(ALICE),
        "to": str(BOB),
        "requested_at": NOW,
        "expires_at": "2026-01-02T03:05:35.000Z",
        "reached": {"queued": NOW},
        "ending": None,
    }
    assert api.ports.queue.sent == [callback.id]


def test_an_order_without_a_first_phone_rings_the_default_number(api):
    assert ordered(api).customer == ALICE


def test_an_order_without_a_first_phone_needs_a_default_number(api):
    response = api.send(CALLBACKS, {"to": str(BOB)}, **by_bob(api))

    assert response.status_code == 400
    assert response.json_body["message"] == (
        "“from” is missing, and the account has no default number"
    )


def test_the_same_key_again_is_answered_with_the_same_callback(api):
    answers = [api.send(CALLBACKS, {"to": str(BOB)}, idempotency_key="k1").body for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(api.ports.callbacks.placed) == 1


def test_the_same_key_with_other_numbers_is_a_conflict(api):
    ordered(api, idempotency_key="k1")

    response = api.send(CALLBACKS, {"to": "+14155550101"}, idempotency_key="k1")

    assert (response.status_code, response.json_body["code"]) == (409, "conflict")


def test_an_order_without_a_key_is_a_new_one_each_time(api):
    assert ordered(api).id != ordered(api).id


def test_the_keys_of_two_accounts_do_not_meet(api):
    first = ordered(api, idempotency_key="k1")
    body = {"from": str(ALICE), "to": str(BOB)}

    response = api.send(CALLBACKS, body, idempotency_key="k1", **by_bob(api))

    assert response.status_code == 202
    assert response.json_body["id"] != first.id


@pytest.mark.parametrize("key", ["", "k" * 201, "a\tb", "ключ"])
def test_a_key_that_cannot_be_one_is_malformed(api, key):
    response = api.send(CALLBACKS, {"to": str(BOB)}, idempotency_key=key)

    assert (response.status_code, response.json_body["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "“to” is missing"),
        ({"to": str(BOB), "at": "18:30"}, "there is no field “at”"),
        ({"to": str(BOB), "confirm": True}, "there is no field “confirm”"),
        ({"to": str(BOB), "customer": "1"}, "there is no field “customer”"),
        ({"to": 14155550100}, "“to”: input should be a valid string"),
        ({"to": "1" * 65}, "“to”: string should have at most 64 characters"),
        ([], "the body: input should be an object"),
        ("x", "the body: input should be an object"),
    ],
)
def test_a_malformed_order_is_told_which_field_is_wrong(api, body, message):
    response = api.send(CALLBACKS, body)

    assert response.status_code == 400
    assert response.json_body == {"code": "malformed", "message": message}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"to":"\\ud800"}', b"NaN"])
def test_what_is_no_json_is_malformed(api, body):
    response = api.ask("POST", CALLBACKS, body, content_type="application/json")

    assert (response.status_code, response.json_body["code"]) == (400, "malformed")


def test_what_is_no_number_is_told_with_its_field(api):
    response = api.send(CALLBACKS, {"from": "my phone", "to": str(BOB)})

    assert response.status_code == 400
    assert response.json_body == {
        "code": "not_a_number",
        "message": "“from”: “my phone” is not a phone number",
    }


def test_an_order_that_no_money_covers_is_refused():
    response = signed_in_api(opening_micros=100).send(CALLBACKS, {"to": str(BOB)})

    assert (response.status_code, response.json_body["code"]) == (402, "not_enough_credit")


def test_an_order_of_a_blocked_account_is_refused(api):
    api.ports.books.set_active("alice", active=False)

    response = api.send(CALLBACKS, {"to": str(BOB)})

    assert (response.status_code, response.json_body["code"]) == (403, "account_blocked")


def test_one_order_too_many_is_told_when_to_try_again():
    response = signed_in_api(max_callbacks=0).send(CALLBACKS, {"to": str(BOB)})

    assert (response.status_code, response.json_body["code"]) == (429, "too_many_callbacks")
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("number", "code"), [("+4930901820", "no_rate"), (str(ALICE), "not_allowed")]
)
def test_an_order_against_a_rule_is_refused(api, number, code):
    response = api.send(CALLBACKS, {"to": number})

    assert (response.status_code, response.json_body["code"]) == (422, code)
    assert api.ports.callbacks.placed == {}
    assert api.ports.queue.sent == []


def test_a_callback_is_shown_as_it_stands(api):
    callback = ordered(api)
    now = api.ports.clock.now()
    api.ports.callbacks.claim(callback.id, "w1", now=now, lease=timedelta(seconds=30))

    body = api.get(f"{CALLBACKS}/{callback.id}").json_body

    assert body["status"] == "claimed"
    assert body["reached"] == {"queued": NOW, "claimed": NOW}
    assert body["charge"] is None


def test_a_callback_that_nobody_took_in_time_has_expired(api):
    callback = ordered(api)
    api.ports.clock.pass_by(timedelta(minutes=2))

    assert api.get(f"{CALLBACKS}/{callback.id}").json_body["status"] == "expired"


def test_a_finished_callback_tells_why_it_ended_and_what_it_cost(api):
    callback = ordered(api)
    ended(api, callback)

    body = api.get(f"{CALLBACKS}/{callback.id}").json_body

    assert body["status"] == "ended"
    assert body["ending"] == {"reason": "hung_up", "culprit": "destination"}
    assert body["charge"] == {"amount": "0.0617", "currency": "EUR", "talked_seconds": 60}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", [NOWHERE, f"{CALLBACKS}/x", f"{CALLBACKS}/{'0' * 5000}"])
def test_a_callback_that_is_not_there_is_not_found(api, method, path):
    response = api.ask(method, path)

    assert (response.status_code, response.json_body["code"]) == (404, "not_found")


def test_a_callback_of_somebody_else_is_not_found(api):
    callback = ordered(api)
    bob = by_bob(api)

    answers = [api.ask(method, f"{CALLBACKS}/{callback.id}", **bob) for method in ("GET", "DELETE")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert api.ports.callbacks.find(callback.id) == callback


def test_a_callback_that_waits_is_cancelled_at_once(api):
    callback = ordered(api)

    answers = [api.delete(f"{CALLBACKS}/{callback.id}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json_body["status"] == "ended"
    assert answers[0].json_body["ending"] == {"reason": "cancelled", "culprit": "customer"}
    assert answers[1].body == answers[0].body


def test_a_callback_that_a_worker_has_is_hung_up_by_the_worker(api):
    callback = ordered(api)
    now = api.ports.clock.now()
    api.ports.callbacks.claim(callback.id, "w1", now=now, lease=timedelta(seconds=30))

    response = api.delete(f"{CALLBACKS}/{callback.id}")

    assert (response.status_code, response.json_body["status"]) == (202, "claimed")
    assert api.ports.control.hang_ups == [("w1", callback.id)]


def test_a_list_gives_the_newest_first_in_parts(api):
    ids = []
    for _ in range(3):
        api.ports.clock.pass_by(timedelta(seconds=1))
        ids.append(ordered(api).id)

    first = api.get(f"{CALLBACKS}?limit=2").json_body
    second = api.get(f"{CALLBACKS}?limit=2&cursor={first['cursor']}").json_body

    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["cursor"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "page=2"])
def test_a_list_that_cannot_be_is_malformed(api, query):
    response = api.get(f"{CALLBACKS}?{query}")

    assert (response.status_code, response.json_body["code"]) == (400, "malformed")


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
        "max_callbacks": 5,
        "numbers": [str(ALICE)],
        "default_number": str(ALICE),
        "country": "GB",
        "language": "en",
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


def test_a_quote_without_money_has_no_time_to_talk():
    response = signed_in_api(opening_micros=1).get("/api/v1/quote?to=%2B14155550100")

    assert response.json_body["talk_seconds"] == 0


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
    callback = ordered(api)
    caplog.clear()

    with caplog.at_level("INFO"):
        api.get(f"{CALLBACKS}/{callback.id}")
        api.get(f"/api/v1/quote?to={BOB.digits}")

    assert [message.rsplit(" ", 2)[0] for message in caplog.messages] == [
        "GET /api/v1/callbacks/{id} 200",
        "GET /api/v1/quote 200",
    ]
