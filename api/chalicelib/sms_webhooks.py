"""The webhook of SMS providers that are not built in: how each speaks is a setting."""

import json
import logging
from collections.abc import Iterator
from html import escape
from typing import Any

from chalice.app import Request, Response

from chalicelib.forms import read_form
from chalicelib.routes import FORM, JSON, BadProof, Routes, path_part, query_of, refuse_as_json
from chalicelib.wiring import Wire, Wiring
from switchboard.calls.callback import Trigger
from switchboard.desk.text_senders import Incoming
from switchboard.desk.triggers import take_text
from switchboard.errors import Malformed, NotANumber
from switchboard.texts.provider import REPLY, Format, Method, SmsProvider, read_sender

log = logging.getLogger("ringback.sms")

PATH = "/webhooks/sms/{provider}"
# The longest text takes 10 kB in JSON. Taking more apart would cost us more than its sender.
LARGEST_BYTES = 64_000
DEEPEST = 10


class NotTheProvider(BadProof):
    """A request does not show that its provider sent it."""


def sms_routes(wire: Wire) -> Routes:
    """The webhook, to be told to a provider under our public address and its own name."""
    routes = Routes(wire, refuse_as_json)
    routes.add("GET", PATH, take_sms_query)
    routes.add("POST", PATH, take_sms_body, takes=[FORM, JSON])
    return routes


def take_sms_query(wiring: Wiring, request: Request) -> Response:
    """A text in a query."""
    provider = _provider(wiring, request, Method.GET)
    return _take(wiring, request, provider, query_of(request), b"")


def take_sms_body(wiring: Wiring, request: Request) -> Response:
    """A text in a body, whatever Content-Type of both it is sent with."""
    provider = _provider(wiring, request, Method.POST)
    raw: Any = request.raw_body
    if provider.format is Format.FORM:
        given = {name: values[0] for name, values in read_form(request).items()}
    else:
        given = _read_json(raw)
    return _take(wiring, request, provider, given, raw.encode() if isinstance(raw, str) else raw)


def _provider(wiring: Wiring, request: Request, method: Method) -> SmsProvider:
    provider = wiring.ports.sms_providers.get(path_part(request, "provider"))
    if not provider.allows(request.context.get("identity", {}).get("sourceIp", "")):
        raise NotTheProvider("this address is not one of the provider's")
    if provider.method is not method:
        raise Malformed(f"this provider sends texts by {provider.method.value}")
    return provider


def _take(
    wiring: Wiring, request: Request, provider: SmsProvider, given: dict[str, str], body: bytes
) -> Response:
    _check_proof(request, provider, given, body)
    text = provider.read(given)
    try:
        sender, service = read_sender(text["from"]), read_sender(text["to"])
    except NotANumber:
        # A name or a short code: a reply would be paid for and reach nobody (design §9).
        return _answer(provider, "")
    incoming = Incoming(Trigger(f"sms-{provider.name}", text["id"]), sender, service)
    answer = take_text(wiring.ports, wiring.text_keys, incoming, text["text"])
    if answer.refused is not None:
        log.info("a text of %s is refused: %s", sender.masked, answer.refused)
    return _answer(provider, answer.words or "")


def _check_proof(
    request: Request, provider: SmsProvider, given: dict[str, str], body: bytes
) -> None:
    in_header = request.headers.get(provider.proof_in.lower())
    signed = body
    if in_header is None or provider.method is Method.GET:
        fields = sorted((name, of) for name, of in given.items() if name != provider.proof_in)
        signed = "&".join(f"{name}={of}" for name, of in fields).encode(errors="surrogatepass")
    proof = given.get(provider.proof_in, "") if in_header is None else in_header
    if not provider.proves(proof, signed):
        raise NotTheProvider("the secret or signature is missing or wrong")


def _read_json(raw: Any) -> dict[str, str]:
    if len(raw) > LARGEST_BYTES:
        raise Malformed("no text is so long")
    try:
        return dict(_flat("", json.loads(raw)))
    except (ValueError, RecursionError):
        raise Malformed("this is not JSON that can be read") from None


def _flat(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """What stands in lists and objects, under names like message.parts.0.text."""
    if depth > DEEPEST:
        raise Malformed("this JSON is too deep")
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(f"{name}.{key}" if name else str(key), inner, depth + 1)
    elif value is not None:
        text = value if isinstance(value, str) else json.dumps(value)
        # Half a surrogate pair, as in "\ud83d", has no UTF-8 of its own.
        yield name, text.encode(errors="replace").decode()


def _answer(provider: SmsProvider, words: str) -> Response:
    if "json" in provider.answer_type:
        words = json.dumps(words)[1:-1]
    elif "xml" in provider.answer_type or "html" in provider.answer_type:
        words = escape(words)
    body = provider.answer.replace(REPLY, words)
    return Response(body, {"Content-Type": f"{provider.answer_type}; charset=utf-8"})
