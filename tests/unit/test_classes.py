"""Classes of destinations, and what an account may call."""

from dataclasses import replace
from datetime import UTC, datetime

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.account import Account, Profile
from switchboard.billing.classes import DEFAULT_CLASSES, Classes, DestinationClass
from switchboard.billing.limits import check_customer, check_destination, spend_of
from switchboard.errors import Malformed, NotAllowed, NotFound
from switchboard.ledger.balance import Balance
from switchboard.ledger.spend import Spend
from switchboard.numbering import PhoneNumber
from tests.fakes.world import ALICE, BOB, NOON

PREMIUM = PhoneNumber("+449098790123")
PLAIN = Profile("alice", "Alice", "EUR", "retail", country="GB", time_zone="Pacific/Auckland")


def may_call(number: PhoneNumber, **rules) -> bool:
    try:
        check_destination(replace(PLAIN, **rules), DEFAULT_CLASSES, number)
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("+442071234567", "national"),
        ("+14155550100", "international"),
        ("+449098790123", "premium"),
        ("+881612345678", "satellite"),
        ("+8821650123456", "satellite"),
        ("+883510001234567", "special"),
    ],
)
def test_a_number_is_in_the_class_of_its_longest_prefix(number, name):
    assert DEFAULT_CLASSES.name_of(PhoneNumber(number), "GB") == name


def test_what_is_called_premium_is_sold_at_a_premium():
    premium = next(one for one in DEFAULT_CLASSES.classes if one.name == "premium")
    kinds = {
        phonenumbers.number_type(number)
        for prefix in premium.prefixes
        for digits in range(6, 15)
        for filler in ("0", "1", "234567890")
        if phonenumbers.is_valid_number(
            number := phonenumbers.parse("+" + (prefix + filler * 12)[:digits])
        )
    }

    assert kinds == {phonenumbers.PhoneNumberType.PREMIUM_RATE}


def test_a_prefix_is_in_one_class():
    with pytest.raises(Malformed, match="4490"):
        Classes((DestinationClass("a", ("4490",)), DestinationClass("b", ("4490",))))


def test_an_account_of_no_country_is_at_home_nowhere():
    assert DEFAULT_CLASSES.name_of(PhoneNumber("+442071234567"), "UK") == "international"


@pytest.mark.parametrize("name", ["all", "", "Premium", "two words", "national"])
def test_some_names_cannot_be_a_class(name):
    with pytest.raises(Malformed):
        DEFAULT_CLASSES.with_class(DestinationClass(name))


def test_an_unknown_class_is_named_with_those_that_there_are():
    with pytest.raises(NotFound, match=r"cheap.*premium, satellite"):
        DEFAULT_CLASSES.check_name("cheap")


def test_a_blocked_class_is_called_only_by_who_is_allowed():
    assert not may_call(PREMIUM)
    assert may_call(PREMIUM, allowed_classes=("premium",))
    # An allowed prefix lifts the ban where it is at least as long as that of the class.
    assert may_call(PREMIUM, allowed_prefixes=("449",))
    assert not may_call(PREMIUM, allowed_prefixes=("44",))


def test_of_allowed_and_forbidden_prefixes_the_longest_decides():
    rules = {"allowed_prefixes": ("1415", "44"), "forbidden_prefixes": ("1", "4420712")}

    assert may_call(BOB, **rules)
    assert not may_call(PhoneNumber("+12125550100"), **rules)
    assert not may_call(ALICE, **rules)
    assert may_call(PhoneNumber("+442079460000"), **rules)


def test_who_has_allowed_prefixes_may_call_nothing_else_but_with_a_star():
    assert not may_call(BOB, allowed_prefixes=("44",))
    assert may_call(BOB, allowed_prefixes=("*",), forbidden_prefixes=("44",))
    assert not may_call(ALICE, allowed_prefixes=("*",), forbidden_prefixes=("44",))
    assert not may_call(BOB, forbidden_prefixes=("*",))


def test_the_customers_phone_is_not_among_what_is_allowed_but_may_be_forbidden():
    check_customer(replace(PLAIN, allowed_prefixes=("1",)), DEFAULT_CLASSES, ALICE)

    with pytest.raises(NotAllowed):
        check_customer(replace(PLAIN, forbidden_prefixes=("44",)), DEFAULT_CLASSES, ALICE)
    with pytest.raises(NotAllowed, match="premium"):
        check_customer(PLAIN, DEFAULT_CLASSES, PREMIUM)


@given(
    st.sets(st.text("1234", min_size=1, max_size=3), max_size=6),
    st.sets(st.text("1234", min_size=1, max_size=3), max_size=6),
    st.text("1234", min_size=5, max_size=7),
)
def test_the_longest_prefix_decides_as_in_a_list_of_all(allowed, forbidden, digits):
    forbidden -= allowed
    verdicts = {**dict.fromkeys(allowed, True), **dict.fromkeys(forbidden, False)}
    fitting = [digits[:n] for n in range(len(digits), 0, -1) if digits[:n] in verdicts]
    right = verdicts[fitting[0]] if fitting else not allowed

    profile = replace(PLAIN, allowed_prefixes=tuple(allowed), forbidden_prefixes=tuple(forbidden))
    try:
        check_destination(profile, Classes(()), PhoneNumber(f"+{digits}"))
        found = True
    except NotAllowed:
        found = False

    assert found is right


def test_a_callback_counts_for_both_classes_and_the_accounts_own_day():
    limits = {"all": 5, "premium": 1}
    limited = Account(PLAIN, Balance("alice", "EUR", limits=limits))
    late = datetime(2026, 1, 2, 11, tzinfo=UTC)

    spend = spend_of(limited, DEFAULT_CLASSES, ALICE, PREMIUM, NOON)

    assert spend == Spend("2026-01-03", ("all", "national", "premium"), limits)
    assert spend.counters == ("2026-01-03 all", "2026-01-03 premium")
    assert spend_of(limited, DEFAULT_CLASSES, ALICE, None, late).day == "2026-01-03"


def test_without_limits_nothing_is_counted():
    free = Account(PLAIN, Balance("alice", "EUR"))

    assert spend_of(free, DEFAULT_CLASSES, ALICE, PREMIUM, NOON) == Spend()
