"""The portal's overview, statement, plan and rates, over ports in memory."""

from datetime import timedelta

import pytest

from chalicelib.intervals import UNITS
from chalicelib.portal.overview import KINDS
from chalicelib.portal.plan import STATES
from switchboard.billing.periods import Unit
from switchboard.billing.subscriptions import State
from switchboard.desk.accounts import top_up
from switchboard.desk.profiles import Changes, change_profile
from switchboard.ledger.entries import EntryKind
from switchboard.money import Money
from tests.fakes.api import Api, readable, visit, visiting_api
from tests.fakes.furnished import furnished_api
from tests.fakes.history import past_call
from tests.fakes.plenty import a_bucket, grant
from tests.fakes.vouchers import a_voucher
from tests.fakes.world import NOON


@pytest.fixture
def api() -> Api:
    """A browser where Alice has signed in."""
    return visiting_api()


def test_the_overview_tells_the_balance_and_how_it_moved(api):
    api.ports.clock.pass_by(timedelta(days=2))
    past_call(api.ports, "c" * 32, 1_250_000)
    visit(api)

    page = readable(api.get("/portal"))

    assert "Balance 3.75 EUR Can be spent 3.75 EUR" in page
    assert "Call +1 415-555-0100 -1.25 EUR 3.75 EUR" in page
    assert "4 Jan 2026 3.75 EUR 3 Jan 2026 5.00 EUR 2 Jan 2026 5.00 EUR 1 Jan 2026 0.00 EUR" in page


def test_the_chart_is_given_a_point_a_day(api):
    page = api.get("/portal").body.decode()

    assert "[&#34;2026-01-01&#34;, &#34;0.00&#34;], [&#34;2026-01-02&#34;, &#34;5.00&#34;]]" in page


def test_a_statement_goes_on_behind_its_first_page(api):
    for number in range(60):
        api.ports.clock.pass_by(timedelta(minutes=1))
        top_up(
            api.ports, "alice", Money("EUR", 1_000_000), reference=str(number), note=f"n{number}."
        )

    first = api.get("/portal/statement").body.decode()
    older = first.partition('href="/portal/statement?')[2].partition('"')[0]
    second = readable(api.get(f"/portal/statement?{older}"))

    assert ("n59." in first, "n10." in first, "n9." in first) == (True, True, False)
    assert "Top-up n9. +1.00 EUR 15.00 EUR" in second
    assert "Opening balance +5.00 EUR 5.00 EUR" in second
    assert api.get("/portal/statement?cursor=x").status_code == 400


def test_a_voucher_is_redeemed_once(api):
    pin = a_voucher(api.ports)
    page = api.get("/portal").body.decode()

    taken = api.submit(page, "/portal/vouchers", voucher=f"{pin[:4]} {pin[4:]}")
    again = api.submit(page, "/portal/vouchers", voucher=pin)

    assert taken.headers["Location"] == "/portal?done=redeemed"
    assert "The voucher is redeemed" in readable(api.get("/portal?done=redeemed"))
    assert "Balance 7.00 EUR" in readable(api.get("/portal"))
    assert again.status_code == 422
    assert "voucher" in readable(again)


def test_minutes_that_are_left_are_told(api):
    api.ports.clock.at = NOON
    grant(api.ports, a_bucket(3_600, "44", name="uk"))

    for path in ("/portal", "/portal/plan"):
        assert "uk 1:00:00 of 1:00:00 left until 2 Feb 2026, 12:00" in readable(api.get(path))


def test_the_plan_tells_what_is_charged_again_and_again():
    api = furnished_api()

    page = readable(api.get("/portal/plan"))

    assert "Travel Europe and America america 10:00 of 10:00 left" in page
    assert "A number of your own in London paid 1.50 EUR a month 1 Mar 2026" in page


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("020+7123+4567", "United Kingdom +44 0.02 EUR 0.00 EUR 1 s, then 1 s"),
        ("%2B1", "USA and Canada +1 0.03 EUR 0.01 EUR 30 s, then 6 s"),
        ("00331", "France +33 0.60 EUR"),
        ("1900", "USA premium +1900 not possible"),
        ("kingdom+UNITED", "United Kingdom +44 0.02 EUR"),
        ("usa", "USA and Canada +1 0.03 EUR 0.01 EUR 30 s, then 6 s USA premium +1900"),
        ("49", "No rate found"),
        ("atlantis", "No rate found"),
        ("", "Prices appear here while you write."),
        ("%3Cb%3E", "No rate found"),
    ],
)
def test_rates_are_found_by_number_by_beginning_and_by_name(api, sought, found):
    whole = api.get(f"/portal/rates?q={sought}")
    part = api.get(f"/portal/rates?q={sought}", hx_request="true")

    assert found in readable(whole)
    assert readable(part).startswith(found) or found in readable(part)
    assert b"<html" not in part.body


def test_rates_are_written_as_their_reader_does(api):
    change_profile(api.ports, "alice", Changes(language="fr"))

    assert "0,02 EUR" in readable(api.get("/portal/rates?q=44"))


def test_every_kind_of_entry_and_every_state_and_span_has_its_words():
    assert {*KINDS} == {*EntryKind}
    assert {*STATES} == {*State}
    assert {*UNITS} == {*Unit}
