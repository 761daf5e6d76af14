"""Every refusal has its words, and every word that is said is recorded."""

import pytest

from switchboard import errors
from switchboard.errors import Refusal
from workers.dialogue.refusals import words_for
from workers.speech.numbers import LANGUAGES
from workers.voices import PROMPTS


def kinds(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [kind, *(one for below in kind.__subclasses__() for one in kinds(below))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_said_by_a_recorded_prompt(language):
    words = {words_for(Refusal.__new__(kind)) for kind in kinds()}

    assert {name for name in words if not (PROMPTS / language / f"{name}.wav").exists()} == set()


def test_money_numbers_and_rules_are_told_apart():
    told = {
        kind: words_for(kind("why"))
        for kind in (
            errors.NotEnoughCredit,
            errors.SpendLimitReached,
            errors.SameNumber,
            errors.NotAllowed,
            errors.NoRoute,
            errors.NotANumber,
        )
    }

    assert len({*told.values()}) == len(told)
