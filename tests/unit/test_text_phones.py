"""The phones that a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import UnreadableText
from switchboard.numbering import PhoneNumber
from switchboard.texts.grammar import EXAMPLE
from switchboard.texts.phones import read_phones
from tests.fakes.world import ALICE, BOB

MUM = PhoneNumber("+33142685300")
BOOK = {"home": ALICE, "work": BOB, "aunt may": MUM, "may": BOB}


def read(phones: str, home: str = "GB"):
    return read_phones(phones, home, lambda name: BOOK.get(name.casefold()))


@given(st.text("0123456789+#-() \nhomewrk"), st.sampled_from(["GB", "US", "DE", "ZZ"]))
def test_any_phones_are_read_or_refused(phones, home):
    try:
        read(phones, home)
    except UnreadableText:
        return


@pytest.mark.parametrize(
    ("phones", "meant"),
    [
        ("442071234567", (None, ALICE)),
        ("442071234567 14155550100", (ALICE, BOB)),
        ("442071234567#14155550100", (ALICE, BOB)),
        ("#442071234567#14155550100#", (ALICE, BOB)),
        ("020 7123 4567\n+1 (415) 555-0100", (ALICE, BOB)),
        ("020 7123 4567 +1 415 555 0100", (ALICE, BOB)),
        ("020 7123 4567, 001 415 555 0100", (ALICE, BOB)),
        ("+44 20 7123 4567", (None, ALICE)),
        ("tel:+442071234567", (None, ALICE)),
        ("home", (None, ALICE)),
        ("Home work", (ALICE, BOB)),
        ("HOME 33142685300", (ALICE, MUM)),
        ("aunt may", (None, MUM)),
        ("home aunt may", (ALICE, MUM)),
        ("home#may", (ALICE, BOB)),
    ],
)
def test_phones_are_one_or_two_numbers_or_names(phones, meant):
    assert read(phones) == meant


@pytest.mark.parametrize(
    "phones",
    [
        "hello",
        "home hello",
        "call 442071234567",
        "442071234567 14155550100 33123456789",
        "1#2#3",
        "12",
        "1 " * 700,
        "https://example.com/442071234567",
    ],
)
def test_anything_else_is_answered_with_one_right_example(phones):
    with pytest.raises(UnreadableText, match=EXAMPLE):
        read(phones)


def test_a_text_that_can_be_understood_in_two_ways_is_refused():
    with pytest.raises(UnreadableText, match="#"):
        read_phones("a b c", "GB", {"a": ALICE, "b c": BOB, "a b": MUM, "c": BOB}.get)


def test_a_local_number_is_one_of_the_account_s_country():
    assert read("(415) 555-0100", "US") == (None, BOB)
    assert read("0171 2345678", "DE") == (None, PhoneNumber("+491712345678"))
    assert read("0171 234 5678", "DE") == (None, PhoneNumber("+491712345678"))


def test_the_phone_book_is_not_asked_for_numbers():
    def find(_name: str) -> PhoneNumber | None:
        raise AssertionError

    assert read_phones("442071234567 14155550100", "GB", find) == (ALICE, BOB)
