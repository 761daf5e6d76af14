"""The API over ports in memory, with a client in the same process and Twilio's signature."""

import base64
import hmac
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from chalice.test import Client, HTTPResponse

from chalicelib.factory import make_app
from chalicelib.settings import Settings
from chalicelib.wiring import Wiring
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.ports import Ports
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import PIN_KEY, MemoryTexts
from tests.fakes.world import ALICE, BOB, open_alice

TWILIO_AUTH_TOKEN = "what only Twilio and we know"
SETTINGS = Settings("https://call.example.com", "k" * 32, TWILIO_AUTH_TOKEN, PIN_KEY)
FORM = "application/x-www-form-urlencoded"

Fields = Mapping[str, str] | Iterable[tuple[str, str]]


def sign(url: str, fields: Fields, token: str = TWILIO_AUTH_TOKEN) -> str:
    """X-Twilio-Signature as Twilio documents it."""
    pairs = sorted(set(dict(fields).items() if isinstance(fields, Mapping) else fields))
    signed = url + "".join(name + text for name, text in pairs)
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()


@dataclass
class Api:
    """A client of the API, which keeps the cookie it was given."""

    wiring: Wiring
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = make_app(lambda: self.wiring)
        self._http = Client(self.app).http

    @property
    def ports(self) -> Ports:
        return self.wiring.ports

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> HTTPResponse:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.cookie:
            sent["cookie"] = self.cookie
        response = self._http.request(method, path, headers={**self.headers, **sent}, body=body)
        if "Set-Cookie" in response.headers:
            self.cookie = response.headers["Set-Cookie"].partition(";")[0]
        return response

    def get(self, path: str, **headers: str) -> HTTPResponse:
        return self.ask("GET", path, **headers)

    def delete(self, path: str, **headers: str) -> HTTPResponse:
        return self.ask("DELETE", path, **headers)

    def json(self, method: str, path: str, body: object, **headers: str) -> HTTPResponse:
        """Sends JSON."""
        sent = json.dumps(body).encode()
        return self.ask(method, path, sent, content_type="application/json", **headers)

    def send(self, path: str, body: object, **headers: str) -> HTTPResponse:
        """Posts JSON."""
        return self.json("POST", path, body, **headers)

    def put(self, path: str, body: object) -> HTTPResponse:
        """Puts JSON."""
        return self.json("PUT", path, body)

    def post(self, path: str, fields: Fields, **headers: str) -> HTTPResponse:
        """Posts a form."""
        return self.ask(
            "POST", path, urlencode(fields, doseq=True).encode(), content_type=FORM, **headers
        )

    def hook(self, path: str, fields: Fields) -> HTTPResponse:
        """Posts a form as Twilio does, signed."""
        url = self.wiring.settings.public_url + path
        return self.post(path, fields, x_twilio_signature=sign(url, fields))

    def submit(self, page: str, path: str, **fields: str) -> HTTPResponse:
        """Posts a form with what stands hidden in this page."""
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
        return self.post(path, {**dict(hidden), **fields})


def open_api(settings: Settings = SETTINGS, **alice: int) -> Api:
    """An API where Alice has her account, signed in to by nobody."""
    api = Api(Wiring(settings, memory_ports(), PlainPasswords(), MemoryTexts()))
    open_alice(api.ports, passwords=api.wiring.passwords, **alice)
    return api


def signed_in_api(**alice: int) -> Api:
    """An API client with Alice's token."""
    api = open_api(**alice)
    answer = api.send("/api/v1/sessions", {"login": "alice", "password": "wonderland"})
    api.headers["authorization"] = f"Bearer {answer.json_body['token']}"
    return api


def visiting_api(**alice: int) -> Api:
    """A browser where Alice has signed in."""
    api = open_api(**alice)
    visit(api)
    return api


def visit(api: Api) -> None:
    """Alice signs in, in a browser that knows nothing of her."""
    api.cookie = ""
    page = api.get("/login").body.decode()
    api.submit(page, "/login", login="alice", password="wonderland")


def readable(response: HTTPResponse) -> str:
    """What a reader of a page sees, in one line."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", response.body.decode())).split())


def end_after_a_minute(ports: Ports, callback: Callback) -> None:
    """Bob hangs up on Alice, and worker w1 settles it."""
    now = ports.clock.now()
    verdict = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    legs = [
        LegRecord(Party.CUSTOMER, ALICE, "carrier", verdict, seconds=65),
        LegRecord(Party.DESTINATION, BOB, "carrier", verdict, seconds=60),
    ]
    ports.books.close(write_cdr(callback, legs, verdict, nonce="n", ended_at=now))
    ports.callbacks.finish(callback.id, State.ENDED, verdict, now, worker="w1")
