"""Numbers, money and times out of recorded words: their grammar, language by language."""

from datetime import timedelta
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.money import Money
from workers.speech import names
from workers.speech.numbers import LANGUAGES, in_words, pieces
from workers.speech.spoken import Keys, Part, spoken
from workers.speech.units import UNITS
from workers.speech.vocabulary import vocabulary

RECORDED = {language: {word.name for word in vocabulary(language)} for language in LANGUAGES}

each_language = pytest.mark.parametrize("language", LANGUAGES)


def said(language: str, part: Part) -> str:
    """As one would write it, but for accents."""
    folders = ("words/", "keys/", "letters/")
    words = spoken(language, part)
    assert all(word.startswith(folders) for word in words)
    return " ".join(word.partition("/")[2] for word in words)


@each_language
@pytest.mark.parametrize("feminine", [False, True])
def test_every_number_to_9999_is_spoken_in_recorded_words(language, feminine):
    for number in range(10_000):
        found = pieces(number, language, feminine=feminine)
        assert RECORDED[language].issuperset(map(names.word, found))


@each_language
@given(
    amount=st.builds(
        Money,
        st.sampled_from(["USD", "EUR", "GBP", "BRL", "MXN", "CHF", "CAD", "JPY", "XOF"]),
        st.integers(-(10**13), 10**13),
    ),
    span=st.timedeltas(timedelta(0), timedelta(days=40_000)),
)
def test_every_amount_and_span_is_spoken_in_recorded_words(language, amount, span):
    for part in (amount, span):
        assert spoken(language, part)
        assert RECORDED[language].issuperset(spoken(language, part))


@each_language
def test_nothing_is_recorded_that_is_never_spoken(language):
    numbers = (*range(100), *range(100, 1000, 100), *range(101, 1000, 100), 80_000, 1_001, 101_001)
    parts: list[Part] = [Money("USD", -1_000_000), Money("JPY", 50_000), Keys("0123456789*#")]
    parts += [Money(f"{letter}QQ", 0) for letter in ascii_uppercase]
    parts += [Money(code, n * 1_000_000) for code in UNITS[language].money for n in numbers]
    parts += [Money(code, n * 10_000) for code in UNITS[language].money for n in (1, 2, 102)]
    parts += [timedelta(hours=n, minutes=n % 60) for n in numbers]
    parts += [timedelta(seconds=n) for n in range(60)]

    assert set(spoken(language, *parts)) == RECORDED[language]


@pytest.mark.parametrize(
    ("language", "number", "feminine", "words"),
    [
        ("en", 0, False, "zero"),
        ("en", 1_234, False, "one thousand two hundred and thirty-four"),
        (
            "en",
            999_999,
            False,
            "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
        ),
        ("es", 1, False, "un"),
        ("es", 1, True, "una"),
        ("es", 21, False, "veintiún"),
        ("es", 21, True, "veintiuna"),
        ("es", 31, False, "treinta y un"),
        ("es", 100, True, "cien"),
        ("es", 101, True, "ciento una"),
        ("es", 231, True, "doscientas treinta y una"),
        ("es", 500, True, "quinientas"),
        ("es", 1_000, False, "mil"),
        ("es", 21_000, False, "veintiún mil"),
        ("es", 31_021, True, "treinta y un mil veintiuna"),
        ("fr", 1, True, "une"),
        ("fr", 21, True, "vingt et une"),
        ("fr", 71, False, "soixante et onze"),
        ("fr", 80, True, "quatre-vingts"),
        ("fr", 81, True, "quatre-vingt-une"),
        ("fr", 97, False, "quatre-vingt-dix-sept"),
        ("fr", 200, False, "deux cents"),
        ("fr", 201, False, "deux cent un"),
        ("fr", 1_000, False, "mille"),
        ("fr", 80_000, False, "quatre-vingt mille"),
        ("pt", 1, True, "uma"),
        ("pt", 2, False, "dois"),
        ("pt", 2, True, "duas"),
        ("pt", 16, False, "dezesseis"),
        ("pt", 100, False, "cem"),
        ("pt", 122, True, "cento e vinte e duas"),
        ("pt", 200, True, "duzentas"),
        ("pt", 2_002, True, "duas mil e duas"),
        ("pt", 1_100, False, "mil e cem"),
    ],
)
def test_a_number_agrees_with_what_it_counts(language, number, feminine, words):
    assert in_words(number, language, feminine=feminine) == words


@pytest.mark.parametrize(
    ("language", "amount", "words"),
    [
        ("en", "12.05 USD", "twelve dollars and five cents"),
        ("en", "1.01 USD", "one dollar and one cent"),
        ("en", "0.99 EUR", "ninety-nine cents"),
        ("en", "0 GBP", "zero pounds"),
        ("en", "1.01 GBP", "one pound and one penny"),
        ("en", "-3 CAD", "minus three dollars"),
        ("en", "2.509999 CHF", "two francs and fifty centimes"),
        ("es", "21.21 USD", "veintiun dolares con veintiun centavos"),
        ("es", "21.01 GBP", "veintiuna libras con un penique"),
        ("es", "1 BRL", "un real"),
        ("es", "200 GBP", "doscientas libras"),
        ("es", "-0.80 EUR", "menos ochenta centimos"),
        ("es", "31 MXN", "treinta-y-un pesos"),
        ("fr", "0 USD", "zero dollar"),
        ("fr", "1.50 EUR", "un-liaison euro et cinquante centimes"),
        ("fr", "6.06 EUR", "six-liaison euros et six centimes"),
        ("fr", "81 GBP", "quatre-vingt-une livres"),
        ("fr", "80 EUR", "quatre-vingts-liaison euros"),
        ("fr", "71 CHF", "soixante-et-onze francs"),
        ("fr", "2 BRL", "deux reaux"),
        ("pt", "2.02 GBP", "duas libras e dois pence"),
        ("pt", "1.01 GBP", "uma libra e um peni"),
        ("pt", "121 BRL", "cento-e vinte-e-um reais"),
        ("pt", "1000000 USD", "1 0 0 0 0 0 0 dolares"),
    ],
)
def test_money_is_spoken_in_its_units(language, amount, words):
    assert said(language, Money.parse(*amount.split())) == words


def test_a_currency_without_words_is_spelled():
    assert said("en", Money.parse("1250.05", "JPY")) == (
        "one thousand two-hundred-and fifty point 0 5 j p y"
    )
    assert said("fr", Money.parse("3", "JPY")) == "trois j p y"


def test_less_than_a_hundredth_is_not_spoken_nor_is_its_sign():
    assert said("en", Money("USD", -9_999)) == "zero dollars"
    assert said("en", Money("USD", 9_999)) == "zero dollars"


@pytest.mark.parametrize(
    ("language", "seconds", "words"),
    [
        ("en", 31 * 60, "thirty-one minutes"),
        ("en", 119, "one minute"),
        ("en", 59, "fifty-nine seconds"),
        ("en", 3_600, "one hour"),
        ("en", 7_260.9, "two hours and one minute"),
        ("es", 31 * 60, "treinta-y-un minutos"),
        ("es", 3_660, "una hora y un minuto"),
        ("es", 21 * 3_600, "veintiuna horas"),
        ("fr", 31 * 60, "trente-et-une minutes"),
        ("fr", 0, "zero seconde"),
        ("fr", 7_260, "deux-liaison heures et une minute"),
        ("pt", 22 * 60, "vinte-e-dois minutos"),
        ("pt", 2 * 3_600 + 60, "duas horas e um minuto"),
        ("pt", -5, "zero segundos"),
    ],
)
def test_a_span_is_spoken_in_hours_and_minutes_or_in_seconds(language, seconds, words):
    assert said(language, timedelta(seconds=seconds)) == words


@each_language
@given(text=st.text(max_size=20))
def test_of_a_text_the_keys_of_a_telephone_are_spoken(language, text):
    assert len(spoken(language, Keys(text))) == sum(sign in "0123456789*#" for sign in text)


def test_a_sentence_is_its_parts_in_their_order():
    said = spoken("es", "balance-is", Money.parse("5", "USD"), Keys("+1*#"))

    assert said == (
        "balance-is",
        "words/cinco",
        "words/dolares",
        "keys/1",
        "keys/star",
        "keys/hash",
    )
