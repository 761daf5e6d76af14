"""PINs: none is easily guessed, or taken for another."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.pins import (
    PinKey,
    check_digit,
    check_room,
    draw_pins,
    is_trivial,
    read_pin,
)
from switchboard.errors import Malformed

KEY = PinKey("a key of some length")
DIGITS = st.text("0123456789", min_size=5, max_size=19)


def drawn(count: int, length: int, seed: int = 7) -> list[str]:
    return list(draw_pins(count, length, random.Random(seed).randrange))


@pytest.mark.parametrize(
    "pin",
    [
        "777777",  # one digit
        "12121212",  # a group, repeated
        "47247247",  # begun once more
        "11223344",  # pairs
        "83456910",  # a run up
        "10987654",  # a run down
        "58199173",  # a year
        "20241873",
        "58322385",  # a mirror
        "90909191",  # few digits
        "8355559124",  # four alike
    ],
)
def test_what_people_would_try_early_is_trivial(pin):
    assert is_trivial(pin)


@pytest.mark.parametrize("pin", ["583917", "70418365", "9258361704"])
def test_what_nobody_would_try_is_not_trivial(pin):
    assert not is_trivial(pin)


def test_a_thousand_pins_are_distinct_and_none_is_trivial():
    pins = drawn(1000, 8)

    assert len(set(pins)) == 1000
    assert all(re.fullmatch(r"[1-9]\d{7}", pin) for pin in pins)
    assert not any(map(is_trivial, pins))


@given(DIGITS, st.data())
def test_a_wrong_digit_or_a_swap_of_neighbours_is_no_pin_of_ours(digits, data):
    pin = digits + check_digit(digits)
    at = data.draw(st.integers(0, len(pin) - 2))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {pin[at]})))
    mistyped = pin[:at] + wrong + pin[at + 1 :]
    swapped = pin[:at] + pin[at + 1] + pin[at] + pin[at + 2 :]

    assert check_digit(mistyped[:-1]) != mistyped[-1]
    assert swapped == pin or check_digit(swapped[:-1]) != swapped[-1]


def test_pins_come_from_all_of_their_range():
    pins = drawn(5000, 9)

    for place, digits in ((0, "123456789"), (4, "0123456789"), (8, "0123456789")):
        counts = [sum(pin[place] == digit for pin in pins) for digit in digits]
        assert min(counts) > 5000 / len(digits) * 0.7


@pytest.mark.parametrize(("count", "length"), [(1, 5), (1, 21), (1001, 6), (100_000, 7)])
def test_pins_that_could_be_guessed_are_refused(count, length):
    with pytest.raises(Malformed):
        check_room(count, length)


def test_the_refusal_says_how_many_digits_are_enough():
    with pytest.raises(Malformed, match="take 8 digits"):
        check_room(100_000, 7)

    check_room(100_000, 8)


def test_a_hash_needs_the_key_and_hides_the_pin():
    kept = KEY.hash("583 917-0")

    assert kept == KEY.hash("5839170") != PinKey("another key of ours").hash("5839170")
    assert re.fullmatch("[0-9a-f]{64}", kept)
    assert "some length" not in repr(KEY)


@pytest.mark.parametrize("text", ["", "123", "12345x", "1" * 21, "١٢٣٤٥٦"])
def test_what_is_no_pin_is_refused_and_not_repeated(text):
    with pytest.raises(Malformed) as refused:
        read_pin(text)

    assert not text or text not in refused.value.message


def test_a_short_key_is_refused():
    with pytest.raises(Malformed, match="16"):
        PinKey("short")
