"""Whole numbers in words, as they stand before what they count, cut into pieces that are recorded.

The words are num2words' own; what it does not know is that they agree with what follows.
"""

import re
from collections.abc import Iterator
from functools import cache

from num2words import num2words

LANGUAGES = ("en", "es", "fr", "pt")
TOO_LARGE = 1_000_000

_DIALECTS = {"pt": "pt_BR"}
_MASCULINE = {
    "es": ((r"veintiuno\b", "veintiún"), (r"\buno\b", "un")),
}
_FEMININE = {
    # A thousand is masculine whatever it counts: “treinta y un mil libras”, but “doscientas mil”.
    "es": (
        (r"veintiuno(?= mil)", "veintiún"),
        (r"\buno(?= mil)", "un"),
        (r"uno\b", "una"),
        (r"ientos\b", "ientas"),
    ),
    "fr": ((r"\bun$", "une"),),
    "pt": ((r"\bum\b", "uma"), (r"\bdois\b", "duas"), (r"entos\b", "entas")),
}


def in_words(number: int, language: str, *, feminine: bool = False) -> str:
    """A number from 0 to 999,999 as it is said before a noun: “veintiún”, “vinte e uma”."""
    words: str = num2words(number, lang=_DIALECTS.get(language, language)).replace(",", "")
    for pattern, agreeing in (_FEMININE if feminine else _MASCULINE).get(language, ()):
        words = re.sub(pattern, agreeing, words)
    return words


def pieces(number: int, language: str, *, feminine: bool = False) -> Iterator[str]:
    """The same, cut into the longest pieces that are recorded: “two hundred and”, “thirty-one”."""
    words = in_words(number, language, feminine=feminine).split()
    # A feminine number has masculine pieces: in “ciento un mil libras”, one thousand is counted.
    known = recorded_pieces(language) | recorded_pieces(language, feminine=True)
    while words:
        lengths = range(len(words), 0, -1)
        length = next(length for length in lengths if " ".join(words[:length]) in known)
        yield " ".join(words[:length])
        del words[:length]


@cache
def recorded_pieces(language: str, *, feminine: bool = False) -> frozenset[str]:
    """What numbers of this gender are made of: 0 to 99, the hundreds with and without what joins
    more to them, the thousand, and what joins more to that."""

    def said(number: int) -> str:
        return in_words(number, language, feminine=feminine)

    def stem(number: int) -> str:
        """What is said before the one at the number's end."""
        return said(number).removesuffix(said(1)).strip()

    hundreds = range(100, 1000, 100)
    thousand = said(2000).removeprefix(said(2)).strip()
    joint = stem(1001).rpartition(thousand)[2].strip()
    # French: “quatre-vingts”, but “quatre-vingt mille”.
    eighty = said(80_000).removesuffix(thousand).strip()
    found = {*map(said, range(100)), *map(said, hundreds), eighty, thousand, joint}
    return frozenset(found.union(stem(hundred + 1) for hundred in hundreds) - {""})
