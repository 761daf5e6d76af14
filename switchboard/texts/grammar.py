"""The grammar of texts (design §9): any text is an order, or UnreadableText."""

import re
from datetime import date, time

from switchboard.errors import UnreadableText
from switchboard.texts.cleaning import has_symbols, keyword_form, plain, shadow, without_signature
from switchboard.texts.orders import (
    Confirm,
    Connect,
    HangUp,
    Later,
    PlainOrder,
    Redeem,
    Redial,
    Register,
    ShowBalance,
    ShowHelp,
    ShowPrice,
    SignedOrder,
    TextOrder,
)

EXAMPLE = "442071234567"
CODE_DIGITS = 6
# One more than a login can have: what is longer is nobody's, and no key that a store refuses.
LONGEST_LOGIN = 65

_ALONE: dict[str, PlainOrder] = {
    "CB": Connect(""),
    "BAL": ShowBalance(),
    "LAST": Redial(),
    "X": HangUp(),
    "HELP": ShowHelp(),
    "?": ShowHelp(),
}
_WITH_MORE = ("AT", "PRICE", "ADD")
# What no name in a phone book may be.
KEYWORDS = frozenset([*_ALONE, *_WITH_MORE])

# Between words stand spaces, `#` or lines.
_FIRST_WORD = re.compile(r"[\s#]*([^\s#]+)[\s#]*(.*)", re.DOTALL)
_FIELD = re.compile(r"(?<![^\s#])([UPTFR])\.", re.IGNORECASE)
_TIME = re.compile(
    r"(?:(\d{4})-(\d\d?)-(\d\d?)[\s#]+)?(\d\d?)[:.hH](\d\d)(?:\s*([AaPp])\.?[Mm]\.?)?(?:[\s#]+(.*))?",
    re.ASCII | re.DOTALL,
)
_PIN = re.compile(r"([0-9]{4,20})[\s#]+(\S.*)", re.DOTALL)


def read_text(text: str) -> TextOrder:
    """What a text asks for. UnreadableText shows one right example, and nothing of the text,
    which may hold a PIN or a password."""
    written = without_signature(text)
    words = plain(written)
    if not words and has_symbols(written):
        # A thumb for our last reply is no wish to be rung at one's own cost.
        raise unreadable()
    return _signed(written) or read_plain(words)


def read_plain(words: str) -> PlainOrder:
    """An order without login and password, from a text that was made plain."""
    matched = _FIRST_WORD.fullmatch(words)
    if matched is None:
        return Connect("")
    first, more = keyword_form(matched[1]), matched[2]
    # As at the end of a sentence: "Bal."
    first = first.rstrip(".,!?") or first
    if first in _ALONE and not more:
        return _ALONE[first]
    if first == "CB":
        return Connect(more)
    if first == "AT":
        return _later(more)
    if first == "PRICE" and more:
        return ShowPrice(more)
    if first == "ADD" and more:
        return Redeem(more.replace("#", " "))
    if first.isascii() and first.isdigit() and len(first) == CODE_DIGITS and not more:
        return Confirm(first)
    if first.startswith("R."):
        return _register(words.strip("# ")[2:])
    if first in KEYWORDS:
        raise unreadable()
    return Connect(words)


def split_pin(phones: str) -> tuple[str, PlainOrder] | None:
    """The PIN that a text begins with and the order behind it; None where it has none."""
    matched = _PIN.fullmatch(phones.strip("# \n"))
    if matched is None:
        return None
    try:
        return matched[1], read_plain(matched[2])
    except UnreadableText:
        return None


def unreadable() -> UnreadableText:
    """The refusal of a text that is no order."""
    return UnreadableText(
        f"We could not read that. Text the number you want to call, for example {EXAMPLE}"
    )


def _signed(written: str) -> TextOrder | None:
    """`U.login P.password T.number F.number` and `R.number`; None where the text does not begin
    like that. The password is taken as it was written."""
    found = list(_FIELD.finditer(shadow(written)))
    if not found or shadow(written)[: found[0].start()].strip("# \n\t"):
        return None
    ends = [*(one.start() for one in found[1:]), len(written)]
    fields = {
        one[1].upper(): _field(written[one.end() : end], last=end == len(written))
        for one, end in zip(found, ends, strict=True)
    }
    if len(fields) < len(found) or not all(fields.values()):
        raise unreadable()
    order = _of_fields(fields)
    if fields.keys() == {"R"}:
        return order
    if not {"U", "P"} <= fields.keys():
        raise unreadable()
    return SignedOrder(plain(fields["U"]).lower()[:LONGEST_LOGIN], fields["P"], order)


def _field(written: str, *, last: bool) -> str:
    """The value without what parts it from the next one; a password may end in `#` itself."""
    value = written.strip()
    parted = last or written != written.rstrip()
    return value if parted else value.removesuffix("#")


def _of_fields(fields: dict[str, str]) -> Connect | Register:
    phones = {name: plain(fields[name]).replace("\n", " ") for name in "TFR" if name in fields}
    if phones.keys() == {"R"}:
        return _register(phones["R"])
    if "T" not in phones or "R" in phones:
        raise unreadable()
    return Connect("\n".join(phones[name] for name in "FT" if name in phones))


def _register(phone: str) -> Register:
    if not phone.strip("# "):
        raise unreadable()
    return Register(phone.strip("# "))


def _later(more: str) -> Later:
    matched = _TIME.fullmatch(more)
    if matched is None:
        raise UnreadableText(f"Text a time and a number, for example AT 18:30 {EXAMPLE}")
    year, month, day, hour, minute, half, phones = matched.groups()
    try:
        on = None if year is None else date(int(year), int(month), int(day))
        at = time(_hour(int(hour), half), int(minute))
    except ValueError:
        raise UnreadableText(f"There is no such time. Text AT 18:30 {EXAMPLE}") from None
    return Later(at, on, phones or "")


def _hour(hour: int, half: str | None) -> int:
    """The hour of the day; ValueError where a clock of twelve hours has none like it."""
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half in "Pp" else 0)
