"""An account's own phones, names and speed dials by REST, and planned callbacks."""

from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.planned import run_due
from switchboard.desk.profiles import Changes, change_profile
from switchboard.numbering import PhoneNumber
from tests.fakes.api import Api, signed_in_api
from tests.fakes.world import ALICE, BOB

MOBILE = PhoneNumber("+447700900123")
NUMBERS = "/api/v1/numbers"


@pytest.fixture
def api() -> Api:
    return signed_in_api()


def code_of(api: Api) -> str:
    return api.wiring.texts.sent[-1][1][:6]


def test_a_phone_book_is_replaced_and_shown(api):
    put = api.put(
        "/api/v1/phonebook", {"names": {"Office": "001 415 555 0100", "Mum": "020 7946 0001"}}
    )

    assert put.json_body == {"names": {"Mum": "+442079460001", "Office": str(BOB)}}
    assert api.get("/api/v1/phonebook").json_body == put.json_body
    assert api.put("/api/v1/phonebook", {"names": {}}).json_body == {"names": {}}


def test_speed_dials_are_replaced_beside_the_names(api):
    api.put("/api/v1/phonebook", {"names": {"Office": str(BOB)}})

    put = api.put("/api/v1/speed-dials", {"speed_dials": {"1": str(BOB), "99": str(ALICE)}})

    assert put.json_body == {"speed_dials": {"1": str(BOB), "99": str(ALICE)}}
    assert api.get("/api/v1/speed-dials").json_body == put.json_body
    assert api.get("/api/v1/phonebook").json_body == {"names": {"Office": str(BOB)}}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("phonebook", {"names": {"Mum": "12"}}, "“Mum”: “12” is not a phone number"),
        ("phonebook", {"names": {"123": str(BOB)}}, "is no name"),
        ("phonebook", {"names": {"bal": str(BOB)}}, "begins another order"),
        ("phonebook", {"names": {"\u0412\u0410L now": str(BOB)}}, "begins another order"),
        ("phonebook", {"names": {"a#b": str(BOB)}}, "is no name"),
        ("phonebook", {"names": {"x" * 41: str(BOB)}}, "1 to 40 characters"),
        ("phonebook", {"names": {"mum": str(BOB), "MUM": str(ALICE)}}, "there twice"),
        ("phonebook", {"names": {"u.mum": str(BOB)}}, "is no name"),
        (
            "speed-dials",
            {"speed_dials": {"0": str(BOB)}},
            "“speed_dials.0”: speed dials are 1 to 99",
        ),
        ("speed-dials", {"speed_dials": {"100": str(BOB)}}, "speed dials are 1 to 99"),
        ("numbers", {"numbers": ["x"]}, "“numbers”"),
    ],
)
def test_what_cannot_be_is_malformed(api, path, body, words):
    response = api.put(f"/api/v1/{path}", body)

    assert response.status_code == 400
    assert words in response.json_body["message"]


def test_a_new_phone_is_added_by_the_code_that_was_sent_to_it(api):
    put = api.put(NUMBERS, {"numbers": [str(MOBILE), str(ALICE)]})
    confirmed = api.send(f"{NUMBERS}/confirmations", {"number": str(MOBILE), "code": code_of(api)})

    assert put.json_body == {
        "numbers": [str(ALICE)],
        "default_number": str(ALICE),
        "pending": [str(MOBILE)],
    }
    assert [to for to, _ in api.wiring.texts.sent] == [MOBILE]
    assert confirmed.json_body["numbers"] == [str(ALICE), str(MOBILE)]
    moved = api.put(NUMBERS, {"numbers": [str(MOBILE), str(ALICE)]}).json_body
    assert (moved["default_number"], moved["pending"]) == (str(MOBILE), [])


def test_a_phone_is_removed_by_leaving_it_out(api):
    assert api.put(NUMBERS, {"numbers": []}).json_body["numbers"] == []
    assert api.ports.accounts.by_number(ALICE) is None


def test_a_wrong_code_adds_no_phone(api):
    api.put(NUMBERS, {"numbers": [str(ALICE), str(MOBILE)]})
    wrong = str((int(code_of(api)) + 1) % 1_000_000).zfill(6)

    refused = api.send(f"{NUMBERS}/confirmations", {"number": str(MOBILE), "code": wrong})

    assert (refused.status_code, refused.json_body["message"]) == (
        422,
        "this code is wrong or too old",
    )
    assert api.get(NUMBERS).json_body["numbers"] == [str(ALICE)]


def test_a_code_is_good_once_and_for_the_account_that_asked_for_it(api):
    api.put(NUMBERS, {"numbers": [str(ALICE), str(MOBILE)]})
    answer = {"number": str(MOBILE), "code": code_of(api)}
    bob = Profile(
        "bob", "Bob", "EUR", "retail", login="bob", password_hash=api.wiring.passwords.hash("x")
    )
    open_account(api.ports, bob, Terms())
    others = api.send("/api/v1/sessions", {"login": "bob", "password": "x"}).json_body["token"]
    path = f"{NUMBERS}/confirmations"

    statuses = [
        api.send(path, answer, authorization=f"Bearer {others}").status_code,
        api.send(path, answer).status_code,
        api.send(path, answer).status_code,
    ]

    assert statuses == [422, 200, 422]
    assert api.ports.accounts.by_number(MOBILE) == "alice"


def test_a_new_phone_is_called_for_the_code_that_is_shown(api):
    asked = api.send(f"{NUMBERS}/codes", {"number": "07700 900123", "by": "call"})

    body = asked.json_body
    assert (asked.status_code, body["number"], body["by"]) == (202, str(MOBILE), "call")
    assert len(body["code"]) == 6
    assert api.wiring.texts.sent == []
    shown = api.get(f"/api/v1/callbacks/{body['callback']}").json_body
    assert (shown["from"], shown["to"], shown["status"]) == (str(MOBILE), None, "queued")
    entered = api.send(f"{NUMBERS}/confirmations", {"number": str(MOBILE), "code": body["code"]})
    assert entered.status_code == 422


def test_a_new_phone_is_texted_a_code_that_is_not_shown(api):
    asked = api.send(f"{NUMBERS}/codes", {"number": str(MOBILE)})

    assert asked.status_code == 202
    assert (asked.json_body["code"], asked.json_body["callback"]) == (None, None)
    assert [to for to, _ in api.wiring.texts.sent] == [MOBILE]


def test_too_many_codes_are_answered_with_a_429(api):
    answers = [api.send(f"{NUMBERS}/codes", {"number": str(MOBILE)}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert "Retry-After" in answers[-1].headers


def test_a_callback_is_planned_listed_placed_and_shown(api):
    at = (api.ports.clock.now() + timedelta(minutes=30)).isoformat()
    order = {"to": str(BOB), "at": at}

    planned = api.send("/api/v1/callbacks", order, idempotency_key="k")
    again = api.send("/api/v1/callbacks", order, idempotency_key="k")
    listed = api.get("/api/v1/callbacks?planned=true").json_body

    path = f"/api/v1/callbacks/{planned.json_body['id']}"
    assert (planned.status_code, planned.json_body["status"]) == (202, "planned")
    assert again.json_body == planned.json_body
    assert listed == {"items": [planned.json_body], "cursor": None}
    assert api.get(path).json_body == {**planned.json_body, "charge": None}
    api.ports.clock.pass_by(timedelta(minutes=30))
    run_due(api.ports)
    assert api.get(path).json_body["status"] == "queued"
    assert api.get("/api/v1/callbacks?planned=true").json_body["items"] == []


def test_a_planned_callback_is_cancelled(api):
    at = (api.ports.clock.now() + timedelta(hours=1)).isoformat()
    planned = api.send("/api/v1/callbacks", {"to": str(BOB), "at": at}).json_body

    deleted = [api.delete(f"/api/v1/callbacks/{planned['id']}") for _ in range(2)]

    assert [one.status_code for one in deleted] == [202, 202]
    assert [one.json_body["status"] for one in deleted] == ["cancelled"] * 2


def test_a_time_without_an_offset_is_by_the_clocks_of_the_account(api):
    change_profile(api.ports, "alice", Changes(time_zone="Asia/Tokyo"))

    planned = api.send("/api/v1/callbacks", {"to": str(BOB), "at": "2026-01-02T18:30"})

    assert planned.json_body["at"] == "2026-01-02T09:30:00.000Z"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("18:30", "“at”: write a time like 2026-11-23T18:30:00+01:00"),
        (1_767_378_600, "“at”: write a time like 2026-11-23T18:30:00+01:00"),
        ("2026-01-02T02:30:00", "is over by the clocks of UTC, or not in the next 60 days"),
        ("2020-01-01T00:00:00Z", "can be planned for the next 60 days"),
    ],
)
def test_a_time_that_is_none_or_over_is_malformed(api, at, words):
    response = api.send("/api/v1/callbacks", {"to": str(BOB), "at": at})

    assert (response.status_code, response.json_body["code"]) == (400, "malformed")
    assert words in response.json_body["message"]


@pytest.mark.parametrize("confirm", ["yes", 1, "true"])
def test_a_text_or_a_number_is_no_yes_or_no(api, confirm):
    assert api.send("/api/v1/callbacks", {"to": str(BOB), "confirm": confirm}).status_code == 400
