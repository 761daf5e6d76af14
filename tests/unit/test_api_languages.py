"""Which language a page is in, how its reader writes numbers and dates, and who chooses it."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.languages import own_path
from chalicelib.readers import Reader
from switchboard.money import Money
from tests.fakes.api import Api, open_api, visiting_api

AT = datetime(2026, 1, 2, 23, 4, tzinfo=UTC)


def language_of(api: Api, path: str = "/login", **headers: str) -> str:
    page = api.get(path, **headers).body.decode()
    return page.partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("de, ES;q=0.5, fr;q=0.4", "es"),
        ("en;q=0.1, fr;q=0.9", "fr"),
        ("fr;q=0", "en"),
        ("zh, *", "en"),
        ("fr;q=nonsense, es;q=....", "en"),
        ("," * 9000, "en"),
    ],
)
def test_a_visitor_reads_the_language_that_the_browser_likes_best(accepted, language):
    assert language_of(open_api(), accept_language=accepted) == language


def test_a_visitor_chooses_a_language_for_this_browser():
    api = open_api()
    page = api.get("/login").body.decode()

    chosen = api.submit(page, "/language", language="pt")

    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/login")
    assert chosen.headers["Set-Cookie"].startswith("language=pt; Path=/; ")
    assert language_of(open_api(), cookie="language=pt", accept_language="fr") == "pt"
    assert language_of(open_api(), cookie="language=xx", accept_language="fr") == "fr"


def test_a_customer_chooses_the_language_of_the_account():
    api = visiting_api()
    page = api.get("/").body.decode()

    chosen = api.submit(page, "/language", language="es")

    assert chosen.headers["Location"] == "/"
    assert api.ports.accounts.get("alice").profile.language == "es"
    assert language_of(api, "/", accept_language="fr") == "es"
    assert language_of(api, f"/callbacks/{'0' * 32}", accept_language="fr") == "es"


def test_a_language_that_is_none_of_ours_changes_nothing():
    api = visiting_api()
    page = api.get("/").body.decode()

    assert api.submit(page, "/language", language="xx").status_code == 400
    assert api.ports.accounts.get("alice").profile.language == "en"


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/portal/calls?from=2026-01-01&to=%2B44", "/portal/calls?from=2026-01-01&to=%2B44"),
        ("/", "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/\t/evil.example", "/"),
    ],
)
def test_a_form_goes_on_to_pages_of_ours_only(asked, path):
    assert own_path(asked) == path


@pytest.mark.parametrize(
    ("language", "amount", "day", "moment"),
    [
        ("en", "-1,234,567.50 EUR", "2 Jan 2026", "3 Jan, 00:04"),
        ("es", "-1.234.567,50 EUR", "2 ene 2026", "3 ene, 00:04"),
        ("fr", "-1\u202f234\u202f567,50 EUR", "2 janv. 2026", "3 janv., 00:04"),
        ("pt", "-1.234.567,50 EUR", "2 de jan. de 2026", "3 de jan., 00:04"),
    ],
)
def test_numbers_and_dates_are_written_as_their_reader_does(language, amount, day, moment):
    reader = Reader(language, "Europe/Paris")

    assert reader.money(Money("EUR", -1_234_567_500_000)).replace("\u00a0", " ") == amount
    assert reader.day(date(2026, 1, 2)) == day
    assert reader.moment(AT) == moment
    assert reader.number(7) == "7"
    assert reader.number("0.0001") in ("0.0001", "0,0001")
