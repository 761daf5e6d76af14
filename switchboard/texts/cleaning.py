"""Texts as phones send them, without what nobody sees or means."""

import re
import unicodedata

# Ten concatenated parts of 160: providers send no more.
LONGEST_TEXT = 1600

# What phones and people put below a text: "-- John", "Sent from my iPhone", "Get Outlook for iOS".
_SIGNATURE = re.compile(
    r"""
    (?:^|\n)[^\S\n]*(?:--|[\u2014\u2015]).*             # a line of its own, and all below
    | [^\S\n]--[^\S\n]+(?=[^\W\d_]).*                   # behind the order
    | (?:^|\n)[^\S\n]*(?:sent|envoy|enviad|gesendet|inviato|get|obtener|obtenha|t.l.charger)
      [^\n]*\b(?:iphone|ipad|ios|android|galaxy|samsung|huawei|xiaomi|blackberry|mobile|phone
      |outlook|yahoo|gmail|mail|tel.fono|t.l.phone|telem.vel|celular|smartphone|handy)\b.*
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
# Invisible marks (zero width, direction), modifiers of emoji, and controls.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Sk", "Me"}
_VARIANTS = range(0xFE00, 0xFE10)
# Letters of other scripts that look like ours; a keyboard in Greek or Russian writes them.
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХҮԚԜавеѕіјкмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχ",
    "ABESIJKMHOPCTYXYQWABESIJKMHOPCTYXABEZHIKMNOPTYXAEIKVOPTYX",
)
_WIDE = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0xA0: 0x20, 0x3000: 0x20}


def without_signature(text: str) -> str:
    """The text as it was written, to its greatest length, without what its phone put below it."""
    return _SIGNATURE.sub("", text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n"))


def plain(text: str) -> str:
    """The text in ordinary characters and spaces: no wide digits, invisible marks or symbols."""
    # Not more of it than an honest text has: some characters become eighteen.
    compatible = unicodedata.normalize("NFKC", text)[:LONGEST_TEXT]
    kept = "".join(map(_shown, compatible))
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


def keyword_form(word: str) -> str:
    """A word as keywords are compared: in capitals, look-alike letters as ours. Never for what is
    secret or a name."""
    return word.translate(_LOOK_ALIKES).upper()


def shadow(text: str) -> str:
    """A text of the same length in which keywords can be looked for, wide and look-alike letters
    as ours."""
    return text.translate(_WIDE).translate(_LOOK_ALIKES)


def has_symbols(text: str) -> bool:
    """Whether somebody meant a picture by it, which `plain` leaves out."""
    return any(unicodedata.category(character) == "So" for character in text)


def _shown(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category in _INVISIBLE or ord(character) in _VARIANTS:
        return ""
    return " " if category == "So" else character
