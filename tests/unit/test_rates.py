"""Decks become published versions, and a refused one changes nothing."""

from datetime import timedelta

import pytest

from switchboard.desk.decks import ImportReport, import_deck
from switchboard.desk.orders import quote
from switchboard.desk.rates import price_of_leg, terms_for
from switchboard.errors import Conflict, Malformed, NoRate, NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.deck.comparing import Move
from switchboard.rating.meter import Step
from switchboard.rating.price import LegPrice
from switchboard.rating.terms import SheetTerms
from switchboard.spreadsheets.text import rows_of_text
from switchboard.tables.cells import BadRows, Worksheet
from tests.fakes.claims import ordered
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, DECK, open_alice

TERMS = SheetTerms("EUR")
NEXT = """prefix,destination,rate,connection_fee,initial,increment
44,United Kingdom,0.02,0,1,1
33,France,0.5,0,60,60
49,Germany,0.1,0,1,1
"""


@pytest.fixture
def ports() -> Ports:
    return memory_ports()


def take(
    ports: Ports, deck: str, terms: SheetTerms = TERMS, *, dry_run: bool = False
) -> ImportReport:
    worksheets = [Worksheet("", rows_of_text(deck))]
    return import_deck(ports, "retail", terms, worksheets, dry_run=dry_run)


def counts(report: ImportReport) -> tuple[int, int, int]:
    """What comes, what goes, and what changes."""
    moves = report.comparison.counts
    changed = moves[Move.INCREASED] + moves[Move.DECREASED] + moves[Move.ALTERED]
    return moves[Move.NEW], moves[Move.CLOSED], changed


@pytest.mark.parametrize("name", ["", " gold", "gold\n", "x" * 101])
def test_a_name_that_no_store_keeps_is_none_of_a_sheet(ports, name):
    with pytest.raises(Malformed, match="is no name of a sheet"):
        terms_for(ports, name, currency="EUR")


def test_a_deck_is_published_and_reported(ports):
    report = take(ports, DECK)

    assert counts(report) == (4, 0, 0)
    assert ports.sheets.current("retail") == report.sheet


def test_a_report_counts_what_comes_goes_and_changes(ports):
    take(ports, DECK)

    assert counts(take(ports, NEXT)) == (1, 2, 1)
    assert counts(take(ports, NEXT)) == (0, 0, 0)


def test_each_import_is_a_version_of_its_own(ports):
    first = take(ports, DECK).sheet.version

    again = take(ports, DECK).sheet.version
    ports.clock.pass_by(timedelta(seconds=1))
    later = take(ports, DECK).sheet.version

    assert len({first, again, later}) == 3
    assert max(first, again) < later


def test_a_dry_run_reports_and_publishes_nothing(ports):
    assert counts(take(ports, DECK, dry_run=True)) == (4, 0, 0)

    with pytest.raises(NotFound):
        ports.sheets.current("retail")


@pytest.mark.parametrize("deck", ["", "prefix,rate\n", "prefix,rate\n44,0.02\n33,free\n"])
def test_a_refused_deck_changes_nothing(ports, deck):
    before = take(ports, DECK).sheet

    with pytest.raises(Malformed):
        take(ports, deck)

    assert ports.sheets.current("retail") == before


def test_a_refused_deck_names_its_bad_rows(ports):
    with pytest.raises(BadRows) as caught:
        take(ports, "prefix,rate\n44,x\n33,1\n1,y\n")

    assert [row.line for row in caught.value.rows] == [2, 4]


def test_a_callback_keeps_the_price_that_it_was_announced_with(ports):
    open_alice(ports)
    callback = ordered(ports)
    announced = callback.quote

    take(ports, DECK.replace("0.03", "9.99"))

    assert ports.callbacks.find(callback.id).quote == announced
    assert quote(ports, ports.accounts.get("alice"), ALICE, BOB) != announced


def test_the_terms_of_the_next_version_are_those_before_but_for_what_is_given(ports):
    take(ports, DECK, SheetTerms("EUR", 5, 50))

    def terms(**given) -> SheetTerms:
        nothing = {"currency": None, "digits": None, "customer_leg_percent": None}
        return terms_for(ports, "retail", **{**nothing, **given})

    assert terms() == SheetTerms("EUR", 5, 50)
    assert terms(currency="eur", digits=0) == SheetTerms("EUR", 0, 50)
    assert terms(customer_leg_percent=0) == SheetTerms("EUR", 5, 0)
    with pytest.raises(Conflict, match="EUR"):
        terms(currency="USD")


def test_a_new_sheet_is_in_the_currency_that_is_given(ports):
    assert terms_for(ports, "new", currency="gbp") == SheetTerms("GBP")


def test_the_first_sheet_is_in_dollars_unless_it_is_given(ports):
    assert terms_for(ports, "new", currency=None) == SheetTerms("USD")


def test_a_new_sheet_is_in_the_currency_of_all_others(ports):
    take(ports, DECK)

    assert terms_for(ports, "new", currency=None) == SheetTerms("EUR")


def test_where_sheets_differ_in_currency_a_new_one_needs_its_own(ports):
    for name, currency in [("dear", "EUR"), ("cheap", "USD")]:
        worksheets = [Worksheet("", rows_of_text(DECK))]
        import_deck(ports, name, SheetTerms(currency), worksheets)

    with pytest.raises(Malformed, match="sheet new is new: give its currency, like EUR or USD"):
        terms_for(ports, "new", currency=None)


def test_a_leg_is_priced_by_the_current_sheet(ports):
    sheet = take(ports, DECK, SheetTerms("EUR", 5)).sheet

    cents = {"decimals": 2, "steps": (Step(0, 6, 3),), "initial_s": 30, "connection_fee": 1}
    to_america = LegPrice("1", "USA and Canada", digits=5, **cents)
    assert price_of_leg(ports, "retail", BOB) == (sheet, to_america)
    with pytest.raises(NoRate):
        price_of_leg(ports, "retail", PhoneNumber("+61255500100"))
    with pytest.raises(NotFound):
        price_of_leg(ports, "nowhere", BOB)
