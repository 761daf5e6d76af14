"""How recorded words are called: by folder and file, without accents and spaces."""

import unicodedata

_LIAISON = "-liaison"
_CHANGING = frozenset("un deux trois six huit dix vingt vingts cent cents".split())


def word(text: str) -> str:
    """The prompt that says a word or a few: “veintiún” is words/veintiun."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "words/" + plain.replace(" ", "-")


def key(sign: str) -> str:
    """The prompt that says a digit, or one of the other two keys of a telephone."""
    return "keys/" + {"*": "star", "#": "hash"}.get(sign, sign)


def letter(capital: str) -> str:
    """The prompt that says the name of a letter, A to Z."""
    return "letters/" + capital.lower()


def changes_in_liaison(number: str) -> bool:
    """Whether a French number, given by its prompt, is spoken otherwise before a vowel: “six
    euros” is no “six dollars”."""
    return number.rpartition("/")[2].rpartition("-")[2] in _CHANGING


def linked(number: str) -> str:
    """The prompt of a French number as it is spoken before a vowel."""
    return number + _LIAISON
