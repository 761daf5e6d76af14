"""Versions of a sheet published again, and two sheets beside each other; for who may see them."""

import pytest

from switchboard.calls.trunk import Trunk
from switchboard.desk.rates import TermsChange, derive
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import Derivation, SheetTerms
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.rate_pages import ROW, edit_form, publish, version

HIDING = Role("desk", rights_of("rates:*", "audit:see"), hides_costs=True)


@pytest.fixture
def console():
    return console_of()


def test_an_earlier_version_is_published_again_after_a_look_at_what_that_changes(console):
    console.fill(edit_form(console, "44"), **{**ROW, "rate": "0.04"})
    second = version(console)

    asked = readable(console.get("/admin/rates/retail/versions/v1/publish"))
    console.fill("/admin/rates/retail/versions/v1/publish")

    assert "decreased 1" in asked
    assert version(console) == "v1"
    versions = readable(console.get("/admin/rates/retail/versions"))
    assert f"{second}" in versions
    assert "v1 published" in versions
    assert "publish · jane" in versions
    assert console.get("/admin/rates/retail/versions/none/publish").status_code == 404


def test_two_sheets_are_compared_and_what_moves_is_listed(console):
    publish(console, "gold", RateRow("44", 10**10, "UK"), RateRow("7", 1))

    page = readable(console.get("/admin/compare-rates?old=retail&new=gold"))
    closed = console.get("/admin/compare-rates?old=retail&new=gold&move=closed").body.decode()

    assert "new 1 closed 3 increased 0 decreased 1 altered 0 unchanged 0" in page
    assert "44 UK decreased 0.02 0.01" in page
    assert closed.count("bg-red-lt") == 3
    assert "no difference" in readable(console.get("/admin/compare-rates?old=gold&new=gold"))
    for wrong in ("old=retail&new=none", "old=retail&old_version=v7&new=retail"):
        assert console.get(f"/admin/compare-rates?{wrong}").status_code == 404
    assert console.get("/admin/compare-rates?old=gold&new=gold&move=x").status_code == 400


def test_sheets_in_two_currencies_are_not_compared(console):
    console.ports.sheets.publish(RateSheet.of("usd", "v1", SheetTerms("USD"), ()))

    response = console.get("/admin/compare-rates?old=retail&new=usd")

    assert response.status_code == 409
    assert "retail is in EUR, usd in USD" in readable(response)


def test_what_trunks_cost_does_not_exist_for_who_sees_no_costs():
    console = console_of(HIDING)
    publish(console, "carrier-eur", RateRow("44", 1, "secret place"))
    console.ports.trunks.save(Trunk("london", "192.0.2.1", cost_sheet="carrier-eur"))
    derive(console.ports, "gold", Derivation("carrier-eur", 1_200_000), TermsChange())
    place = "0" * 16

    for path in (
        "/admin/rates/carrier-eur",
        *(f"/admin/rates/carrier-eur/{below}" for below in ("terms", "defaults", "derive")),
        *(f"/admin/rates/carrier-eur/{below}" for below in ("derivation", "quote", "versions")),
        *(f"/admin/rates/carrier-eur/{below}" for below in ("new-rate", "change-many")),
        "/admin/rates/carrier-eur/versions/v1/publish",
        "/admin/rates/carrier-eur/prefix/44",
        f"/admin/rates/carrier-eur/prefix/44/{place}/edit",
        "/admin/compare-rates?old=carrier-eur&new=retail",
        "/admin/compare-rates?old=retail&new=carrier-eur",
        "/admin/compare-rates?old=carrier-eur&old_version=v1&new=retail",
    ):
        response = console.get(path)
        assert (response.status_code, "no rate sheet carrier-eur" in readable(response)) == (
            404,
            True,
        ), path
    for path in ("/admin/rates", "/admin/rates/gold", "/admin/compare-rates"):
        assert "carrier-eur" not in readable(console.get(path)), path
    taken = console.fill(
        "/admin/rates/gold/derivation", base="carrier-eur", multiplier="1", addition="0"
    )
    assert taken.status_code == 422
