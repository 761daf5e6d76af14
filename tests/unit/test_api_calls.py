"""The call history over the REST interface: an account's own, newest first, part by part."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.api import Api, end_after_a_minute, signed_in_api
from tests.fakes.world import ALICE, BOB

CALLS = "/api/v1/calls"


@pytest.fixture
def api() -> Api:
    """A client with Alice's token."""
    return signed_in_api()


def called(api: Api) -> str:
    """A callback of a minute; its id."""
    ordered = api.send("/api/v1/callbacks", {"to": str(BOB)}).json_body["id"]
    end_after_a_minute(api.ports, api.ports.callbacks.placed[ordered])
    return ordered


def test_a_finished_callback_is_in_the_history_with_what_each_leg_cost(api):
    ordered = called(api)

    page = api.get(CALLS).json_body

    [call] = page["items"]
    assert page["cursor"] is None
    assert (call["id"], call["from"], call["to"]) == (ordered, str(ALICE), str(BOB))
    assert call["ending"] == {"reason": "hung_up", "culprit": "destination"}
    assert call["charge"] == {"amount": "0.0617", "currency": "EUR", "talked_seconds": 60}
    assert [
        (leg["party"], leg["number"], leg["seconds"], leg["billed_seconds"], leg["amount"])
        for leg in call["legs"]
    ] == [
        ("customer", str(ALICE), 65, 65, "0.0217"),
        ("destination", str(BOB), 60, 60, "0.04"),
    ]


def test_customers_are_not_told_of_trunks_and_margins(api):
    called(api)

    told = api.get(CALLS).body.decode()

    assert not [word for word in ("trunk", "margin", "carrier", "sip") if word in told]


def test_the_history_is_newest_first_and_goes_on_by_cursor(api):
    called(api)
    [first] = api.ports.books.cdrs("alice")
    for n in range(1, 3):
        later = first.requested_at + timedelta(minutes=n)
        api.ports.books.close(replace(first, callback=f"{n:032x}", requested_at=later))

    page = api.get(f"{CALLS}?limit=2").json_body
    rest = api.get(f"{CALLS}?limit=2&cursor={page['cursor']}").json_body

    ids = [call["id"] for call in page["items"] + rest["items"]]
    assert ids == [f"{2:032x}", f"{1:032x}", first.callback]
    assert rest["cursor"] is None


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "limit=101", "account=bob"])
def test_a_query_that_cannot_be_read_is_refused(api, query):
    response = api.get(f"{CALLS}?{query}")

    assert (response.status_code, response.json_body["code"]) == (400, "malformed")


def test_calls_of_others_are_not_shown(api):
    called(api)
    [mine] = api.ports.books.cdrs("alice")
    api.ports.books.close(replace(mine, account="bob", callback="b" * 32))

    assert [call["id"] for call in api.get(CALLS).json_body["items"]] == [mine.callback]


def test_who_is_not_signed_in_sees_no_calls(api):
    del api.headers["authorization"]

    assert api.get(CALLS).status_code == 401
