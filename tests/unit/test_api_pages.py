"""The pages over ports in memory: signing in, ordering, watching, and what protects them."""

import html
import re
from datetime import timedelta

import pytest

from chalicelib.assets import assets
from chalicelib.settings import Settings
from chalicelib.visits import VISIT_LIFETIME
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import LegRecord, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from tests.fakes.api import Api, open_api, signed_in_api, visiting_api
from tests.fakes.world import ALICE, BOB

PAGES = ["/", "/price", f"/callbacks/{'0' * 32}", f"/callbacks/{'0' * 32}/progress"]
TOO_OLD = "This page was too old: please try again."


@pytest.fixture
def api() -> Api:
    """A browser where Alice has signed in."""
    return visiting_api()


def text(response) -> str:
    """What a reader sees, in one line."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", response.body.decode())).split())


def order(api: Api, **fields: str):
    """Presses the button of the first page."""
    page = api.get("/").body.decode()
    return api.submit(page, "/callbacks", **{"from": str(ALICE), "to": str(BOB), **fields})


def only(api: Api) -> Callback:
    [callback] = api.ports.callbacks.placed.values()
    return callback


def answered(api: Api, callback: Callback) -> None:
    now = api.ports.clock.now()
    api.ports.callbacks.claim(callback.id, "w1", now=now, lease=timedelta(seconds=30))
    api.ports.callbacks.advance(callback.id, "w1", State.CALLING_CUSTOMER, now)
    api.ports.callbacks.advance(callback.id, "w1", State.CALLING_DESTINATION, now)
    api.ports.callbacks.advance(callback.id, "w1", State.CONNECTED, now)


def hung_up(api: Api, callback: Callback) -> None:
    now = api.ports.clock.now()
    verdict = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    legs = [
        LegRecord(Party.CUSTOMER, ALICE, "carrier", verdict, seconds=65),
        LegRecord(Party.DESTINATION, BOB, "carrier", verdict, seconds=60),
    ]
    api.ports.books.close(write_cdr(callback, legs, verdict, nonce="n", ended_at=now))
    api.ports.callbacks.finish(callback.id, State.ENDED, verdict, now, worker="w1")


@pytest.mark.parametrize("path", PAGES)
def test_whoever_is_not_signed_in_is_sent_to_do_so(path):
    response = open_api().get(path)

    assert (response.status_code, response.headers["Location"]) == (303, "/login")


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in():
    response = open_api().get("/price", hx_request="true")

    assert (response.status_code, response.headers["HX-Redirect"]) == (401, "/login")


def test_signing_in_opens_the_first_page():
    api = open_api()
    page = api.get("/login").body.decode()

    response = api.submit(page, "/login", login="alice", password="wonderland")

    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert "Alice 5.00 EUR" in text(api.get("/"))
    assert api.get("/login").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("login", "password"),
    [("alice", "wrong"), ("nobody", "wonderland"), ("", ""), ("alice", "x" * 300)],
)
def test_a_wrong_password_is_told_and_the_login_is_kept(login, password):
    api = open_api()
    page = api.get("/login").body.decode()

    response = api.submit(page, "/login", login=login, password=password)

    assert response.status_code == 401
    assert "Login or password is wrong." in text(response)
    assert f'name="login" value="{login}"' in response.body.decode()
    assert api.get("/").status_code == 303


def test_signing_out_forgets_the_visit(api):
    response = api.submit(api.get("/").body.decode(), "/logout")

    assert (response.status_code, response.headers["Location"]) == (303, "/login")
    assert api.get("/").headers["Location"] == "/login"


def test_a_visit_ends_after_half_a_day(api):
    api.ports.clock.pass_by(VISIT_LIFETIME)

    assert api.get("/").status_code == 303


def test_the_cookie_is_signed_and_out_of_reach_of_scripts_and_other_sites():
    cookie = open_api().get("/login").headers["Set-Cookie"]

    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-ringback=")
    assert attributes == ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Lax", "Secure"]


def test_the_cookie_goes_without_tls_where_we_are_reached_without():
    settings = Settings("http://127.0.0.1:8000", "k" * 32, "token")

    response = open_api(settings).get("/login")

    assert response.headers["Set-Cookie"].startswith("ringback=")
    assert "Secure" not in response.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in response.headers


def test_a_changed_cookie_is_no_visit(api):
    api.cookie = api.cookie[:-1] + ("A" if api.cookie[-1] != "A" else "B")

    assert api.get("/").headers["Location"] == "/login"


def test_a_token_of_the_api_is_no_cookie():
    api = signed_in_api()
    api.cookie = f"__Host-ringback={api.headers['authorization'].removeprefix('Bearer ')}"

    assert api.get("/").headers["Location"] == "/login"


@pytest.mark.parametrize(
    "path", ["/callbacks", f"/callbacks/{'0' * 32}/cancel", "/login", "/logout"]
)
@pytest.mark.parametrize("token", [None, "", "x", "ключ"])
def test_a_form_of_another_site_is_refused(api, path, token):
    fields = {"login": "alice", "password": "wonderland", "from": str(ALICE), "to": str(BOB)}

    response = api.post(path, fields if token is None else {**fields, "form_token": token})

    assert response.status_code == 403
    assert TOO_OLD in text(response)
    assert api.ports.callbacks.placed == {}


def test_a_form_of_the_visit_before_signing_in_is_refused_after_it():
    api = open_api()
    page = api.get("/login").body.decode()
    api.submit(page, "/login", login="alice", password="wonderland")

    response = api.submit(page, "/callbacks", **{"from": str(ALICE), "to": str(BOB)})

    assert response.status_code == 403


def test_pages_let_browsers_run_nothing_but_our_own_files(api):
    response = api.get("/")

    policy = response.headers["Content-Security-Policy"].split("; ")
    page = response.body.decode()
    assert policy == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:", page)


def test_the_first_page_offers_the_own_numbers_and_fills_in_the_default_one(api):
    page = api.get("/").body.decode()

    assert f'name="from" value="{ALICE}"' in page
    assert f'<option value="{ALICE}"></option>' in page


@pytest.mark.parametrize("query", ["", "?from=&to=", "?from=%2B442071234567&to=+"])
def test_there_is_no_price_before_there_are_two_numbers(api, query):
    response = api.get(f"/price{query}")

    assert text(response) == "The price appears here before you call."


def test_the_price_is_shown_with_the_time_to_talk(api):
    response = api.get("/price?from=020+7123+4567&to=%2B14155550100")

    assert text(response) == (
        "USA and Canada 0.05 EUR a minute, both phones plus 0.01 to connect"
        " You can talk for 1:39:48 on your credit"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("x", "“x” is not a phone number."),
        ("4930901820", "Calls to this number are not possible: there is no rate for it."),
    ],
)
def test_what_has_no_price_is_told_before_the_button_is_pressed(api, number, words):
    response = api.get(f"/price?from=020+7123+4567&to={number}")

    assert (response.status_code, text(response)) == (200, words)


def test_the_price_can_be_asked_for_without_scripts(api):
    response = order(api, price_only="yes")

    assert response.status_code == 200
    assert "You can talk for 1:39:48" in text(response)
    assert f'name="to" value="{BOB}"' in response.body.decode()
    assert api.ports.callbacks.placed == {}


def test_the_button_orders_a_callback_and_shows_it(api):
    response = order(api)

    callback = only(api)
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"/callbacks/{callback.id}",
    )
    assert api.ports.queue.sent == [callback.id]


def test_the_button_pressed_twice_orders_once(api):
    page = api.get("/").body.decode()

    answers = [
        api.submit(page, "/callbacks", **{"from": str(ALICE), "to": to})
        for to in (str(BOB), "+1 415 555 0100")
    ]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    only(api)


def test_the_same_page_with_another_number_orders_another_callback(api):
    page = api.get("/").body.decode()

    for to in (str(BOB), "+14155550101"):
        api.submit(page, "/callbacks", **{"from": str(ALICE), "to": to})

    assert len(api.ports.callbacks.placed) == 2


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        ("", 400, "No phone number was given."),
        ("<b>", 400, "“<b>” is not a phone number."),
        ("+19005550100", 422, "Calls to USA premium are not possible."),
    ],
)
def test_an_order_that_cannot_be_met_is_refused_in_words_and_kept(api, number, status, words):
    response = order(api, to=number)

    assert response.status_code == status
    assert words in text(response)
    assert f'name="to" value="{html.escape(number)}"' in response.body.decode()
    assert api.ports.callbacks.placed == {}


def test_an_order_that_no_money_covers_is_refused_in_words():
    response = order(visiting_api(opening_micros=100))

    assert response.status_code == 402
    assert "Not enough credit: 0.0001 EUR left, at least 0.0254 EUR needed." in text(response)


def test_a_callback_is_shown_while_it_runs_and_asks_for_more(api):
    order(api)
    callback = only(api)
    answered(api, callback)
    api.ports.clock.pass_by(timedelta(seconds=75))

    page = api.get(f"/callbacks/{callback.id}")
    part = api.get(f"/callbacks/{callback.id}/progress", hx_request="true")

    assert "You are talking +442071234567 +14155550100 1:15" in text(page)
    assert "Hang up" in text(page)
    assert '<meta http-equiv="refresh" content="2">' in page.body.decode()
    assert f'hx-get="/callbacks/{callback.id}/progress"' in part.body.decode()
    assert part.body.decode() in page.body.decode()


def test_a_callback_that_is_over_shows_what_it_cost_and_asks_no_more(api):
    order(api)
    callback = only(api)
    answered(api, callback)
    hung_up(api, callback)

    page = api.get(f"/callbacks/{callback.id}")
    part = api.get(f"/callbacks/{callback.id}/progress", hx_request="true")

    for response in (page, part):
        assert "They hung up" in text(response)
        assert "It cost 0.0617 EUR." in text(response)
        assert "Hang up" not in text(response)
        assert "hx-get" not in response.body.decode()
    assert "refresh" not in page.body.decode()
    assert "hx-swap-oob" not in page.body.decode()
    assert '<span id="balance" hx-swap-oob="true">5.00 EUR</span>' in part.body.decode()
    assert '<div id="actions" class="mt-4" hx-swap-oob="true">' in part.body.decode()


def test_cancelling_ends_what_waits(api):
    order(api)
    page = api.get(f"/callbacks/{only(api).id}").body.decode()

    response = api.submit(page, f"/callbacks/{only(api).id}/cancel")

    assert response.headers["Location"] == f"/callbacks/{only(api).id}"
    assert "You cancelled it" in text(api.get(response.headers["Location"]))
    assert "It cost nothing." in text(api.get(response.headers["Location"]))


def test_cancelling_hangs_up_what_runs(api):
    order(api)
    answered(api, only(api))
    page = api.get(f"/callbacks/{only(api).id}").body.decode()

    api.submit(page, f"/callbacks/{only(api).id}/cancel")

    assert api.ports.control.hang_ups == [("w1", only(api).id)]


def test_recent_callbacks_are_listed_with_how_they_went(api):
    order(api)

    assert "Recent callbacks +14155550100 Getting ready to call you 2 Jan, 03:04 UTC" in text(
        api.get("/")
    )


@pytest.mark.parametrize("path", ["/callbacks/x", f"/callbacks/{'0' * 32}"])
def test_a_callback_that_is_not_there_is_told_on_a_page(api, path):
    response = api.get(path)

    assert response.status_code == 404
    assert "There is no such callback." in text(response)


def test_a_fault_is_told_on_a_page_that_needs_nothing(api):
    api.ports.accounts.profiles.clear()

    response = api.get("/", accept="text/html,*/*")

    assert response.status_code == 500
    assert "Something went wrong on our side" in text(response).replace("something", "Something")


@pytest.mark.parametrize("name", sorted(assets()))
def test_a_file_may_be_kept_for_ever_by_its_version_only(name):
    api = open_api()

    versioned = api.get(f"/static/{name}?v={assets()[name].version}")
    bare = api.get(f"/static/{name}")
    old = api.get(f"/static/{name}?v=0")

    assert versioned.status_code == bare.status_code == 200
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bare.headers["Cache-Control"] == old.headers["Cache-Control"] == "no-cache"
    assert versioned.body.decode() == assets()[name].text


@pytest.mark.parametrize(
    "path",
    [
        "/static/nothing.css",
        "/static/..",
        "/static/..%2Fapp.py",
        "/static/vendor/..",
        "/static/vendor/README.md",
        "/static/vendor/%2E%2E%2F..%2Fsettings.py",
    ],
)
def test_no_other_file_is_served(path):
    response = open_api().get(path)

    assert response.status_code == 404


def test_links_begin_where_the_public_address_does():
    api = open_api(Settings("https://abc.example.com/stage", "k" * 32, "token"))

    page = api.get("/login").body.decode()

    assert 'action="/stage/login"' in page
    assert 'href="/stage/static/app.css?v=' in page
    assert api.get("/").headers["Location"] == "/stage/login"
