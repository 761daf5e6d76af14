"""A number in a deck is read exactly, by the decimal mark of its column."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.tables.amounts import DecimalMark, decimal_mark, units_of

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


def mark_of(*cells) -> DecimalMark:
    return decimal_mark("Rate", list(enumerate(cells, start=2)))


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["0.05", "12"], POINT),
        (["1.234"], POINT),
        (["0,05"], COMMA),
        (["0,097", "1,234"], COMMA),
        (["1,9989"], COMMA),
        (["1.234,5"], COMMA),
        (["1,234.5"], POINT),
        (["1.234.567"], COMMA),
        (["1,234,567"], POINT),
        (["1,234", "0.5"], POINT),
        (["1.234", "0,5"], COMMA),
        (["", "n/a", "-", "N/A."], POINT),
        ([Decimal("0.5"), "1.5"], POINT),
        (["€ 1.234,50"], COMMA),
    ],
)
def test_a_column_tells_its_decimal_mark(cells, mark):
    assert mark_of(*cells) is mark


def test_a_column_with_both_marks_is_refused_with_both_lines():
    with pytest.raises(Malformed, match=r"“0\.05” in line 2 has a decimal point, “0,06” in line 3"):
        mark_of("0.05", "0,06")


def test_a_thousand_or_a_decimal_comma_is_asked_for():
    with pytest.raises(Malformed, match=r"“1,234” in line 3 .*--decimal"):
        mark_of("7", "1,234")


@pytest.mark.parametrize(
    ("cell", "mark", "picos"),
    [
        ("0.05", POINT, 50_000_000_000),
        (".5", POINT, 500_000_000_000),
        ("1,234.5", POINT, 1_234_500_000_000_000),
        ("1.234,5", COMMA, 1_234_500_000_000_000),
        ("0,05", COMMA, 50_000_000_000),
        ("1 234,5", COMMA, 1_234_500_000_000_000),
        ("1\u00a0234.5", POINT, 1_234_500_000_000_000),
        ("1'234.5", POINT, 1_234_500_000_000_000),
        ("$0.05", POINT, 50_000_000_000),
        ("-$0.05", POINT, -50_000_000_000),
        ("0,05 €", COMMA, 50_000_000_000),
        ("0.05 EUR", POINT, 50_000_000_000),
        ("EUR 0.05", POINT, 50_000_000_000),
        ("\u22120.5", POINT, -500_000_000_000),
        ("5E-05", POINT, 50_000_000),
        ("5,5e-5", COMMA, 55_000_000),
        ("0.000000000001", POINT, 1),
        (Decimal("0.3"), POINT, 300_000_000_000),
        (Decimal("0.0333333333333333"), POINT, 33_333_333_333),
    ],
)
def test_a_number_is_read_exactly(cell, mark, picos):
    assert units_of(cell, mark, decimals=12, currency="EUR") == picos


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "not an amount"),
        ("x", "not an amount"),
        ("1,5", "not an amount"),
        ("1.2.3", "not an amount"),
        ("1 2", "not an amount"),
        ("0.0000000000001", "more than 12 decimals"),
        ("9" * 30, "more than an account can hold"),
        ("9" * 3000, "not an amount"),
        ("1E99", "not an amount"),
        ("0.05 USD", "is in USD, the sheet in EUR"),
        (Decimal("1E+300"), "not an amount"),
    ],
)
def test_what_is_no_amount_is_refused(cell, why):
    with pytest.raises(Malformed, match=why):
        units_of(cell, POINT, decimals=12, currency="EUR")


@given(st.integers(0, 10**9), st.integers(0, 10**12 - 1), st.sampled_from([POINT, COMMA]))
def test_groups_of_digits_change_nothing(whole, rest, mark):
    point, group = (".", ",") if mark is POINT else (",", ".")
    grouped = f"{whole:,}".replace(",", group)

    units = units_of(f"{grouped}{point}{rest:012d}", mark, decimals=12)

    assert Fraction(units, 10**12) == whole + Fraction(rest, 10**12)


@given(st.text(max_size=40), st.sampled_from([POINT, COMMA]))
def test_any_text_is_a_number_or_refused(text, mark):
    try:
        assert isinstance(units_of(text, mark, decimals=12), int)
    except Malformed:
        return
