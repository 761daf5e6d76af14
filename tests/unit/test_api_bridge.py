"""The bridge's endpoints over ports in memory: who may ask, what is ordered, what is given."""

from datetime import timedelta

import pytest

from switchboard.desk.bridges import add_bridge, revoke_bridge
from switchboard.errors import AlreadyExists, Malformed, NotFound
from switchboard.wire import instant
from tests.fakes.api import Api, open_api
from tests.fakes.world import ALICE, BOB, SERVICE

RINGS, SMS, HEARTBEAT = "/bridge/v1/rings", "/bridge/v1/sms", "/bridge/v1/heartbeat"
STRANGER = "+447700900123"
NOTED = {"status": "noted"}


@pytest.fixture
def api() -> Api:
    api = open_api()
    token = add_bridge(api.ports, "attic", "s" * 43)
    api.headers["authorization"] = f"Bearer {token}"
    return api


def seen(api: Api, when: str, ago_s: int = 0, **changes: object) -> dict[str, object]:
    """An event as a bridge forwards it."""
    at = instant(api.ports.clock.now() - timedelta(seconds=ago_s))
    event = {"id": "e1", "from": str(ALICE), "to": str(SERVICE), when: at}
    return {**event, **changes}


def ring(api: Api, **changes: object):
    return api.send(RINGS, seen(api, "rang_at", **changes))


def text(api: Api, words: str, **changes: object):
    return api.send(SMS, seen(api, "received_at", text=words, **changes))


def beat(api: Api, **changes: object):
    return api.send(HEARTBEAT, {"modems": [], "outbox": 0, **changes}).json_body["send"]


def test_a_ring_at_a_bridge_is_rung_back(api):
    response = ring(api)

    [callback] = api.ports.callbacks.placed.values()
    assert (response.status_code, response.json_body) == (202, NOTED)
    assert (callback.customer, callback.trigger) == (ALICE, "bridge-ring")


def test_a_ring_sent_again_is_the_same(api):
    assert ring(api).json_body == ring(api).json_body
    assert len(api.ports.callbacks.placed) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"from": STRANGER},
        {"from": None},
        {"from": ""},
        {"from": "anonymous"},
        {"to": STRANGER},
        {"ago_s": 600},
    ],
)
def test_a_ring_that_is_refused_is_answered_like_any_other(api, changes):
    response = ring(api, **changes)

    assert (response.status_code, response.json_body) == (202, NOTED)
    assert api.ports.callbacks.placed == {}


def test_a_text_at_a_bridge_is_done_and_answered_by_the_bridge(api):
    response = text(api, BOB.digits)

    [callback] = api.ports.callbacks.placed.values()
    assert (response.status_code, response.json_body) == (202, NOTED)
    assert (callback.customer, callback.destination) == (ALICE, BOB)
    [reply] = beat(api)
    assert reply["to"] == str(ALICE)
    assert str(BOB) in reply["text"]


def test_a_text_is_given_with_each_heartbeat_until_it_was_taken(api):
    text(api, BOB.digits)

    [reply] = beat(api)
    assert beat(api) == [reply]
    assert beat(api, taken=[reply["id"]]) == []
    assert beat(api) == []


def test_nobody_waits_for_an_old_text(api):
    text(api, BOB.digits)
    api.ports.clock.pass_by(timedelta(minutes=11))
    assert beat(api) == []
    assert text(api, BOB.digits, id="e2", ago_s=100).json_body == NOTED
    assert len(api.ports.callbacks.placed) == 1


def test_a_sender_that_is_no_number_is_not_answered(api):
    assert text(api, "hello", **{"from": "BANK"}).json_body == NOTED
    assert beat(api) == []


def test_a_heartbeat_is_kept(api):
    modem = {"name": "usb0", "state": "ready", "number": str(SERVICE), "signal_percent": 75}
    beat(api, modems=[modem], outbox=3)

    heard = api.ports.bridges.find("attic").beat
    assert (heard.beat_at, heard.outbox) == (api.ports.clock.now(), 3)
    assert [one.name for one in heard.modems] == ["usb0"]


@pytest.mark.parametrize("path", [RINGS, SMS, HEARTBEAT])
@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer attic", "Bearer attic.wrong", "Bearer .", "Basic attic." + "s" * 43],
)
def test_who_bears_no_token_of_a_bridge_is_turned_away(api, path, header):
    response = api.send(path, {}, authorization=header)

    assert (response.status_code, response.json_body["code"]) == (401, "not_signed_in")


def test_a_revoked_bridge_is_turned_away_at_once(api):
    revoke_bridge(api.ports, "attic")

    assert ring(api).status_code == 401
    with pytest.raises(NotFound):
        revoke_bridge(api.ports, "attic")


def test_a_token_of_an_account_is_none_of_a_bridge(api):
    signed_in = api.send("/api/v1/sessions", {"login": "alice", "password": "wonderland"})

    header = f"Bearer {signed_in.json_body['token']}"
    assert api.send(HEARTBEAT, {}, authorization=header).status_code == 401
    assert api.get("/api/v1/account").status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (RINGS, {"extra": 1}),
        (RINGS, {"rang_at": "yesterday"}),
        (RINGS, {"rang_at": "2026-01-02T03:04:05"}),
        (RINGS, {"to": "sales"}),
        (RINGS, {"id": ""}),
        (SMS, {"text": "x" * 1601}),
        (SMS, {"extra": 1}),
    ],
)
def test_what_is_malformed_is_refused(api, path, body):
    when = "rang_at" if path == RINGS else "received_at"
    words = {} if path == RINGS else {"text": "CB"}

    response = api.send(path, seen(api, when, **{**words, **body}))

    assert response.status_code == 400
    assert api.ports.callbacks.placed == {}


def test_a_token_is_kept_as_a_hash_and_a_name_is_taken_once(api):
    assert "sss" not in str(vars(api.ports.bridges))
    with pytest.raises(AlreadyExists):
        add_bridge(api.ports, "attic", "t" * 43)
    with pytest.raises(Malformed):
        add_bridge(api.ports, "The Attic", "t" * 43)
