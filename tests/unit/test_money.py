"""Money is exact: what is typed is what is booked, to the millionth."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.money import LARGEST_MICROS, Money, check_currency, format_micros, parse_units

MICROS = st.integers(-LARGEST_MICROS, LARGEST_MICROS)
PLAIN = st.from_regex(r"[+-]?[0-9]{0,13}(\.[0-9]{0,8})?", fullmatch=True)


@given(MICROS)
def test_money_reads_back_as_it_is_shown(micros):
    money = Money("EUR", micros)

    assert Money.parse(money.decimal, "EUR") == money


@given(MICROS, st.integers(0, 6))
def test_money_shows_the_decimals_asked_for_and_no_more_zeros(micros, digits):
    shown = format_micros(micros, digits=digits)

    decimals = shown.partition(".")[2]
    assert Fraction(shown) == Fraction(micros, 1_000_000)
    assert len(decimals) == digits or not shown.endswith("0")
    assert digits <= len(decimals) <= 6


@given(PLAIN, st.sampled_from([6, 12]))
def test_an_amount_is_read_exactly_or_refused(text, decimals):
    try:
        units = parse_units(text, decimals=decimals)
    except Malformed:
        exact = None if text.strip("+-.") == "" else Fraction(Decimal(text)) * 10**decimals
        assert exact is None or exact.denominator > 1 or abs(Fraction(text)) > 10**12
    else:
        assert Fraction(units, 10**decimals) == Fraction(Decimal(text))


@given(st.text())
def test_any_text_is_an_amount_or_refused(text):
    try:
        units = parse_units(text, decimals=6)
    except Malformed:
        return
    assert isinstance(units, int)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("5", 5_000_000),
        (" -12.5 ", -12_500_000),
        ("0.000001", 1),
        (".5", 500_000),
        ("3.", 3_000_000),
    ],
)
def test_an_amount_is_written_as_people_write_it(text, micros):
    assert Money.parse(text, "EUR") == Money("EUR", micros)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "five",
        "1,50",
        "1 000",
        "1_000",
        "0x10",
        "--1",
        "nan",
        "-sNaN7",
        "Infinity",
        "\u0665",
    ],
)
def test_what_is_no_plain_amount_is_refused(text):
    with pytest.raises(Malformed, match=r"write it like 12\.50"):
        Money.parse(text, "EUR")


@pytest.mark.parametrize("text", ["1e2", "1e999999999", "1e-999999999", "9" * 41, "9" * 1_000_000])
def test_what_is_huge_is_refused_before_it_is_worked_out(text):
    with pytest.raises(Malformed):
        Money.parse(text, "EUR")


def test_a_seventh_decimal_is_refused_not_rounded():
    with pytest.raises(Malformed, match="more than 6 decimals"):
        Money.parse("0.0000001", "EUR")

    assert Money.parse("0.1000000", "EUR") == Money("EUR", 100_000)


def test_more_than_an_account_can_hold_is_refused():
    with pytest.raises(Malformed, match="can hold"):
        Money.parse("1000000000000.000001", "EUR")

    assert Money.parse("1000000000000", "EUR").micros == LARGEST_MICROS


@given(MICROS, MICROS)
def test_sums_are_those_of_whole_numbers(one, other):
    a, b = Money("EUR", one), Money("EUR", other)

    assert a + b == Money("EUR", one + other)
    assert a - b == a + -b
    assert (a < b, a <= b) == (one < other, one <= other)


@pytest.mark.parametrize("meet", [Money.__add__, Money.__sub__, Money.__lt__, Money.__le__])
def test_two_currencies_never_meet(meet):
    with pytest.raises(ValueError, match="EUR and USD"):
        meet(Money("EUR", 1), Money("USD", 1))


def test_money_is_shown_with_its_currency():
    assert str(Money("EUR", -1_234_500)) == "-1.2345 EUR"
    assert str(Money.zero("USD")) == "0.00 USD"


@given(st.text(max_size=5))
def test_any_text_is_a_currency_or_refused(text):
    try:
        code = check_currency(text)
    except Malformed:
        return
    assert len(code) == 3
    assert code.isascii()
    assert code.isupper()


def test_a_currency_is_three_letters():
    assert check_currency(" eur ") == "EUR"
    for text in ("", "EU", "EURO", "E1R", "€€€"):
        with pytest.raises(Malformed, match="three letters"):
            check_currency(text)
