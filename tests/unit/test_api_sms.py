"""The webhook of SMS providers that are not built in: who is believed, what is answered."""

import hmac
import json
from base64 import b64encode
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.texts.provider import Format, Method, Proof, SmsProvider
from tests.fakes.api import FORM, Api, open_api
from tests.fakes.world import ALICE, BOB, SERVICE

PATH = "/webhooks/sms/acme"
SECRET = "sixteen letters!"
CALLING = "We are calling you now to connect you with +14155550100."
MESSAGE = {"id": "m1", "from": ALICE.digits, "to": str(SERVICE), "text": BOB.digits}


def provided(**terms) -> Api:
    api = open_api()
    api.ports.sms_providers.save(SmsProvider("acme", SECRET, **terms))
    return api


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()


def deliver(api: Api, message: object, **headers: str):
    body = json.dumps(message).encode()
    signed = {"x_signature": signature(body), **headers}
    return api.ask("POST", PATH, body, content_type="application/json", **signed)


def placed(api: Api) -> list:
    return list(api.ports.callbacks.placed.values())


def test_a_json_body_under_an_hmac_is_an_order_and_the_reply_is_the_answer():
    api = provided()

    response = deliver(api, MESSAGE)

    assert (response.status_code, response.body.decode()) == (200, CALLING)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert [(one.customer, one.destination) for one in placed(api)] == [(ALICE, BOB)]
    assert [one.trigger for one in placed(api)] == ["sms-acme"]


def test_the_same_message_id_is_one_callback_and_the_same_answer():
    api = provided()

    answers = [deliver(api, MESSAGE).body for _ in range(2)]

    assert answers == [CALLING.encode()] * 2
    assert len(placed(api)) == 1


def test_an_hmac_in_base64_or_with_its_kind_before_it_is_right_too():
    api, body = provided(), json.dumps(MESSAGE).encode()
    digest = hmac.digest(SECRET.encode(), body, "sha256")

    for proof in (b64encode(digest).decode(), f"sha256={digest.hex().upper()}"):
        assert deliver(api, MESSAGE, x_signature=proof).status_code == 200


def test_nested_fields_are_named_with_dots():
    api = provided(
        id_field="data.id",
        from_field="data.from.number",
        to_field="data.to.0.number",
        text_field="data.text",
    )
    message = {
        "data": {
            "id": 17,
            "from": {"number": str(ALICE)},
            "to": [{"number": str(SERVICE)}],
            "text": "",
        }
    }

    response = deliver(api, message)

    assert response.body == b"We are calling you now to ask which number you want."


def test_a_query_with_a_secret_is_an_order():
    api = provided(method=Method.GET, proof=Proof.SECRET, proof_in="key", text_field="msg")
    fields = {"id": "1", "from": ALICE.digits, "to": SERVICE.digits, "msg": "bal", "key": SECRET}

    response = api.get(f"{PATH}?{urlencode(fields)}")

    assert response.body.startswith(b"Your balance is 5.00 EUR")


def test_a_query_is_signed_by_its_sorted_fields():
    api = provided(method=Method.GET, proof_in="sig")
    signed = "&".join(f"{name}={text}" for name, text in sorted(MESSAGE.items()))
    fields = {**MESSAGE, "sig": signature(signed.encode())}

    assert api.get(f"{PATH}?{urlencode(fields)}").body == CALLING.encode()
    assert api.get(f"{PATH}?{urlencode({**fields, 'text': '1'})}").status_code == 403


def test_a_query_that_is_signed_in_a_header_is_signed_by_its_fields_too():
    api = provided(method=Method.GET)
    signed = "&".join(f"{name}={text}" for name, text in sorted(MESSAGE.items()))
    path = f"{PATH}?{urlencode(MESSAGE)}"

    assert api.get(path, x_signature=signature(signed.encode())).body == CALLING.encode()
    assert api.get(path, x_signature=signature(b"")).status_code == 403


def test_a_form_is_read_by_its_mapped_fields():
    api = provided(format=Format.FORM, proof=Proof.SECRET, proof_in="X-Token", from_field="msisdn")
    fields = {"id": "1", "msisdn": str(ALICE), "to": str(SERVICE), "text": BOB.digits}

    response = api.ask("POST", PATH, urlencode(fields).encode(), content_type=FORM, x_token=SECRET)

    assert response.body == CALLING.encode()


@pytest.mark.parametrize(
    ("terms", "body"),
    [
        ({"answer": "OK"}, "OK"),
        (
            {"answer": '{"text": "{reply}"}', "answer_type": "application/json"},
            '{"text": "Sorry, \\"x\\""}',
        ),
        (
            {"answer": "<r>{reply}</r>", "answer_type": "text/xml"},
            "<r>Sorry, &quot;x&quot;</r>",
        ),
    ],
)
def test_the_answer_is_what_the_provider_wants(terms, body, monkeypatch):
    from chalicelib import sms_webhooks
    from switchboard.desk.triggers import Answer

    monkeypatch.setattr(sms_webhooks, "take_text", lambda *_: Answer('Sorry, "x"'))

    assert deliver(provided(**terms), MESSAGE).body.decode() == body


@pytest.mark.parametrize("proof", ["", "x", "\u00fc", signature(b"{}"), signature(b"", "other")])
def test_a_wrong_proof_is_forbidden_and_orders_nothing(proof):
    api = provided()

    response = deliver(api, MESSAGE, x_signature=proof)

    assert (response.status_code, response.json_body["code"]) == (403, "bad_signature")
    assert placed(api) == []


def test_only_the_provider_s_addresses_are_allowed():
    assert deliver(provided(networks=("203.0.113.0/24",)), MESSAGE).status_code == 403
    assert deliver(provided(networks=("10.0.0.0/8", "127.0.0.0/8")), MESSAGE).status_code == 200


@pytest.mark.parametrize("name", ["id", "from", "to", "text"])
def test_a_missing_field_is_named(name):
    message = {ours: text for ours, text in MESSAGE.items() if ours != name}

    response = deliver(provided(), message)

    assert response.status_code == 400
    assert response.json_body == {"code": "malformed", "message": f"{name} is missing"}


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[" * 100_000, b"\xff", b'"x"'])
def test_what_is_no_json_is_malformed(body):
    api = provided()

    response = api.ask(
        "POST", PATH, body, content_type="application/json", x_signature=signature(body)
    )

    assert response.status_code == 400


@pytest.mark.parametrize(
    "body", [b"[" * 20 + b"1" + b"]" * 20, b'{"":' * 20 + b"1" + b"}" * 20, b" " * 70_000 + b"{}"]
)
def test_what_no_provider_sends_is_not_taken_apart(body):
    """Before the signature is checked, anybody can send it."""
    answer = provided().ask("POST", PATH, body, content_type="application/json")

    assert (answer.status_code, answer.json_body["code"]) == (400, "malformed")


@pytest.mark.parametrize("sender", ["ACME", "12345", "+12345", "\u0661\u0662\u0663"])
def test_a_sender_that_is_no_phone_gets_no_reply(sender):
    api = provided()

    response = deliver(api, {**MESSAGE, "from": sender})

    assert (response.status_code, response.body) == (200, b"")
    assert placed(api) == []


def test_another_method_and_another_provider_are_refused():
    api = provided()

    assert api.get(PATH).status_code == 400
    assert api.get("/webhooks/sms/other").status_code == 404


@pytest.mark.parametrize("name", ["id", "from", "to", "text"])
def test_half_a_character_is_no_reason_to_fail(name):
    assert deliver(provided(), {**MESSAGE, name: "\ud83d"}).status_code == 200


@given(st.dictionaries(st.text(max_size=5), st.recursive(st.text(), st.lists, max_leaves=4)))
def test_any_signed_json_is_answered(message):
    assert deliver(provided(), {**message, "id": "1"}).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Acme Inc"},
        {"secret": "short"},
        {"networks": ("everywhere",)},
        {"from_field": ""},
        {"from_field": "id"},
        {"answer_type": "text"},
    ],
)
def test_a_provider_that_cannot_work_is_malformed(wrong):
    with pytest.raises(Malformed):
        SmsProvider(**{"name": "acme", "secret": SECRET, **wrong})


def test_the_secret_of_a_provider_is_not_shown():
    assert SECRET not in repr(SmsProvider("acme", SECRET))
