"""Tokens of the REST interface: each is a visit, which is seen and ended like that of a browser."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chalicelib.bearer import token_seal
from chalicelib.sessions import Session
from chalicelib.tokens import TOKEN_LIFETIME
from switchboard.desk.passwords import change_password
from switchboard.desk.visits import MOST_VISITS, open_visits
from switchboard.ports import Visit, VisitKind
from tests.fakes.api import Api, open_api, readable, signed_in_api, visit
from tests.fakes.visits import MemoryVisits
from tests.fakes.world import ALICE, SERVICE

SESSIONS, ACCOUNT = "/api/v1/sessions", "/api/v1/account"
ALICES = {"login": "alice", "password": "wonderland"}
ENDED = "this token was signed out: sign in again by POST /api/v1/sessions"


@dataclass
class CountedVisits(MemoryVisits):
    reads: int = 0

    def of(self, account: str):
        self.reads += 1
        return super().of(account)


@pytest.fixture
def api() -> Api:
    return signed_in_api()


def refusal_of(response) -> tuple[int, str]:
    return response.status_code, response.json_body["message"]


def test_a_token_is_a_visit_with_what_the_app_calls_itself_and_where_from():
    api = open_api()

    api.send(SESSIONS, ALICES, user_agent="CallbackDialer/1.4.2 (Windows 11)" + "x" * 300)

    [found] = open_visits(api.ports, "alice")
    now = api.ports.clock.now()
    assert found == Visit(
        found.id,
        now,
        (now + TOKEN_LIFETIME).replace(microsecond=0),
        "CallbackDialer/1.4.2 (Windows 11)" + "x" * 167,
        "127.0.0.1",
        VisitKind.APP,
    )


def test_a_token_that_is_signed_out_is_over_and_no_other(api):
    other = api.send(SESSIONS, ALICES).json_body["token"]

    response = api.delete(SESSIONS)

    assert (response.status_code, response.body) == (204, b"")
    assert refusal_of(api.get(ACCOUNT)) == (401, ENDED)
    assert refusal_of(api.delete(SESSIONS)) == (401, ENDED)
    assert api.get(ACCOUNT, authorization=f"Bearer {other}").status_code == 200


def test_a_token_of_which_nothing_is_kept_is_refused(api):
    session = Session.begin("alice", api.ports.clock.now(), timedelta(hours=1))
    earlier = token_seal(api.wiring).close(session)

    assert refusal_of(api.get(ACCOUNT, authorization=f"Bearer {earlier}")) == (401, ENDED)


def test_another_password_ends_every_token(api):
    passwords = api.wiring.passwords

    change_password(api.ports, passwords, "alice", "wonderland", "looking-glass", "192.0.2.1")

    assert refusal_of(api.get(ACCOUNT)) == (401, ENDED)


def test_an_app_is_shown_in_the_portal_and_signed_out_there():
    api = open_api()
    agent = "CallbackDialer/1.4.2 (Windows 11)"
    tokens = [
        api.send(SESSIONS, ALICES, user_agent=one).json_body["token"]
        for one in (agent, "curl/8.5.0", "")
    ]
    dialer, *others = open_visits(api.ports, "alice")
    visit(api)
    page = api.get("/portal/settings")

    api.submit(page.body.decode(), "/portal/settings/visits/ends", visit=dialer.id)

    shown = readable(page)
    assert "App Callback Dialer 1.4.2, Windows since 2 Jan 2026, 03:04, 127.0.0.1" in shown
    assert "App curl 8.5.0 since" in shown
    assert "App without a name since" in shown
    borne = [api.get(ACCOUNT, authorization=f"Bearer {token}") for token in tokens]
    assert [response.status_code for response in borne] == [401, 200, 200]
    assert [one.id for one in open_visits(api.ports, "alice")][:2] == [one.id for one in others]


def test_apps_that_never_sign_out_end_the_oldest_of_them_and_no_browser():
    api = open_api()
    visit(api)

    for _ in range(MOST_VISITS[VisitKind.APP] + 1):
        token = api.send(SESSIONS, ALICES).json_body["token"]

    kinds = [one.kind for one in open_visits(api.ports, "alice")]
    assert kinds == [VisitKind.BROWSER, *[VisitKind.APP] * MOST_VISITS[VisitKind.APP]]
    assert api.get("/portal").status_code == 200
    assert api.get(ACCOUNT, authorization=f"Bearer {token}").status_code == 200


def test_a_request_looks_once_for_its_visit_and_a_text_never(api):
    visits = CountedVisits(kept=api.ports.visits.kept)
    api.wiring = replace(api.wiring, ports=replace(api.ports, visits=visits))

    assert api.get(ACCOUNT).status_code == 200
    after_the_request = visits.reads
    text = {"MessageSid": "SM1", "From": str(ALICE), "To": str(SERVICE), "Body": "BAL"}
    assert api.hook("/webhooks/twilio/sms", text).status_code == 200

    assert (after_the_request, visits.reads) == (1, 1)
