"""What a text message asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.text import EXAMPLE, TextOrder, read_text
from switchboard.errors import UnreadableText
from switchboard.numbering import PhoneNumber
from tests.fakes.world import ALICE, BOB

TEXTISH = st.text("0123456789+#*-() \n\tCcBb.\uff11\u0661\u00bd\ufdfa")


@given(st.one_of(st.text(), TEXTISH), st.sampled_from(["GB", "US", "ZZ"]))
def test_any_text_is_an_order_or_unreadable(text, home):
    try:
        order = read_text(text, home)
    except UnreadableText:
        return
    assert order.destination is not None or order == TextOrder(None, None)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("442071234567", TextOrder(None, ALICE)),
        ("442071234567 14155550100", TextOrder(ALICE, BOB)),
        ("442071234567#14155550100", TextOrder(ALICE, BOB)),
        ("#442071234567#14155550100#", TextOrder(ALICE, BOB)),
        ("020 7123 4567\n+1 (415) 555-0100", TextOrder(ALICE, BOB)),
        ("020 7123 4567 +1 415 555 0100", TextOrder(ALICE, BOB)),
        ("  +44 20 7123 4567  ", TextOrder(None, ALICE)),
        (
            "\uff14\uff14\uff12\uff10\uff17\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
            TextOrder(None, ALICE),
        ),
        ("", TextOrder(None, None)),
        (" \n", TextOrder(None, None)),
        ("CB", TextOrder(None, None)),
        ("cb ", TextOrder(None, None)),
    ],
)
def test_a_text_is_read_as_the_contract_says(text, order):
    assert read_text(text, "GB") == order


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "#",
        "call 442071234567",
        "442071234567 14155550100 33123456789",
        "1#2#3",
        "CB 442071234567",
        "12",
        "1" * 2_000,
        "1 " * 2_000,
        "https://example.com/442071234567",
    ],
)
def test_what_is_no_order_is_answered_with_one_right_example(text):
    with pytest.raises(UnreadableText, match=EXAMPLE):
        read_text(text, "GB")


def test_a_local_number_is_one_of_the_account_s_country():
    assert read_text("(415) 555-0100", "US") == TextOrder(None, BOB)
    assert read_text("0171 2345678", "DE") == TextOrder(None, PhoneNumber("+491712345678"))
