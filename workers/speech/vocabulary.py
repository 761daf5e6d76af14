"""Every word that is recorded for numbers, money and spans of time, and how it is to be spoken.

Read when the prompts are made and when they are tested, by no worker.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

from workers.speech import names
from workers.speech.numbers import in_words, recorded_pieces
from workers.speech.units import UNITS, Units

_KEYS = {
    "en": ("zero one two three four five six seven eight nine".split(), "star", "hash"),
    "es": ("cero uno dos tres cuatro cinco seis siete ocho nueve".split(), "asterisco", "numeral"),
    "fr": ("zéro un deux trois quatre cinq six sept huit neuf".split(), "étoile", "dièse"),
    "pt": (
        "zero um dois três quatro cinco seis sete oito nove".split(),
        "asterisco",
        "jogo da velha",
    ),
}
# Stands before a noun for its melody, and is cut off: a number that ends in a vowel, so that no
# consonant of its end runs into the noun. In French, it would before “euros” and “heures”.
_BEFORE = {"en": "three", "es": "trece", "fr": "deux", "pt": "treze"}
_BEFORE_VOWELS = {"fr": "treize"}
_AFTER = {"en": "thirteen", "es": "trece", "fr": "treize", "pt": "treze"}
# Where the voice would misread the word.
_SAID = {
    ("en", "real"): "ray-al",
    ("en", "reais"): "ray-ice",
    ("es", "R"): "erre",
    ("es", "Y"): "i griega",
    ("fr", "pence"): "pènce",
    ("fr", "pesos"): "pézos",
    ("fr", "peso"): "pézo",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One recording: a prompt's name, and the text to speak. What stands in brackets gives the
    rest its melody and is cut off."""

    name: str
    text: str


def vocabulary(language: str) -> tuple[Word, ...]:
    """All of one language, each name once."""
    units = UNITS[language]
    words = {
        word.name: word
        for word in (
            *_numbers(language, units),
            *_nouns(language, units),
            *_joints(language, units),
            *_keys(language),
            *_letters(language),
        )
    }
    return tuple(words.values())


def _numbers(language: str, units: Units) -> Iterator[Word]:
    minute, dollar = units.minute, units.money["USD"][0]
    # The masculine last: of a word that both genders have, its recording is kept.
    for plain, vowel, feminine in (
        (minute if minute.feminine else units.hour, units.hour, True),
        (dollar, units.money["EUR"][0], False),
    ):
        # What may be the last of a number, and so stand before a noun.
        counts = (*range(100), *range(100, 1000, 100))
        ends = {in_words(count, language, feminine=feminine) for count in counts}
        for piece in sorted(recorded_pieces(language, feminine=feminine)):
            name = names.word(piece)
            yield Word(name, f"{piece} [{plain.many}].")
            if language == "fr" and names.changes_in_liaison(name) and piece in ends:
                yield Word(names.linked(name), f"{piece} [{vowel.many}].")


def _nouns(language: str, units: Units) -> Iterator[Word]:
    money = (unit for pair in units.money.values() for unit in pair)
    for unit in (units.hour, units.minute, units.second, *money):
        for noun in (unit.one, unit.many):
            said = _SAID.get((language, noun), noun)
            before = _BEFORE_VOWELS if noun[0] in "eh" and language in _BEFORE_VOWELS else _BEFORE
            yield Word(names.word(noun), f"[{before[language]}] {said}.")


def _joints(language: str, units: Units) -> Iterator[Word]:
    after = f"[{_AFTER[language]} {units.minute.many}]."
    for joint in (units.time_joint, units.money_joint, units.minus, units.point):
        yield Word(names.word(joint), f"{joint} {after}")


def _keys(language: str) -> Iterator[Word]:
    digits, star, hash_key = _KEYS[language]
    for sign, said in zip("0123456789*#", (*digits, star, hash_key), strict=True):
        yield Word(names.key(sign), f"{said},")


def _letters(language: str) -> Iterator[Word]:
    for capital in ascii_uppercase:
        yield Word(names.letter(capital), f"{_SAID.get((language, capital), capital)},")
