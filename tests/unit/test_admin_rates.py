"""Rate sheets in the console: listed, searched, asked for a price, edited, published again."""

import html
import re

import pytest

from switchboard.calls.trunk import Trunk
from switchboard.desk.rates import TermsChange, derive
from switchboard.rating.row import RateRow
from switchboard.rating.terms import Derivation, SheetTerms
from switchboard.staff.rights import READY_MADE
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.console_forms import TERMS
from tests.fakes.furnished import SCRIPT
from tests.fakes.rate_pages import NOW, ROW, edit_form, publish, rates, version
from tests.fakes.world import retail_sheet

# What is shown where there is nothing.
NOTHING = "\u2013"


@pytest.fixture
def console():
    return console_of()


def test_sheets_are_listed_with_what_they_are_and_what_uses_them(console):
    derive(console.ports, "gold", Derivation("retail", 1_200_000), TermsChange())
    publish(console, "carrier-eur", RateRow("44", 1))
    console.ports.trunks.save(Trunk("london", "192.0.2.1", cost_sheet="carrier-eur"))

    page = readable(console.get("/admin/rates"))

    assert f"carrier-eur EUR 1 v1 {NOTHING} london" in page
    assert "gold EUR 4" in page
    assert "retail EUR 4 v1" in page
    shown = readable(console.get("/admin/rates/retail"))
    assert "Derived from it gold" in shown


def test_sheets_of_any_name_have_a_page(console):
    names = ["a/b", "Größe & co", "..", "100%", "x" * 100, "~2e", SCRIPT]
    for name in names:
        publish(console, name, RateRow("44", 1, f"of {name}"))
    page = console.get("/admin/rates").body.decode()

    links = re.findall(r'class="console-name"><a href="(/admin/rates/[^"]+)"', page)

    assert len(links) == len(names) + 1
    assert all(console.get(link).status_code == 200 for link in links)
    assert SCRIPT not in page


def test_a_long_list_goes_on_behind_its_last_sheet(console):
    for number in range(60):
        publish(console, f"s{number:02d}")

    page = console.get("/admin/rates").body.decode()
    rest = readable(console.get("/admin/rates?cursor=s48"))

    assert "s48" in page
    assert "cursor=s48" in page
    assert "s49" not in page
    assert "s59" in rest


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("44", ["44"]),
        ("+1 900 555 0100", ["1", "1900"]),
        ("00331", ["33"]),
        ("premium USA", ["1900"]),
        ("kingdom", ["44"]),
        ("", ["1", "1900", "33", "44"]),
        ("99", []),
        ("atlantis", []),
    ],
)
def test_rates_are_found_by_prefix_number_and_name(console, sought, found):
    page = console.get("/admin/rates/retail?" + "q=" + sought.replace("+", "%2B")).body.decode()

    assert re.findall(r"/prefix/(\d+)\"", page) == found


def test_rates_go_on_behind_the_last_prefix_and_a_prefix_is_never_cut(console):
    rows = [RateRow(f"44{n:03d}", n, f"Place {n}") for n in range(120)]
    steps = [RateRow("44049", 5, step_from_s=60 * n) for n in range(1, 4)]
    publish(console, "long", *rows, *steps)

    first = html.unescape(console.get("/admin/rates/long?q=44").body.decode())
    following = re.search(r'href="(\?q=44[^"]*cursor=44050)"', first)[1]
    second = console.get("/admin/rates/long" + following).body.decode()
    named = console.get("/admin/rates/long?q=place&cursor=100").body.decode()

    assert first.count("/prefix/44049") == 4
    assert re.findall(r"/prefix/(\d+)\"", second)[0] == "44050"
    assert len(re.findall(r"/prefix/(\d+)\"", named)) == 20
    for path in ("?cursor=abc", "?q=44&cursor=x", "?q=place&cursor=-1"):
        assert console.get("/admin/rates/long" + path).status_code == 400


def test_names_that_were_imported_are_text(console):
    publish(console, "long", RateRow("44", 1, SCRIPT), RateRow("44", 2, SCRIPT, step_from_s=60))

    for path in (
        "/admin/rates/long",
        "/admin/rates/long/prefix/44",
        "/admin/rates/long/quote?number=%2B442071234567",
        "/admin/compare-rates?old=retail&new=long",
        "/admin/rates/long?q=<script>alert(1)</script>",
    ):
        page = console.get(path).body.decode()
        assert "alert(1)" in page, path
        assert SCRIPT not in page, path


def test_what_somebody_entered_is_shown_as_it_is(console):
    publish(console, SCRIPT, RateRow("44", 1))
    page = console.get("/admin/rates").body.decode()
    [own] = re.findall(r'href="(/admin/rates/~3c[^"]+)"', page)

    for path in (own, f"{own}/terms", "/admin/rates/retail/derivation", "/admin/compare-rates"):
        body = console.get(path).body.decode()
        assert "alert(1)" in body
        assert SCRIPT not in body
    for path in ("/admin/rates/retail/change-many", "/admin/accounts/alice/top-up"):
        wrong = console.fill(path, beginnings="44", percent="5%", amount="5%s")
        assert wrong.status_code in {400, 422}
        assert "5%" in readable(wrong)


def test_a_price_is_told_with_how_it_comes_about(console):
    path = "/admin/rates/retail/quote?number=%2B14155550100&seconds=125"

    page = readable(console.get(path))

    # 30 s, then 16 times 6 s, at 0.03 a minute, and 0.01 to connect.
    assert "0.073" in page
    assert "Charged seconds 126" in page
    blocked = readable(console.get("/admin/rates/retail/quote?number=%2B19005550100"))
    assert "Calls to USA premium are not possible." in blocked
    wrong = readable(console.get("/admin/rates/retail/quote?number=0201"))
    assert "write it with the plus" in wrong.lower()


def test_a_sheet_is_added_and_changed_by_its_forms(console):
    console.fill("/admin/new-sheet", name="gold", currency="usd", **TERMS)
    sheet = console.ports.sheets.current("gold")
    assert (sheet.terms, sheet.rows.prefixes) == (SheetTerms("USD"), 0)
    taken = console.fill("/admin/new-sheet", name="retail", currency="EUR", **TERMS)
    assert taken.status_code == 409

    changed = {**TERMS, "digits": "2", "time_zone": "Europe/Berlin", "holidays": "2026-12-25"}
    response = console.fill("/admin/rates/gold/terms", **changed)
    assert "gold was published." in readable(console.go(response))
    console.fill("/admin/rates/gold/defaults", increment="6", connection_fee="0.01")
    console.fill("/admin/rates/gold/defaults", increment="6")

    terms = console.ports.sheets.current("gold").terms
    assert (terms.digits, terms.time_zone) == (2, "Europe/Berlin")
    assert (terms.defaults.increment_s, terms.defaults.connection_fee_picos) == (6, None)
    log = readable(console.get("/admin/audit?about=rate+sheet+gold"))
    assert "digits 4 → 2" in log
    assert f"connection fee 0.01 → {NOTHING}" in log
    assert f"holidays {NOTHING} → 2026-12-25" in log


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("digits", "x", "is not a whole number"),
        ("digits", "7", "rounded to 0 to 6 decimals"),
        ("time_zone", "Mars", "is not a time zone"),
        ("holidays", "Christmas", "A holiday is a date"),
    ],
)
def test_what_is_wrong_with_terms_is_told(console, field, text, told):
    response = console.fill("/admin/rates/retail/terms", **{**TERMS, field: text})

    assert response.status_code in {400, 422}
    assert told in readable(response)
    assert version(console) == "v1"


def test_a_sheet_is_derived_and_its_derivation_changed(console):
    fields = {"name": "gold", "multiplier": "1.5", "addition": "0", "customer_leg_percent": "0"}
    console.fill("/admin/rates/retail/derive", **fields)
    assert rates(console, "gold")["44"] == "0.03"
    console.fill("/admin/rates/gold/derivation", base="retail", multiplier="2", addition="0.01")
    assert rates(console, "gold")["44"] == "0.05"

    response = console.fill(edit_form(console, "44"), **{**ROW, "rate": "0.03"})

    said = readable(console.go(response))
    assert "1 sheets that derive from it were published with it." in said
    assert rates(console, "gold")["44"] == "0.07"
    log = readable(console.get("/admin/audit?about=rate+sheet+gold"))
    assert f"derives from {NOTHING} → retail, times 1.5, plus 0" in log
    assert "remake rate sheet gold" in log


def test_a_rate_is_changed_as_the_next_version_and_logged(console):
    response = console.fill(edit_form(console, "44"), **{**ROW, "rate": "0.025"})

    assert "0.025" in readable(console.go(response))
    assert rates(console) == {"1": "0.03", "1900": "1", "33": "0.6", "44": "0.025"}
    log = readable(console.get("/admin/audit?about=rate+sheet+retail"))
    assert f"version v1 → {version(console)}" in log
    assert "prefix 44 destination United Kingdom, rate 0.02" in log
    versions = readable(console.get("/admin/rates/retail/versions"))
    assert "edit · jane" in versions


def test_who_publishes_on_an_old_page_is_told_and_keeps_what_was_entered(console):
    path = edit_form(console, "44")
    page = console.get(path).body.decode()
    console.fill(edit_form(console, "33"), **{**ROW, "destination": "France", "rate": "0.7"})

    response = console.submit(page, path, **{**ROW, "rate": "0.9"})

    assert response.status_code == 409
    assert "published by somebody else in between" in readable(response)
    assert 'value="0.9"' in response.body.decode()
    assert rates(console)["44"] == "0.02"
    # Sent again, it is meant for the version that they have seen by now.
    console.submit(response.body.decode(), path, **{**ROW, "rate": "0.9"})
    assert (rates(console)["44"], rates(console)["33"]) == ("0.9", "0.7")


def test_periods_are_added_dropped_closed_and_blocked(console):
    path = "/admin/rates/retail/new-rate?prefix=44"
    console.fill(path, **ROW, prefix="+44", days="sat,sun", hours="08:00-20:00", weight="2")
    page = console.get("/admin/rates/retail/prefix/44").body.decode()
    assert "sat,sun 08:00-20:00" in readable(console.get("/admin/rates/retail/prefix/44"))
    twice = console.fill(path, **ROW, prefix="44")
    assert "prefix 44 stands in the sheet twice" in readable(twice).lower()

    drops = re.findall(r'href="([^"]+/drop)"', page)
    console.fill(drops[1], **NOW)
    console.fill("/admin/rates/retail/prefix/44/block", **NOW)
    assert "blocked" in readable(console.get("/admin/rates/retail/prefix/44"))
    console.fill("/admin/rates/retail/prefix/44/unblock", **NOW)
    console.fill("/admin/rates/retail/prefix/33/close", since="2030-01-01", **NOW)
    console.fill("/admin/rates/retail/prefix/1900/close", **NOW)

    rows = {row.prefix: row for row in console.ports.sheets.current("retail").rows}
    assert set(rows) == {"1", "33", "44"}
    assert rows["33"].effective_until.year == 2030
    assert not rows["44"].blocked
    assert "no rate of its own" in readable(console.get("/admin/rates/retail/prefix/1900"))


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("rate", "much", "is not an amount"),
        ("rate", "", "This is needed"),
        ("increment", "0", "increment is at least one second"),
        ("days", "someday", "is no day"),
        ("hours", "8-9", "write one span"),
        ("effective_from", "soon", "is no time"),
        ("prefix", "abc", "is not 1 to 15 digits"),
        ("minimum_charge", "-1", "is not negative"),
    ],
)
def test_what_is_wrong_with_a_rate_is_told_beside_it(console, field, text, told):
    fields = {"prefix": "49", **ROW, field: text}

    response = console.fill("/admin/rates/retail/new-rate", **fields)

    assert response.status_code in {400, 422}
    assert told.lower() in readable(response).lower()
    assert version(console) == "v1"


def test_times_are_by_the_clocks_of_the_sheet(console):
    console.ports.sheets.publish(retail_sheet("berlin", time_zone="Europe/Berlin"))
    console.fill(
        "/admin/rates/berlin/new-rate", **ROW, prefix="49", effective_from="2026-07-01 08:00"
    )

    [row] = [row for row in console.ports.sheets.current("berlin").rows if row.prefix == "49"]
    assert row.effective_from.isoformat() == "2026-07-01T06:00:00+00:00"
    page = console.get("/admin/rates/berlin/prefix/49").body.decode()
    form = console.get(re.search(r'href="([^"]+/edit)"', page)[1]).body.decode()
    assert 'value="2026-07-01 08:00"' in form


def test_many_rates_are_changed_after_a_look_at_what_that_does(console):
    path, fields = "/admin/rates/retail/change-many", {"beginnings": "1\n33", "percent": "10"}
    shown = console.fill(path, **fields)
    assert "increased 2" in readable(shown)
    assert "0.033" in readable(shown)
    assert version(console) == "v1"
    again = console.submit(shown.body.decode(), path, **fields, again="yes")
    assert 'value="10"' in again.body.decode()

    response = console.submit(shown.body.decode(), path, **fields, sure="yes", **NOW)

    assert "retail was published." in readable(console.go(response))
    assert rates(console) == {"1": "0.033", "1900": "1", "33": "0.66", "44": "0.02"}
    none = console.fill(path, beginnings="99", percent="1")
    assert "No rates begin with 99." in readable(none)


def test_who_only_sees_rates_is_offered_no_change():
    page = console_of(READY_MADE["finance"]).get("/admin/rates/retail").body.decode()

    for below in ("terms", "defaults", "derive", "import", "new-rate", "change-many"):
        assert f"retail/{below}" not in page
    assert "retail/export" in page
