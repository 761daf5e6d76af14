"""How a trunk wants its numbers written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.rewriting import Rewrite, rewritten
from switchboard.calls.trunk import Trunk
from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber
from tests.fakes.world import ALICE, BOB


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("44=strip2,prepend0044", "00442071234567"),
        ("44=prepend0044,strip2", "00442071234567"),
        ("+44=strip2, prepend0", "02071234567"),
        ("*=prepend00", "00442071234567"),
        ("*=prepend1234#", "1234#442071234567"),
        ("*=prepend+", None),
        ("442=strip3", "071234567"),
        ("44=prepend", None),
        ("1=strip1", "+442071234567"),
    ],
)
def test_a_rule_strips_and_prepends_what_it_says(text, sent):
    if sent is None:
        with pytest.raises(Malformed, match="strip2,prepend0044"):
            Rewrite.parse(text)
        return

    assert rewritten(ALICE, [Rewrite.parse(text)]) == sent


def test_the_first_rule_that_is_for_a_number_counts():
    rules = tuple(map(Rewrite.parse, ["4420=strip2,prepend0", "44=strip2", "*=prepend00"]))
    trunk = Trunk("carrier", "127.0.0.1", rewrites=rules)

    sent = [trunk.sent(number) for number in (ALICE, PhoneNumber("+447911123456"), BOB)]

    assert sent == ["02071234567", "7911123456", "0014155550100"]


def test_without_a_rule_a_number_is_sent_with_its_plus():
    assert Trunk("carrier", "127.0.0.1").sent(ALICE) == "+442071234567"


def test_a_rule_is_not_for_a_number_that_it_leaves_nothing_of():
    rules = [Rewrite.parse("*=strip5")]

    assert rewritten(PhoneNumber("+49301"), rules) == "+49301"
    assert rewritten(PhoneNumber("+493012"), rules) == "2"


@pytest.mark.parametrize(
    "text",
    [
        *("", "44", "44=", "=strip2", "x=strip2", "44=strip", "44=strip99", "44=strip2,strip3"),
        *("44=prepend0@host", "44=prepend0;x", "44=drop2", "44=strip2,", "44=prepend" + 21 * "0"),
    ],
)
def test_a_bad_rule_is_refused_with_what_it_should_look_like(text):
    with pytest.raises(Malformed):
        Rewrite.parse(text)


@given(st.one_of(st.text(), st.text("4+*=strip2,prepend0#: ")))
def test_any_text_is_a_rule_or_refused(text):
    try:
        rule = Rewrite.parse(text)
    except Malformed:
        return

    assert Rewrite.parse(str(rule)) == rule
    assert rewritten(ALICE, [rule])
