"""What a text is answered with, put into words."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from switchboard.errors import NoService, Refusal, UnreadableText
from switchboard.texts.sentences import ENGLISH, REASONS, SENTENCES

# 3GPP TS 23.038 §6.2.1, as far as we write it. One character beyond it, and a message of 160
# characters costs as much as two or three.
_GSM = frozenset(
    "@£$¥èéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà!\"#%&'()*+,-./:;<=>?\n "
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz§¿¡€"
)
# What is like it, for what has no letter of its own in there.
_LIKE = str.maketrans("\u201c\u201d\u2019\u2013", '""\'-')


@dataclass(frozen=True, slots=True)
class Reply:
    """A sentence and what fills its gaps."""

    sentence: str
    gaps: Mapping[str, str] = field(default_factory=dict, repr=False)


def say(reply: Reply, language: str) -> str:
    """A reply in the words of a language, like `es` or `pt-BR`, in the letters of cheap texts."""
    words = SENTENCES.get(_base(language), SENTENCES[ENGLISH])[reply.sentence]
    return cheap(words.format_map(reply.gaps))


def apologise(refusal: Refusal, language: str) -> str:
    """A refusal in the words of a language. In English it says why in its own words."""
    base = _base(language)
    if isinstance(refusal, NoService):
        return say(Reply("no_service"), language)
    if base in REASONS:
        codes = [kind.code for kind in type(refusal).__mro__ if issubclass(kind, Refusal)]
        reason = next(REASONS[base][code] for code in codes if code in REASONS[base])
    elif isinstance(refusal, UnreadableText):
        return cheap(refusal.message)
    else:
        reason = refusal.message
    return say(Reply("refused", {"reason": reason}), language)


def cheap(words: str) -> str:
    """The words in the characters of GSM 03.38: without the accents that it does not have."""
    return "".join(_cheap(character) for character in words.translate(_LIKE))


def _cheap(character: str) -> str:
    if character in _GSM:
        return character
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in _GSM else "?"


def _base(language: str) -> str:
    return language.partition("-")[0]
