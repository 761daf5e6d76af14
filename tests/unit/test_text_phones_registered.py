"""Phones that are registered by text: each proves itself, or is proved by a code."""

from datetime import timedelta

import pytest

from tests.fakes.texter import PIN, STRANGER, Line
from tests.fakes.world import ALICE, BOB

UNKNOWN = "Sorry, we do not know this number or PIN."
HOUR = timedelta(hours=1)


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_new_phone_is_registered_by_the_code_that_was_sent_to_it(line):
    assert line.words(f"R.{STRANGER}") == (
        "We sent a code to +447700900123. Text it to us from that phone."
    )
    [(to, said)] = line.keys.texts.sent
    assert to == STRANGER
    assert said == "000007 is your Ringback code. Text it to us within ten minutes."

    said = line.words("000007", sender=STRANGER)

    assert said == "+447700900123 is a phone of your account now."
    assert line.ports.accounts.get("alice").profile.numbers == (ALICE, STRANGER)


def test_a_wrong_or_late_code_registers_nothing(line):
    line.text(f"R.{STRANGER}")
    wrong = [line.text("000008", sender=STRANGER).refused for _ in range(5)]

    assert wrong == ["unknown_sender"] * 5
    assert line.text("000007", sender=STRANGER).refused == "unknown_sender"
    line.text(f"R.{STRANGER}")
    line.ports.clock.pass_by(timedelta(minutes=10))
    assert line.text("000007", sender=STRANGER).refused == "unknown_sender"
    assert line.ports.accounts.get("alice").profile.numbers == (ALICE,)


@pytest.mark.parametrize("text", [f"{PIN} R.{STRANGER}", f"U.alice P.wonderland R.{STRANGER}"])
def test_a_phone_that_texts_a_pin_or_a_password_proves_itself(line, text):
    said = line.words(text, sender=STRANGER)

    assert said == "+447700900123 is a phone of your account now."
    assert line.ports.accounts.get("alice").profile.numbers == (ALICE, STRANGER)
    assert line.keys.texts.sent == []


@pytest.mark.parametrize("text", [f"{PIN} R.{BOB}", f"U.alice P.wonderland R.{BOB}"])
def test_a_pin_or_a_password_proves_no_phone_but_the_one_that_texts_it(line, text):
    line.text(text, sender=STRANGER)

    assert [to for to, _ in line.keys.texts.sent] == [BOB]
    assert line.ports.accounts.get("alice").profile.numbers == (ALICE,)


def test_codes_are_not_sent_without_end(line):
    answers = [line.text(f"R.{STRANGER}").refused for _ in range(5)]

    assert answers == [None, None, None, "too_often", "too_often"]
    assert len(line.keys.texts.sent) == 3


def test_a_phone_that_the_account_may_not_call_gets_no_code(line):
    assert line.text("R.+19005550100").refused == "not_allowed"
    assert line.keys.texts.sent == []
