"""The codes of a cell are exactly those that it stands for, or it is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.rating.deck.codes import MOST_CODES_OF_A_CELL, CodeColumn, codes_of
from tests.fakes.decks import deck_of

PLAIN = CodeColumn()


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("44", "44"),
        (" +44 ", "44"),
        ("0044", "44"),
        ("'0044", "44"),
        (Decimal(44), "44"),
        (Decimal("44.0"), "44"),
        ("44.0", "44"),
        ("4.4771E+4", "44771"),
        ("4.4771E+5", "447710"),
        ("4,5", "4 5"),
        ("4477-4479, 4481", "4477 4478 4479 4481"),
        ("44770-9", "44770 44771 44772 44773 44774 44775 44776 44777 44778 44779"),
        ("4498-4501", "4498 4499 4500 4501"),
        ("4477 \u2013 4478; +4481 | 0044", "4477 4478 4481 44"),
        ("4477\n4478", "4477 4478"),
        ("4477,", "4477"),
    ],
)
def test_a_cell_stands_for_these_codes(cell, codes):
    assert codes_of(cell, PLAIN) == codes.split()


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "no prefix"),
        ("abc", "not made of digits"),
        ("44.5", "not made of digits"),
        ("٤٤", "not made of digits"),
        ("044", "country code is missing"),
        ("0", "country code is missing"),
        ("44 7700", "put commas between codes"),
        ("1234567890123456", "more than 15 digits"),
        ("4477-44790", "its ends differ"),
        ("447-4479", "its ends differ"),
        ("4479-4477", "its ends differ"),
        ("4477-", "its ends differ"),
        ("-44", "not made of digits"),
        ("44771-x", "its ends differ"),
        ("1000000-9999999", "9000000 codes"),
        ("4.47712E+11", "cut short by a spreadsheet"),
        ("4.4771E+3", "cut short by a spreadsheet"),
        ("1E99", "cut short by a spreadsheet"),
    ],
)
def test_what_is_no_code_is_refused(cell, why):
    with pytest.raises(Malformed, match=why):
        codes_of(cell, PLAIN)


def test_a_cell_with_very_many_codes_is_a_slip_of_the_pen():
    cell = ",".join(f"{n}00-{n}99" for n in range(1, MOST_CODES_OF_A_CELL // 100 + 2))

    with pytest.raises(Malformed, match="more codes than anybody means"):
        codes_of(cell, PLAIN)


@given(st.integers(1, 10**14), st.integers(0, 300))
def test_a_range_is_every_code_from_one_end_to_the_other(first, more):
    last = first + more
    cell = f"{first}-{last}"
    if len(str(first)) != len(str(last)):
        with pytest.raises(Malformed):
            codes_of(cell, PLAIN)
        return

    assert codes_of(cell, PLAIN) == [str(code) for code in range(first, last + 1)]


@given(st.one_of(st.text(max_size=30), st.text("0123456789-,+.eE '", max_size=30)))
def test_any_text_is_codes_or_refused(text):
    try:
        codes = codes_of(text, PLAIN)
    except Malformed:
        return

    assert codes
    assert all(code.isascii() and code.isdigit() and code[0] != "0" for code in codes)


def test_a_country_code_of_its_own_column_stands_before_each_code():
    deck = deck_of('Country Code,Area Code,Price\n44,"20-21,7700",1\n+1,,2\n0039,06,3\n')

    assert [row.prefix for row in deck.rows] == ["4420", "4421", "447700", "1", "3906"]


def test_codes_that_all_begin_with_their_country_code_are_whole():
    deck = deck_of("Country Code,Code,Price\n44,4420,1\n1,1242,2\n")

    assert [row.prefix for row in deck.rows] == ["4420", "1242"]


def test_a_country_in_letters_is_no_country_code():
    deck = deck_of("Country Code,Code,Price\nGB,44,1\n")

    assert [row.prefix for row in deck.rows] == ["44"]
    assert "“Country Code” has no digits" in deck.left_out[0].reason


def test_a_column_of_grouped_digits_is_not_taken_for_lists():
    deck = deck_of('Code,Price\n"447,710",1\n"1,242",2\n44,3\n')

    assert [row.line for row in deck.bad] == [2, 3]
    assert "may be several codes or one" in deck.bad[0].reason


def test_a_comma_parts_codes_where_another_code_stands_ungrouped():
    deck = deck_of('Code,Price\n"371,372",1\n44771,2\n')

    assert [row.prefix for row in deck.rows] == ["371", "372", "44771"]


def test_numbers_beside_codes_that_begin_with_zeros_are_pointed_out():
    column = CodeColumn.of([("39", Decimal(6))], has_country=True)

    assert codes_of(Decimal(6), column, Decimal(39)) == ["396"]
