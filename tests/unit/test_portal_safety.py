"""What nobody may do to a customer by the pages: every route, every form, every text."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from chalicelib.pages import POSTED, SHOWN
from switchboard.billing.account import Profile
from switchboard.calls.callback import Trigger
from switchboard.calls.planned import Planned
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.phone_books import set_names, set_speed_dials
from switchboard.desk.planned import find_planned
from switchboard.desk.profiles import Changes, change_profile
from switchboard.numbering import PhoneNumber
from switchboard.ports import Visit
from tests.fakes.api import Api, readable, visiting_api
from tests.fakes.history import past_call
from tests.fakes.plenty import a_bucket, grant
from tests.fakes.world import ALICE, BOB, CAROL, NOON

PUBLIC = {"/login", "/language", "/logout", "/static/{name}", "/static/vendor/{name}"}
OWN_PAGES = [path for path, _ in SHOWN if path not in PUBLIC]
OWN_FORMS = [path for path, _ in POSTED if path not in PUBLIC]
BOBS = PhoneNumber("+447700900999")
NASTY = "\"'><script>alert(1)</script>"
CALLED, PLANNED = "b" * 32, Trigger("web", "bob#1").callback_id


@pytest.fixture
def api() -> Api:
    """A browser where Alice has signed in, beside Bob's account, which has one of everything."""
    api = visiting_api()
    ports, now = api.ports, api.ports.clock.now()
    profile = Profile("bob", "Bob Bobson", "EUR", "retail", numbers=(BOBS,), login="bob")
    open_account(ports, profile, Terms(7_770_000))
    past_call(ports, CALLED, 1_110_000, account="bob", to=CAROL)
    later = now + timedelta(hours=1)
    ports.schedule.put(Planned("bob", BOBS, CAROL, Trigger("web", "bob#1"), later, now))
    set_names(ports, "bob", {"Bobs Mum": CAROL})
    set_speed_dials(ports, "bob", {7: CAROL})
    ports.visits.save("bob", (), (Visit("bobs-visit", now, later, "Firefox"),))
    api.ports.clock.at = max(now, NOON - timedelta(hours=1))
    grant(ports, a_bucket(60, name="bobsbucket"), account="bob")
    return api


def filled(path: str, own_id: str) -> str:
    return path.replace("{id}", own_id)


@pytest.mark.parametrize("path", OWN_PAGES)
@pytest.mark.parametrize("named", [CALLED, PLANNED])
def test_no_page_tells_of_another_account(api, path, named):
    response = api.get(filled(path, named))

    text = readable(response)
    if "{id}" in path:
        assert response.status_code == 404
    for secret in ("Bob", "7.77", "1.11", "0199", "900999", "bobsbucket"):
        assert secret not in text, path


@pytest.mark.parametrize("path", OWN_FORMS)
@pytest.mark.parametrize("named", [CALLED, PLANNED])
def test_no_form_changes_another_account(api, path, named):
    ports = api.ports

    def bobs():
        account = ports.accounts.get("bob")
        others = ports.phone_books.get("bob"), ports.visits.of("bob"), ports.callbacks.find(CALLED)
        return account, *others, find_planned(ports, "bob", PLANNED)

    before = bobs()
    fields = {
        "number": str(BOBS),
        "name": "Bobs Mum",
        "key": "7",
        "visit": "bobs-visit",
        "account": "bob",
        "voucher": "1",
        "old": "wonderland",
        "new": "looking glass",
        "again": "looking glass",
        "by": "call",
        "from": str(ALICE),
        "to": str(BOB),
    }

    response = api.submit(api.get("/").body.decode(), filled(path, named), **fields)

    if "{id}" in path:
        assert response.status_code == 404
    assert bobs() == before


@pytest.mark.parametrize("path", OWN_PAGES)
def test_no_page_is_shown_to_who_is_not_signed_in(api, path):
    api.cookie = ""

    assert api.get(filled(path, CALLED)).headers["Location"] == "/login"


@pytest.mark.parametrize("path", [*OWN_FORMS, "/language"])
@pytest.mark.parametrize("token", [None, "", "x"])
def test_no_form_of_another_site_is_taken(api, path, token):
    before = api.ports.accounts.get("alice"), api.ports.visits.of("alice")
    fields = {"from": str(ALICE), "to": str(BOB), "number": str(BOB), "name": "x", "key": "1"}

    response = api.post(
        filled(path, CALLED), fields if token is None else {**fields, "form_token": token}
    )

    assert response.status_code == 403
    assert (api.ports.accounts.get("alice"), api.ports.visits.of("alice")) == before
    assert list(api.ports.callbacks.placed) == [CALLED]


@pytest.mark.parametrize("path", OWN_FORMS)
def test_no_form_is_taken_from_who_has_signed_out(api, path):
    page = api.get("/").body.decode()
    cookie = api.cookie
    api.submit(page, "/logout")
    api.cookie = cookie

    assert api.submit(page, filled(path, CALLED)).headers["Location"] == "/login"


class Tags(HTMLParser):
    """What a browser would make of a page: its elements and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.attributes |= {name for name, _ in attrs}
        if tag in ("script", "style", "iframe", "object", "base"):
            self.scripts.append(dict(attrs).get("src"))


def test_no_text_of_anybody_becomes_a_part_of_a_page(api):
    ports = api.ports
    now = ports.clock.now()
    change_profile(ports, "alice", Changes(name=NASTY))
    ports.phone_books.save(
        ports.phone_books.get("alice"),
        type(ports.phone_books.get("alice"))("alice", {NASTY: BOB}, {1: BOB}),
    )
    past_call(ports, "a" * 32, 1, at=now)
    grant(ports, a_bucket(60, name=NASTY))
    visits = ports.visits.of("alice")
    visits = (*visits, Visit("v", now, now + timedelta(hours=1), NASTY, NASTY))
    ports.visits.save("alice", ports.visits.of("alice"), visits)
    query = f"?q={NASTY}&from={NASTY}&to={NASTY}&number={NASTY}&done={NASTY}&cursor="
    query = re.sub("[ <>\"']", lambda found: f"%{ord(found[0]):02x}", query)

    for path in OWN_PAGES:
        for asked in (filled(path, "a" * 32), filled(path, "a" * 32) + query):
            response = api.get(asked)
            tags = Tags(response.body.decode())

            assert response.status_code in (200, 400, 404), asked
            assert all(source and source.startswith("/static/") for source in tags.scripts), asked
            assert not {name for name in tags.attributes if name.startswith("on")}, asked
            assert "style" not in tags.attributes, asked


@pytest.mark.parametrize("path", OWN_FORMS)
def test_what_was_entered_comes_back_as_text(api, path):
    fields = dict.fromkeys(
        "from to on at number name key voucher code visit old new again by".split(), NASTY
    )

    response = api.submit(api.get("/").body.decode(), filled(path, CALLED), **fields)

    assert response.status_code < 500
    assert b"<script>alert" not in response.body


@pytest.mark.parametrize("path", [*OWN_FORMS, "/callbacks"])
def test_a_page_that_refuses_a_form_leads_back_to_one_that_can_be_asked_for(api, path):
    response = api.submit(api.get("/").body.decode(), filled(path, CALLED), number="x", to="x")

    page = response.body.decode()
    back = re.search(r'name="back" value="([^"]*)"', page)
    if back:
        assert api.get(back[1]).status_code == 200
    assert response.status_code in (303, 400, 404, 422)
