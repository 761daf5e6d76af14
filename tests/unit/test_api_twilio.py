"""Twilio's webhooks over ports in memory: what is ordered, what is answered, what is refused."""

import html
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from urllib.parse import urlencode

import pytest

from local import Gateway
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from tests.fakes.api import FORM, SETTINGS, Api, open_api, sign
from tests.fakes.world import ALICE, BOB, SERVICE

SMS = "/webhooks/twilio/sms"
VOICE = "/webhooks/twilio/voice"
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response />'
BUSY = '<?xml version="1.0" encoding="UTF-8"?><Response><Reject reason="busy" /></Response>'
PIN_NUMBER = PhoneNumber("+442079460009")
CHARLIE = PhoneNumber("+33142685300")


@pytest.fixture
def api() -> Api:
    return open_api()


def sms(text: str, **changes: str) -> dict[str, str]:
    """A text by Alice, in the shape that Twilio sends."""
    message = "SM0123456789abcdef0123456789abcdef"
    return {
        "ToCountry": "GB",
        "ToState": "",
        "SmsMessageSid": message,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": message,
        "FromState": "London",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "GB",
        "To": str(SERVICE),
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": message,
        "AccountSid": "AC0123456789abcdef0123456789abcdef",
        "From": str(ALICE),
        "ApiVersion": "2010-04-01",
        **changes,
    }


def ring(**changes: str) -> dict[str, str]:
    """A ring by Alice, in the shape that Twilio sends."""
    return {
        "CallSid": "CA0123456789abcdef0123456789abcdef",
        "AccountSid": "AC0123456789abcdef0123456789abcdef",
        "From": str(ALICE),
        "Caller": str(ALICE),
        "To": str(SERVICE),
        "Called": str(SERVICE),
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        **changes,
    }


def reply(response) -> str | None:
    """The text of the reply, None where there is none."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    message = re.search("<Message>(.*)</Message>", response.body.decode())
    return html.unescape(message[1]) if message else None


def placed(api: Api) -> list[Callback]:
    return list(api.ports.callbacks.placed.values())


def test_the_signatures_of_these_tests_are_those_that_twilio_documents():
    signature = sign(
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        {
            "CallSid": "CA1234567890ABCDE",
            "Digits": "1234",
            "From": "+14158675309",
            "To": "+18005551212",
            "Caller": "+14158675309",
        },
        token="12345",
    )

    assert signature == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_text_with_a_number_orders_a_callback_and_is_confirmed(api):
    response = api.hook(SMS, sms(BOB.digits))

    trigger = Trigger("twilio-sms", sms("")["MessageSid"])
    [callback] = placed(api)
    assert reply(response) == "We are calling you now to connect you with +14155550100."
    assert (callback.id, callback.customer, callback.destination) == (
        trigger.callback_id,
        ALICE,
        BOB,
    )
    assert api.ports.queue.sent == [callback.id]


def test_a_text_with_two_numbers_is_confirmed_with_both(api):
    response = api.hook(SMS, sms(f"{CHARLIE} {BOB}"))

    assert reply(response) == "We are calling +33142685300 now to connect it with +14155550100."


def test_a_text_without_a_number_is_confirmed_without_one(api):
    response = api.hook(SMS, sms("cb"))

    assert reply(response) == "We are calling you now to ask which number you want."


def test_the_same_text_posted_five_times_at_once_is_one_callback_and_five_equal_answers(api):
    gateway = Gateway(api.app)
    body = urlencode(sms(BOB.digits)).encode()
    signature = sign(SETTINGS.public_url + SMS, sms(BOB.digits))
    together = threading.Barrier(5)

    def post(_number: int) -> bytes:
        together.wait(timeout=10)
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": SMS,
            "CONTENT_TYPE": FORM,
            "HTTP_X_TWILIO_SIGNATURE": signature,
            "wsgi.input": BytesIO(body),
        }
        return b"".join(gateway(environ, lambda *_status_and_headers: None))

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(post, range(5)))

    [callback] = placed(api)
    assert len(answers) == 5
    assert set(answers) == {answers[0]}
    assert b"We are calling you now" in answers[0]
    assert set(api.ports.queue.sent) == {callback.id}


def test_a_text_posted_again_after_the_call_gets_the_same_answer(api):
    first = api.hook(SMS, sms(BOB.digits))
    [callback] = placed(api)
    api.ports.callbacks.placed[callback.id] = replace(callback, state=State.ENDED)
    api.ports.books.set_active("alice", active=False)

    second = api.hook(SMS, sms(BOB.digits))

    assert second.body == first.body


@pytest.mark.parametrize("path", [SMS, VOICE])
@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        "Ünïcode",
        sign(SETTINGS.public_url + SMS, sms("442070000000")),
        sign("https://evil.example.com" + SMS, sms(BOB.digits)),
        sign("http://call.example.com" + SMS, sms(BOB.digits)),
        sign(SETTINGS.public_url + SMS, sms(BOB.digits), token="another"),
    ],
    ids=["none", "nonsense", "not-ascii", "other-text", "other-host", "not-tls", "other-token"],
)
def test_a_bad_signature_is_forbidden_and_nothing_is_written(api, path, signature):
    headers = {"x_twilio_signature": signature} if signature else {}
    response = api.post(path, sms(BOB.digits), host="evil.example.com", **headers)

    assert response.status_code == 403
    assert response.json_body["code"] == "bad_signature"
    assert placed(api) == []
    assert api.ports.queue.sent == []


def test_a_signature_covers_the_query_and_repeated_and_blank_fields(api):
    fields = [*sms(BOB.digits).items(), ("AddOn", "b"), ("AddOn", "a"), ("Blank", "")]

    response = api.hook(f"{SMS}?foo=1&bar=a+b", fields)

    assert reply(response) == "We are calling you now to connect you with +14155550100."


REFUSALS = [
    ("hello", "We could not read that. Text the number you want to call, for example 442071234567"),
    ("12", "We could not read that. Text the number you want to call, for example 442071234567"),
    ("+1 900 555 0100", "Sorry, calls to USA premium are not possible."),
    (
        "+49 30 901820",
        "Sorry, calls to this number are not possible: there is no rate for it.",
    ),
    (str(ALICE), "Sorry, a phone cannot be connected with itself."),
]


@pytest.mark.parametrize(("text", "words"), REFUSALS)
def test_a_text_that_cannot_be_met_is_refused_in_words(api, text, words):
    balance = api.ports.books.balance("alice")

    response = api.hook(SMS, sms(text))

    assert reply(response) == words
    assert placed(api) == []
    assert api.ports.queue.sent == []
    assert api.ports.books.balance("alice") == balance


def test_an_empty_account_is_refused_in_words():
    api = open_api(opening_micros=100)

    response = api.hook(SMS, sms(BOB.digits))

    assert reply(response) == (
        "Sorry, not enough credit: 0.0001 EUR left, at least 0.0254 EUR needed."
    )
    assert placed(api) == []


def test_a_blocked_account_is_refused_in_words(api):
    api.ports.books.set_active("alice", active=False)

    response = api.hook(SMS, sms(BOB.digits))

    assert reply(response) == "Sorry, this account is blocked."
    assert placed(api) == []


def test_one_callback_too_many_is_refused_in_words():
    api = open_api(max_callbacks=0)

    response = api.hook(SMS, sms(BOB.digits))

    assert reply(response) == "Sorry, 0 callbacks are under way, no more at once."
    assert placed(api) == []


def test_an_unknown_sender_is_refused_in_words(api):
    response = api.hook(SMS, sms(BOB.digits, From=str(CHARLIE)))

    assert reply(response) == "Sorry, we do not know this number or PIN."
    assert placed(api) == []


def test_a_text_to_a_short_code_gets_no_reply(api):
    assert reply(api.hook(SMS, sms(BOB.digits, To="384387"))) is None


def test_a_text_to_what_is_no_service_number_is_refused_politely(api):
    response = api.hook(SMS, sms(BOB.digits, To="+442079999999"))

    assert reply(response) == "Sorry, this number does not take orders for callbacks."
    assert placed(api) == []


@pytest.mark.parametrize("sender", ["ACME", "12345", "whatsapp:+442071234567"])
def test_a_sender_that_is_no_phone_number_gets_no_reply(api, sender):
    response = api.hook(SMS, sms(BOB.digits, From=sender))

    assert response.body.decode() == NOTHING
    assert placed(api) == []


@pytest.mark.parametrize("name", ["MessageSid", "From", "To"])
@pytest.mark.parametrize("blank", [False, True])
def test_a_text_without_what_every_text_has_is_malformed(api, name, blank):
    fields = sms(BOB.digits, **{name: ""})
    if not blank:
        del fields[name]

    response = api.hook(SMS, fields)

    assert response.status_code == 400
    assert response.json_body == {"code": "malformed", "message": f"{name} is missing"}


def test_a_form_with_very_many_fields_is_malformed(api):
    response = api.hook(SMS, {f"Field{number}": "" for number in range(300)})

    assert response.status_code == 400


def test_a_webhook_reads_forms_only(api):
    response = api.send(SMS, sms(BOB.digits))

    assert response.status_code == 415
    assert response.json_body["code"] == "unsupported_media_type"


def test_a_ring_is_rejected_as_busy_and_rung_back(api):
    response = api.hook(VOICE, ring())

    [callback] = placed(api)
    assert response.body.decode() == BUSY
    assert (callback.customer, callback.destination) == (ALICE, None)
    assert api.ports.queue.sent == [callback.id]


def test_a_ring_posted_twice_is_rung_back_once(api):
    answers = [api.hook(VOICE, ring()).body for _ in range(2)]

    assert answers == [BUSY.encode()] * 2
    assert len(placed(api)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"From": str(CHARLIE)},
        {"From": "anonymous"},
        {"To": "+442079999999"},
        {"To": ""},
        {"CallSid": ""},
    ],
    ids=["unknown", "withheld", "other-service", "no-service", "no-id"],
)
def test_a_ring_that_is_refused_is_rejected_like_any_other(api, changes):
    response = api.hook(VOICE, ring(**changes))

    assert (response.status_code, response.body.decode()) == (200, BUSY)
    assert placed(api) == []


@pytest.mark.parametrize("caller", ["+266696687", "+7378742833", "anonymous"])
def test_what_stands_for_a_withheld_caller_is_not_rung_where_a_pin_would_be_asked_for(api, caller):
    pins = ServiceNumber(PIN_NUMBER, ServiceMode.PIN, "alice")
    api.ports.accounts.add_service_number(pins)

    api.hook(VOICE, ring(From=caller, To=str(PIN_NUMBER)))

    today = api.ports.clock.now().date()
    assert api.ports.rings.refused(PIN_NUMBER, today) == {"withheld_caller": 1}
    assert placed(api) == []


def test_a_refusal_is_logged_without_the_number(api, caplog):
    with caplog.at_level(logging.INFO):
        api.hook(VOICE, ring(From=str(CHARLIE)))
        api.hook(SMS, sms(BOB.digits, From=str(CHARLIE)))

    assert "a ring of +33*****5300 is refused: unknown_sender" in caplog.messages
    assert "a text of +33*****5300 is refused: unknown_sender" in caplog.messages
    assert CHARLIE.digits not in caplog.text
    assert BOB.digits not in caplog.text


def test_an_order_by_text_holds_no_money_before_a_worker_has_it(api):
    api.hook(SMS, sms(BOB.digits))

    balance = api.ports.books.balance("alice")
    assert (balance.available, balance.holds) == (Money("EUR", 5_000_000), {})
