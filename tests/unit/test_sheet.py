"""A rate sheet finds the longest prefix, and never looks behind a blocked one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed, NoRate
from switchboard.numbering import PhoneNumber
from switchboard.rating.rate import LegPrice, Rate
from switchboard.rating.sheet import RateSheet, SheetTerms
from tests.fakes.world import ALICE, BOB, retail_sheet

# Few digits, so that prefixes and numbers meet often.
DIGITS = st.text("12", min_size=1, max_size=7)
NUMBERS = st.text("12", min_size=5, max_size=15).map(lambda digits: PhoneNumber(f"+{digits}"))
RATES = st.dictionaries(DIGITS, st.booleans(), max_size=30).map(
    lambda prefixes: [Rate(prefix, prefix, 1, blocked=no) for prefix, no in prefixes.items()]
)


def sheet(rates) -> RateSheet:
    return RateSheet.of("retail", "v1", SheetTerms("EUR"), rates)


def found(rates, number: PhoneNumber) -> Rate | None:
    try:
        return sheet(rates).rate_for(number)
    except NoRate:
        return None


@given(RATES, NUMBERS)
def test_the_longest_prefix_is_the_one_that_brute_force_finds(rates, number):
    matching = [rate for rate in rates if number.digits.startswith(rate.prefix)]
    longest = max(matching, key=lambda rate: len(rate.prefix), default=None)
    expected = None if longest is None or longest.blocked else longest

    assert found(rates, number) == expected


@given(RATES, NUMBERS)
def test_a_blocked_prefix_never_falls_back_to_a_shorter_one(rates, number):
    blocked = Rate(number.digits, "premium", 0, blocked=True)
    others = [rate for rate in rates if rate.prefix != blocked.prefix]

    assert found([*others, blocked], number) is None


@given(RATES, DIGITS, NUMBERS)
def test_a_longer_prefix_changes_only_the_numbers_under_it(rates, prefix, number):
    before = [rate for rate in rates if rate.prefix != prefix]
    after = [*before, Rate(prefix, "new", 2)]

    if not number.digits.startswith(prefix):
        assert found(after, number) == found(before, number)


def test_the_reason_names_a_blocked_destination():
    with pytest.raises(NoRate, match="USA premium"):
        retail_sheet().rate_for(PhoneNumber("+19005550100"))
    with pytest.raises(NoRate, match="no rate"):
        retail_sheet().rate_for(PhoneNumber("+61255500100"))


def test_a_prefix_stands_in_a_sheet_once():
    with pytest.raises(Malformed, match="44 stands in the sheet twice"):
        sheet([Rate("44", "UK", 1), Rate("44", "UK", 1)])


def test_a_sheet_cannot_be_changed():
    with pytest.raises(TypeError):
        retail_sheet().rates["44"] = Rate("44", "UK", 0)


@pytest.mark.parametrize(
    "wrong",
    [{"digits": -1}, {"digits": 7}, {"customer_leg_percent": -1}, {"customer_leg_percent": 1001}],
)
def test_terms_that_nobody_means_are_refused(wrong):
    with pytest.raises(Malformed):
        SheetTerms("EUR", **wrong)


def test_a_quote_pins_the_sheet_and_both_prices():
    quote = retail_sheet(digits=3, customer_leg_percent=50).quote(ALICE, BOB)

    rates = retail_sheet().rates
    assert (quote.sheet, quote.version, quote.currency) == ("retail", "v1", "EUR")
    assert quote.customer == LegPrice(rates["44"], 50, 3)
    assert quote.destination == LegPrice(rates["1"], 100, 3)


def test_a_leg_that_nobody_knows_yet_has_no_price():
    assert retail_sheet().quote(ALICE, None).destination is None


def test_no_quote_is_given_where_either_phone_has_no_rate():
    nowhere = PhoneNumber("+61255500100")

    with pytest.raises(NoRate):
        retail_sheet().quote(nowhere, BOB)
    with pytest.raises(NoRate):
        retail_sheet(customer_leg_percent=0).quote(ALICE, nowhere)
