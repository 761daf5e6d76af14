"""The columns of a deck are found by their names, by hand, or by a template, and never by luck."""

import pytest

from switchboard.errors import Malformed
from switchboard.rating.deck.names import CANONICAL, RATES
from switchboard.rating.deck.reading import Reading, read_deck
from switchboard.spreadsheets.text import rows_of_text
from switchboard.tables.cells import Row, Worksheet
from switchboard.tables.header import combined, parse_mapping
from tests.fakes.decks import deck_of


def mapped(text: str, **mapping: str):
    return deck_of(text, Reading(mapping=mapping))


@pytest.mark.parametrize("name", CANONICAL)
def test_a_canonical_column_means_itself(name):
    assert RATES.field_named(name) == (name, 0)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Cost / Min (USD)", "rate"),
        ("USD/min", "rate"),
        ("Per minute charge", "rate"),
        ("PRICE", "rate"),
        ("Connection Cost (USD)", "connection_fee"),
        ("Dial Code", "prefix"),
        ("Target Pattern Name", "destination"),
        ("Initial Increment", "initial"),
        ("Increment (sec)", "increment"),
        ("Charge period", "billing"),
        ("Grace Time", "grace_period"),
        ("Effective Date", "effective_from"),
        ("Country Code", "country_code"),
    ],
)
def test_names_of_other_sellers_are_known(header, field):
    known = RATES.field_named(header)

    assert known is not None
    assert known[0] == field


def test_columns_that_are_no_field_of_ours_are_named_and_ignored():
    deck = deck_of("Code,Destination,Price,Strip,Prepend\n44,UK,0.05,0,1\n")

    assert deck.names == {"prefix": "Code", "destination": "Destination", "rate": "Price"}
    assert deck.ignored == ("Strip", "Prepend")


def test_a_header_may_come_below_a_title():
    deck = deck_of("ACME Telecom,,\n\nRates from January 2026,,\nCode,Name,Price\n44,UK,1\n")

    assert [(row.prefix, row.destination) for row in deck.rows] == [("44", "UK")]


def test_a_header_of_merged_cells_has_two_lines():
    rows = [
        Row(1, ("Prefix", "Destination", "Price", "Billing", "")),
        Row(2, ("", "", "", "Initial", "Increment")),
        Row(3, ("44", "UK", "0.05", "30", "6")),
    ]

    deck = read_deck([Worksheet("", rows)])

    assert deck.bad == ()
    assert (deck.rows[0].charges.initial_s, deck.rows[0].charges.increment_s) == (30, 6)


def test_a_header_may_need_both_of_its_lines():
    rows = [
        Row(1, ("", "", "Price", "")),
        Row(2, ("Dial", "Name", "per min", "connect fee")),
        Row(3, ("44", "UK", "0.05", "0.01")),
    ]

    deck = read_deck([Worksheet("", rows)], Reading(mapping={"prefix": "Dial"}))

    assert deck.names["rate"] == "Price per min"
    assert deck.rows[0].charges.connection_fee_picos == 10**10


def test_the_first_worksheet_with_a_header_counts():
    cover = Worksheet("Cover", [Row(1, ("Welcome",)), Row(2, ("to our rates",))])
    rates = Worksheet("Rates", [Row(1, ("Code", "Price")), Row(2, ("44", "1"))])

    assert read_deck([cover, rates]).worksheet == "Rates"


def test_further_worksheets_with_rates_are_named():
    names = ("A-Z", "Mobile", "Notes", "Offnet")
    header = {"Notes": "a,b", "Offnet": "prefix,price,rate per minute"}
    sheets = [
        Worksheet(name, rows_of_text(f"{header.get(name, 'prefix,rate')}\n44,1,1\n"))
        for name in names
    ]
    sheets[0] = Worksheet("A-Z", rows_of_text("prefix,rate\n44,1\n"))

    left_out = read_deck(sheets).left_out

    assert [row.reason.partition(" has")[0] for row in left_out] == [
        "worksheet “Mobile”",
        "worksheet “Offnet”",
    ]


def test_a_file_without_a_header_is_refused_with_its_worksheets():
    with pytest.raises(Malformed, match=r"no header with .* prefix and .* rate .*Cover"):
        read_deck([Worksheet("Cover", [Row(1, ("Welcome",))])])


def test_columns_can_be_mapped_by_hand():
    deck = mapped("A,B,C\nUK,0.05,44\n", rate="b", code="C", destination="A")

    assert [(row.prefix, row.destination) for row in deck.rows] == [("44", "UK")]
    assert deck.rows[0].rate_picos == 50_000_000_000


@pytest.mark.parametrize("mapping", [{"code": "Prefix"}, {"Code": "prefix"}])
@pytest.mark.parametrize("header", ["Code", "Prefix"])
def test_a_mapping_is_understood_from_both_sides(mapping, header):
    assert [row.prefix for row in mapped(f"{header},Price\n44,1\n", **mapping).rows] == ["44"]


def test_a_mapping_that_the_file_does_not_have_is_refused():
    with pytest.raises(Malformed, match="and has “rate=Cost”"):
        mapped("Code,Price\n44,1\n", rate="Cost")


def test_a_mapping_to_no_field_of_ours_is_refused():
    with pytest.raises(Malformed, match="“colour” is no column of ours"):
        mapped("Code,Price\n44,1\n", colour="Red")


@pytest.mark.parametrize("text", ["rate", "rate=", "=Cost", "rate=Cost,prefix"])
def test_a_mapping_without_both_sides_is_refused(text):
    with pytest.raises(Malformed, match="write a mapping as"):
        parse_mapping(text)


def test_a_mapping_by_hand_counts_more_than_a_kept_one():
    kept = {"prefix": "Code", "rate": "Price"}

    assert combined(RATES, kept, {"rate": "Cost"}) == {"prefix": "Code", "rate": "Cost"}
    assert combined(RATES, kept, {"code": "Dial"}) == {"code": "Dial", "rate": "Price"}


def test_two_columns_that_may_be_the_price_are_asked_about():
    with pytest.raises(Malformed, match="“Price” and “New Rate” may both be the rate"):
        deck_of("Code,Price,New Rate\n44,1,2\n")

    assert mapped("Code,Price,New Rate\n44,1,2\n", rate="New Rate").rows[0].rate_picos == 2 * 10**12


def test_the_better_of_two_names_is_the_destination():
    deck = deck_of("Country,Destination,Code,Price\nUK,UK mobile,447,1\n")

    assert deck.rows[0].destination == "UK mobile"
    assert deck.ignored == ("Country",)


@pytest.mark.parametrize("header", ["prefix,rate,rate", "prefix,prefix,rate"])
def test_a_column_that_stands_twice_is_refused(header):
    with pytest.raises(Malformed, match="stands there twice"):
        deck_of(f"{header}\n44,1,2\n")
