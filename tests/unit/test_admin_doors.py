"""Phone bridges and SMS providers in the console: what they are given is shown once, or never."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.bridge import BridgeBeat, Modem, OutgoingText
from switchboard.staff.rights import Role, rights_of
from switchboard.texts.provider import Format, Method, Proof
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.console_forms import PROVIDER
from tests.fakes.world import ALICE

SECRET = "a long enough secret"


@pytest.fixture
def console():
    return console_of()


def token_of(response) -> str:
    return re.search(r'id="copy-token" value="([^"]+)"', response.body.decode())[1]


def beat(console, token: str):
    body = {
        "modems": [{"name": "ttyUSB0", "state": "no_sim", "number": None, "signal_percent": 71}],
        "outbox": 3,
    }
    return console.send("/bridge/v1/heartbeat", body, authorization=f"Bearer {token}")


def add_provider(console, **changes):
    fields = {"name": "acme", "secret": SECRET, **PROVIDER, **changes}
    return console.fill("/admin/new-sms-provider", **fields)


def test_a_bridge_gets_a_token_that_works_and_is_shown_once(console):
    added = console.fill("/admin/new-bridge", name="attic")
    token = token_of(added)
    never = readable(console.get("/admin/bridges"))
    told = beat(console, token).status_code

    heard = readable(console.get("/admin/bridges"))
    one = console.get("/admin/bridges/attic").body.decode()
    assert (added.status_code, told) == (200, 200)
    assert "attic never heard" in never
    assert "attic heard 2026-01-02 03:04 UTC ttyUSB0: no sim 3" in heard
    assert "71 %" in one
    assert token not in heard + one
    log = readable(console.get("/admin/audit?about=bridge+attic"))
    assert "add bridge attic" in log
    assert token.partition(".")[2] not in log


def test_a_bridge_that_is_not_heard_any_more_is_silent(console):
    console.fill("/admin/new-bridge", name="attic")
    console.ports.bridges.beat("attic", BridgeBeat(console.ports.clock.now(), (), 0))
    console.ports.clock.pass_by(timedelta(minutes=3))

    assert "attic silent" in readable(console.get("/admin/bridges"))


def test_a_revoked_bridge_is_refused_and_its_texts_are_dropped(console):
    token = token_of(console.fill("/admin/new-bridge", name="attic"))
    gone_at = console.ports.clock.now() + timedelta(minutes=5)
    console.ports.bridges.post("attic", OutgoingText("t1", ALICE, "hello"), gone_at)

    asked = readable(console.get("/admin/bridges/attic/revoke"))
    done = console.fill("/admin/bridges/attic/revoke")

    assert "Texts that wait for it are dropped: 1 now." in asked
    assert "attic is revoked." in readable(console.go(done))
    assert beat(console, token).status_code == 401
    assert console.get("/admin/bridges/attic").status_code == 404
    assert "revoke bridge attic" in readable(console.get("/admin/audit"))


def test_a_bridge_of_a_name_that_is_taken_or_none_is_not_added(console):
    console.fill("/admin/new-bridge", name="attic")

    assert console.fill("/admin/new-bridge", name="attic").status_code == 409
    assert "This is needed" in readable(console.fill("/admin/new-bridge", name=""))
    assert console.fill("/admin/new-bridge", name="a b").status_code == 400


def test_what_a_modem_tells_of_itself_stands_on_the_page_as_text(console):
    console.fill("/admin/new-bridge", name="attic")
    modem = Modem("<script>alert(1)</script>" + "x" * 30, "ready")
    console.ports.bridges.beat("attic", BridgeBeat(console.ports.clock.now(), (modem,), 0))

    for path in ("/admin/bridges", "/admin/bridges/attic"):
        assert "<script>alert" not in console.get(path).body.decode()


def test_a_provider_is_added_changed_and_removed_and_its_secret_never_shown(console):
    added = add_provider(console, networks="203.0.113.0/24\n198.51.100.7")
    page = console.go(added)
    known = console.ports.sms_providers.get("acme")
    form = console.get("/admin/sms-providers/acme/edit").body.decode()
    changed = {**PROVIDER, "method": "GET", "format": "form", "proof": "secret", "answer": ""}
    changed["text_field"] = "message.body"
    console.fill("/admin/sms-providers/acme/edit", **changed)
    new = console.ports.sms_providers.get("acme")

    assert "https://call.example.com/webhooks/sms/acme" in page.body.decode()
    assert (known.secret, known.networks) == (SECRET, ("203.0.113.0/24", "198.51.100.7"))
    assert SECRET not in page.body.decode() + form
    assert new == replace(
        known,
        method=Method.GET,
        format=Format.FORM,
        proof=Proof.SECRET,
        text_field="message.body",
        answer="",
        networks=(),
    )
    console.fill("/admin/sms-providers/acme/edit", **PROVIDER, secret="another long secret")
    log = readable(console.get("/admin/audit?about=SMS+provider+acme"))
    assert "secret (secret) → (another secret)" in log
    assert "another long" not in log
    gone = console.go(console.fill("/admin/sms-providers/acme/remove"))
    assert "acme is gone." in readable(gone)
    assert console.get("/admin/sms-providers/acme").status_code == 404


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("name", "No Spaces", "small letters"),
        ("secret", "short", "at least 16 characters"),
        ("secret", "", "This is needed"),
        ("networks", "everywhere", "is no network"),
        ("proof_in", "from", "a name of its own"),
        ("answer_type", "plain", "is no content type"),
        ("method", "PATCH", "none of the choices"),
    ],
)
def test_what_is_wrong_with_a_provider_is_told(console, field, text, told):
    response = add_provider(console, **{field: text})

    assert response.status_code in {400, 422}
    assert told in readable(response)
    assert console.ports.sms_providers.all() == []


def test_how_a_message_would_be_read_is_shown_and_nothing_done(console):
    add_provider(console, from_field="msisdn")
    sent = "id=7\nmsisdn=442071234567\nto=00442079460000\ntext=call=14155550100"

    shown = readable(console.fill("/admin/sms-providers/acme/test", sent=sent))
    missing = console.fill("/admin/sms-providers/acme/test", sent="id=7\ntext=x")
    wrong = console.fill("/admin/sms-providers/acme/test", sent="hello")

    assert "The sender +442071234567 The service number +442079460000" in shown
    assert "The text call=14155550100" in shown
    assert (missing.status_code, "sisdn is missing" in readable(missing)) == (400, True)
    assert "write it like from=442071234567" in readable(wrong)
    assert console.ports.callbacks.placed == {}


def test_who_only_sees_bridges_is_offered_no_change():
    console = console_of(Role("lookout", rights_of("bridges:see")))
    console.ports.bridges.beat("attic", BridgeBeat(console.ports.clock.now(), (), 0))

    assert "/admin/new-bridge" not in console.get("/admin/bridges").body.decode()
    assert "/admin/new-sms-provider" not in console.get("/admin/sms-providers").body.decode()
