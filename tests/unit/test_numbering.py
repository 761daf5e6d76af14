"""Phone numbers: whatever people type is a number or refused, and logs show no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed, NotANumber
from switchboard.numbering import (
    PhoneNumber,
    check_country,
    country_of,
    parse_number,
    region_of,
    spaced,
)

HOMES = st.sampled_from(["GB", "US", "DE", "IT", "AR", "BR", "SG", "AC", "ZZ", ""])
NUMBERISH = st.text("0123456789+-.()/ \u2013\uff0b\uff11\u0661#*,;xetl")
E164 = st.from_regex(r"\+[1-9][0-9]{4,14}", fullmatch=True)


@given(st.one_of(st.text(), NUMBERISH), HOMES)
def test_any_text_is_a_number_or_refused(text, home):
    try:
        number = parse_number(text, home)
    except NotANumber:
        return
    assert PhoneNumber(str(number)) == number


@given(NUMBERISH, HOMES, HOMES)
def test_a_number_in_e164_means_the_same_everywhere(text, home, elsewhere):
    try:
        number = parse_number(text, home)
    except NotANumber:
        return
    assert parse_number(str(number), elsewhere) == number


@given(E164)
def test_a_log_never_shows_a_number(e164):
    number = PhoneNumber(e164)

    shown = repr(number)

    assert e164 not in shown
    assert "***" in shown
    assert number.masked.replace("*", "") != e164
    assert str(number) == e164
    assert number.digits == e164[1:]


def test_a_masked_number_can_still_be_recognised():
    assert repr(PhoneNumber("+442071234567")) == "PhoneNumber(+44******4567)"
    assert repr(PhoneNumber("+12345")) == "PhoneNumber(+12***)"


@pytest.mark.parametrize(
    ("text", "home", "e164"),
    [
        ("+44 20 7123 4567", "US", "+442071234567"),
        ("0044 20 7123 4567", "GB", "+442071234567"),
        ("011 44 20 7123 4567", "US", "+442071234567"),
        ("020 7123 4567", "GB", "+442071234567"),
        ("(020) 7123-4567", "GB", "+442071234567"),
        ("442071234567", "US", "+442071234567"),
        ("442071234567", "GB", "+442071234567"),
        ("14155550100", "GB", "+14155550100"),
        ("415.555.0100", "US", "+14155550100"),
        ("\uff0b442071234567", "US", "+442071234567"),
    ],
)
def test_a_number_is_read_as_people_write_it(text, home, e164):
    assert parse_number(text, home) == PhoneNumber(e164)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "hello", "1-800-FLOWERS", "12", "+", "++", "+0442071234567", "0" * 41, "9" * 10_000],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        parse_number(text, "GB")


def test_an_extension_cannot_be_dialled():
    with pytest.raises(NotANumber):
        parse_number("+442071234567;ext=12", "GB")


@pytest.mark.parametrize(
    "e164",
    [
        "",
        "+",
        "442071234567",
        "+0442071234",
        "+1234",
        "+1234567890123456",
        "+44 207",
        "+\u0661" * 6,
    ],
)
def test_only_e164_makes_a_phone_number(e164):
    with pytest.raises(NotANumber):
        PhoneNumber(e164)


@pytest.mark.parametrize("home", ["US", "GB", "AU", "BR"])
def test_two_zeros_before_a_country_code_are_read_everywhere(home):
    assert str(parse_number("0044 20 7123 4567", home)) == "+442071234567"


@pytest.mark.parametrize(
    ("digits", "country"),
    [
        ("1876", "JM"),
        ("1212", "1"),
        ("1", "1"),
        ("77", "KZ"),
        ("7495", "7"),
        ("4477", "44"),
        ("0", ""),
    ],
)
def test_a_country_that_shares_its_code_is_told_by_what_follows(digits, country):
    assert country_of(digits) == country


@pytest.mark.parametrize("text", ["UK", "XX", "", "GBR"])
def test_a_country_without_phone_numbers_is_none(text):
    assert check_country(" gb") == "GB"
    with pytest.raises(Malformed, match="no country with phone numbers"):
        check_country(text)


@pytest.mark.parametrize(
    ("e164", "shown", "region"),
    [
        ("+442071234567", "+44 20 7123 4567", "GB"),
        ("+14155550100", "+1 415-555-0100", "US"),
        ("+18765550100", "+1 876-555-0100", "JM"),
        ("+447700900123", "+44 7700 900123", "GB"),
        ("+881612345678", "+881 6 123 45678", ""),
        ("+99912345", "+99912345", ""),
    ],
)
def test_a_number_is_shown_as_its_country_writes_it(e164, shown, region):
    number = PhoneNumber(e164)

    assert (spaced(number), region_of(number)) == (shown, region)


@given(E164)
def test_every_number_can_be_shown(e164):
    number = PhoneNumber(e164)

    assert spaced(number).startswith("+")
    assert len(region_of(number)) in (0, 2)
