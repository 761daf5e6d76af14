"""Replies in words: in each language, in one text, in cheap letters."""

import re
import string

import pytest

from switchboard.errors import NotAllowed, NotTexted, SpendLimitReached
from switchboard.texts.replies import Reply, apologise, cheap, say
from switchboard.texts.sentences import REASONS, SENTENCES


@pytest.mark.parametrize("language", SENTENCES)
def test_every_language_has_every_sentence_with_the_same_gaps(language):
    def gaps(sentence: str) -> set[str | None]:
        return {gap for _, gap, _, _ in string.Formatter().parse(sentence) if gap}

    english = {key: gaps(sentence) for key, sentence in SENTENCES["en"].items()}

    assert {key: gaps(sentence) for key, sentence in SENTENCES[language].items()} == english
    assert REASONS.get(language, REASONS["es"]).keys() == REASONS["es"].keys()


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("sentence", SENTENCES["en"])
def test_a_reply_fits_one_text(language, sentence):
    words = {
        "to": "+442071234567",
        "customer": "+442071234567",
        "number": "+442071234567",
        "day": "2026-12-31",
        "time": "23:59",
        "code": "123456",
        "balance": "123.45 EUR",
        "available": "123.45 EUR",
        "per_minute": "0.0512 EUR",
        "fee": "0.01 EUR",
        "minutes": "1440",
        "reason": "x" * 100,
    }

    said = say(Reply(sentence, words), language)

    assert len(said) <= 160
    assert not re.search("[{}]", said)


def test_a_language_that_is_missing_is_answered_in_english():
    refusal = NotAllowed("a phone cannot be connected with itself")

    assert apologise(refusal, "xx") == "Sorry, a phone cannot be connected with itself."
    assert apologise(refusal, "pt-BR").startswith("Desculpe: ")
    assert "hoje" in apologise(SpendLimitReached("x"), "pt-BR")


def test_that_a_code_cannot_be_texted_is_not_told_as_a_number_that_cannot_be_called():
    told = [apologise(NotTexted("x"), language) for language in ("es", "fr", "pt")]

    assert all("R.n" in words for words in told)


def test_a_text_is_kept_to_the_letters_that_cost_nothing_more():
    assert cheap("São número ñ é “x” 🙂") == 'Sao numero ñ é "x" ?'
