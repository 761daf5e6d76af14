"""A rate sheet finds the longest prefix that counts, and never looks behind a blocked one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed, NoRate
from switchboard.numbering import PhoneNumber
from switchboard.rating.pages import cut, page_of
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet, Table
from switchboard.rating.terms import SheetTerms
from tests.fakes.world import ALICE, BOB, NOON, retail_sheet

# Few digits, so that prefixes and numbers meet often.
DIGITS = st.text("12", min_size=1, max_size=7)
NUMBERS = st.text("12", min_size=5, max_size=15).map(lambda digits: PhoneNumber(f"+{digits}"))
ROWS = st.dictionaries(DIGITS, st.booleans(), max_size=40).map(
    lambda prefixes: [RateRow(prefix, 1, blocked=no) for prefix, no in sorted(prefixes.items())]
)


def sheet(rows, **terms) -> RateSheet:
    return RateSheet.of("retail", "v1", SheetTerms("EUR", **terms), rows)


def found(rows, number: PhoneNumber) -> str | None:
    try:
        return sheet(rows).price(number, NOON).prefix
    except NoRate:
        return None


@given(ROWS, NUMBERS)
def test_the_longest_prefix_is_the_one_that_brute_force_finds(rows, number):
    matching = [row for row in rows if number.digits.startswith(row.prefix)]
    longest = max(matching, key=lambda row: len(row.prefix), default=None)
    expected = None if longest is None or longest.blocked else longest.prefix

    assert found(rows, number) == expected


@given(ROWS, NUMBERS)
def test_a_blocked_prefix_never_falls_back_to_a_shorter_one(rows, number):
    blocked = RateRow(number.digits, 0, blocked=True)
    others = [row for row in rows if row.prefix != blocked.prefix]

    assert found([*others, blocked], number) is None


@given(ROWS, DIGITS, NUMBERS)
def test_a_longer_prefix_changes_only_the_numbers_under_it(rows, prefix, number):
    before = [row for row in rows if row.prefix != prefix]
    after = [*before, RateRow(prefix, 2)]

    if not number.digits.startswith(prefix):
        assert found(after, number) == found(before, number)


@given(ROWS, NUMBERS, st.integers(1, 5))
def test_the_page_of_a_number_has_all_of_its_prefixes(rows, number, rows_a_page):
    pages = list(cut(rows, rows_a_page))
    firsts = [page.first for page in pages]

    page = pages[page_of(firsts, number.digits)]

    terms = SheetTerms("EUR")
    in_page = Table([row for of_prefix in page.rows.values() for row in of_prefix], terms)
    whole = Table(rows, terms)
    assert [tariff.prefix for tariff in in_page.under(number.digits)] == [
        tariff.prefix for tariff in whole.under(number.digits)
    ]


@given(ROWS, st.integers(1, 5))
def test_pages_have_every_row_once_beside_what_they_inherit(rows, rows_a_page):
    pages = list(cut(rows, rows_a_page))

    assert pages[0].first == ""
    assert rows == [
        row
        for page in pages
        for prefix, of_prefix in page.rows.items()
        if prefix >= page.first
        for row in of_prefix
    ]


def test_the_reason_names_a_blocked_destination():
    with pytest.raises(NoRate, match="USA premium"):
        retail_sheet().price(PhoneNumber("+19005550100"), NOON)
    with pytest.raises(NoRate, match="no rate"):
        retail_sheet().price(PhoneNumber("+61255500100"), NOON)


def test_a_number_that_is_too_long_or_too_short_for_the_sheet_has_no_price():
    rows = [RateRow("1", 1)]

    with pytest.raises(NoRate, match="11 digits, where 12 to 15"):
        sheet(rows, least_digits=12).price(BOB, NOON)
    with pytest.raises(NoRate, match="11 digits, where 1 to 10"):
        sheet(rows, most_digits=10).price(BOB, NOON)
    assert sheet(rows, least_digits=11, most_digits=11).price(BOB, NOON).prefix == "1"


def test_a_prefix_has_no_more_rows_than_a_page_holds():
    rows = [RateRow("44", 1, weight=weight) for weight in range(501)]

    assert RateSheet.of("retail", "1", SheetTerms("EUR"), rows[:500]).rows.prefixes == 1
    with pytest.raises(Malformed, match="prefix 44 has 501 rows: at most 500"):
        RateSheet.of("retail", "1", SheetTerms("EUR"), rows)


def test_a_prefix_stands_in_a_sheet_once():
    with pytest.raises(Malformed, match="44 stands in the sheet twice"):
        sheet([RateRow("44", 1, "UK"), RateRow("44", 2, "UK")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"digits": -1},
        {"digits": 7},
        {"customer_leg_percent": -1},
        {"customer_leg_percent": 1001},
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": "../etc/passwd"},
        {"time_zone": "Europe"},
        {"least_digits": 0},
        {"least_digits": 9, "most_digits": 8},
        {"most_digits": 16},
    ],
)
def test_terms_that_nobody_means_are_refused(wrong):
    with pytest.raises(Malformed):
        SheetTerms("EUR", **wrong)


def test_a_quote_pins_the_sheet_and_both_prices():
    quote = retail_sheet(digits=3, customer_leg_percent=50).quote(ALICE, BOB, NOON)

    plain = retail_sheet()
    assert (quote.sheet, quote.version, quote.currency) == ("retail", "v1", "EUR")
    assert quote.customer == replace(plain.price(ALICE, NOON), percent=50, digits=3)
    assert quote.destination == replace(plain.price(BOB, NOON), digits=3)


def test_a_leg_that_nobody_knows_yet_has_no_price():
    assert retail_sheet().quote(ALICE, None, NOON).destination is None


def test_no_quote_is_given_where_either_phone_has_no_rate():
    nowhere = PhoneNumber("+61255500100")

    with pytest.raises(NoRate):
        retail_sheet().quote(nowhere, BOB, NOON)
    with pytest.raises(NoRate):
        retail_sheet(customer_leg_percent=0).quote(ALICE, nowhere, NOON)
