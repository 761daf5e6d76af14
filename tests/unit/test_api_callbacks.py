"""Callbacks over the REST interface: ordered once, refused, shown, listed, cancelled."""

from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.calls.callback import Callback
from switchboard.desk.accounts import Terms, open_account
from tests.fakes.api import Api, end_after_a_minute, signed_in_api
from tests.fakes.world import ALICE, BOB

CALLBACKS = "/api/v1/callbacks"
NOWHERE = f"{CALLBACKS}/{'0' * 32}"
NOW = "2026-01-02T03:04:05.000Z"


@pytest.fixture
def api() -> Api:
    """A client with Alice's token."""
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
        "at": None,
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


@pytest.mark.parametrize("planned_first", [True, False])
def test_the_same_key_for_now_and_for_later_is_a_conflict(api, planned_first):
    """Else the one that comes second would be taken for the first, and never ring."""
    now = {"to": str(BOB)}
    later = {**now, "at": (api.ports.clock.now() + timedelta(hours=1)).isoformat()}
    bodies = [later, now] if planned_first else [now, later]

    statuses = [api.send(CALLBACKS, body, idempotency_key="k1").status_code for body in bodies]

    assert statuses == [202, 409]
    assert len(api.ports.callbacks.placed) + len(api.ports.schedule.of("alice")) == 1


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
        ({"to": str(BOB), "when": "18:30"}, "there is no field “when”"),
        (
            {"to": str(BOB), "confirm": "maybe"},
            "“confirm”: input should be a valid boolean",
        ),
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
    ("number", "code"), [("+4930901820", "no_rate"), (str(ALICE), "same_number")]
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
    now = api.ports.clock.now()
    api.ports.callbacks.claim(callback.id, "w1", now=now, lease=timedelta(seconds=30))
    end_after_a_minute(api.ports, callback)

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
