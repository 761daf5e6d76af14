"""Visits: signing in and out, and what protects the pages and their files."""

import re

import pytest

from chalicelib.assets import assets
from chalicelib.settings import Settings
from chalicelib.visits import VISIT_LIFETIME
from tests.fakes.api import PIN_KEY, Api, open_api, readable, signed_in_api, visiting_api
from tests.fakes.world import ALICE, BOB

PAGES = ["/", "/price", f"/callbacks/{'0' * 32}", f"/callbacks/{'0' * 32}/progress"]
TOO_OLD = "This page was too old: please try again."


@pytest.fixture
def api() -> Api:
    """A browser where Alice has signed in."""
    return visiting_api()


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
    assert "Alice 5.00 EUR" in readable(api.get("/"))
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
    assert "Login or password is wrong." in readable(response)
    assert f'name="login" value="{login}"' in response.body.decode()
    assert api.get("/").status_code == 303


def test_signing_out_forgets_the_visit(api):
    response = api.submit(api.get("/").body.decode(), "/logout")

    assert (response.status_code, response.headers["Location"]) == (303, "/login")
    assert api.get("/").headers["Location"] == "/login"


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(api):
    copied = api.cookie
    api.submit(api.get("/").body.decode(), "/logout")

    api.cookie = copied

    assert api.get("/").headers["Location"] == "/login"
    assert api.get("/login").status_code == 200


def test_a_visit_ends_after_half_a_day(api):
    api.ports.clock.pass_by(VISIT_LIFETIME)

    assert api.get("/").status_code == 303


def test_the_cookie_is_signed_and_out_of_reach_of_scripts_and_other_sites():
    cookie = open_api().get("/login").headers["Set-Cookie"]

    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-ringback=")
    assert attributes == ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Lax", "Secure"]


def test_the_cookie_goes_without_tls_where_we_are_reached_without():
    settings = Settings("http://127.0.0.1:8000", "k" * 32, "token", PIN_KEY)

    response = open_api(settings).get("/login")

    assert response.headers["Set-Cookie"].startswith("ringback=")
    assert "Secure" not in response.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in response.headers


def test_a_changed_cookie_is_no_visit(api):
    content, _, signature = api.cookie.rpartition(".")
    api.cookie = f"{content}.{signature[::-1]}"

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
    assert TOO_OLD in readable(response)
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
    api = open_api(Settings("https://abc.example.com/stage", "k" * 32, "token", PIN_KEY))

    page = api.get("/login").body.decode()

    assert 'action="/stage/login"' in page
    assert 'href="/stage/static/app.css?v=' in page
    assert api.get("/").headers["Location"] == "/stage/login"
