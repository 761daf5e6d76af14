"""Twilio's webhooks: a text to a service number, and a ring on it."""

import logging
from urllib.parse import urlencode

from chalice.app import Request, Response
from twilio.request_validator import RequestValidator
from twilio.twiml import TwiML
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from chalicelib.forms import Form, read_form
from chalicelib.routes import FORM, Forged, Routes, refuse_as_json
from chalicelib.wiring import Wire, Wiring
from switchboard.calls.callback import Trigger
from switchboard.desk.text_senders import Incoming
from switchboard.desk.triggers import take_ring, take_text
from switchboard.errors import Malformed, NotANumber, Refusal
from switchboard.numbering import PhoneNumber

log = logging.getLogger("ringback.twilio")


class BadSignature(Forged):
    """A request is not Twilio's, or was changed on its way."""

    code = "bad_signature"


def twilio_routes(wire: Wire) -> Routes:
    """The webhooks, to be entered in Twilio's console under our public address."""
    routes = Routes(wire, refuse_as_json)
    routes.add("POST", "/webhooks/twilio/sms", take_sms, takes=[FORM])
    routes.add("POST", "/webhooks/twilio/voice", take_call, takes=[FORM])
    return routes


def take_sms(wiring: Wiring, request: Request) -> Response:
    """A text: ordered, and answered in words. The same message again gets the same answer."""
    form = _signed_form(wiring, request)
    for name in ("MessageSid", "From", "To"):
        if not form.text(name):
            raise Malformed(f"{name} is missing")
    answer = MessagingResponse()
    try:
        sender, service = PhoneNumber(form.text("From")), PhoneNumber(form.text("To"))
    except NotANumber:
        # A name or a short code: a reply would be paid for and reach nobody (design §9).
        return _twiml(answer)
    incoming = Incoming(Trigger("twilio-sms", form.text("MessageSid")), sender, service)
    given = take_text(wiring.ports, wiring.text_keys, incoming, form.text("Body"))
    if given.refused is not None:
        log.info("a text of %s is refused: %s", sender.masked, given.refused)
    if given.words is not None:
        answer.message(given.words)
    return _twiml(answer)


def take_call(wiring: Wiring, request: Request) -> Response:
    """A ring: ordered, and always rejected as busy, so that it costs the caller nothing."""
    form = _signed_form(wiring, request)
    answer = VoiceResponse()
    answer.reject(reason="busy")
    try:
        if not form.text("CallSid"):
            raise Malformed("CallSid is missing")
        caller, service = PhoneNumber(form.text("From")), PhoneNumber(form.text("To"))
        trigger = Trigger("twilio-voice", form.text("CallSid"))
        take_ring(wiring.ports, Incoming(trigger, caller, service))
    except Refusal as refusal:
        log.info("a ring of %s is refused: %s", _masked(form.text("From")), refusal.code)
    return _twiml(answer)


def _signed_form(wiring: Wiring, request: Request) -> Form:
    """The form, if Twilio signed it over our public address. What the client says of the host is
    not asked."""
    form = read_form(request)
    url = wiring.settings.public_url + request.path
    if request.query_params:
        asked = [
            (name, text)
            for name in request.query_params
            for text in request.query_params.getlist(name)
        ]
        url += f"?{urlencode(asked)}"
    signature = request.headers.get("x-twilio-signature", "")
    if not RequestValidator(wiring.settings.twilio_auth_token).validate(url, form, signature):
        raise BadSignature("the signature is missing or wrong")
    return form


def _masked(caller: str) -> str:
    try:
        return PhoneNumber(caller).masked
    except NotANumber:
        return "a withheld number"


def _twiml(document: TwiML) -> Response:
    return Response(str(document), {"Content-Type": "text/xml; charset=utf-8"})
