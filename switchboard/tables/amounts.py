"""Numbers as people write them, read exactly; a column tells which mark is its decimal one."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import Enum

from switchboard.errors import Malformed
from switchboard.money import parse_units
from switchboard.tables.cells import Cell, text_of

# A number with more before its point is no amount.
MOST_DIGITS = 30


class DecimalMark(Enum):
    """What stands before the decimals."""

    POINT = "point"
    COMMA = "comma"


# Between groups of digits: spaces of any width, apostrophes.
_SPACES = re.compile("(?<=[0-9])[ \u00a0\u2009\u202f'\u2019](?=[0-9]{3})")
_MONEY_SIGN = re.compile(r"^([+-]?)\s*[$€£¥₹]\s*|\s*[$€£¥₹]$")
_CURRENCY = re.compile(r"^([A-Z]{3})\s*(?=[0-9.,+-])|(?<=[0-9.,])\s*([A-Z]{3})$")
_EXPONENT = re.compile(r"([+-]?[0-9]{1,20}(?:[.,][0-9]{1,20})?)[eE]([+-]?[0-9]{1,2})")
# Both marks may stand in one number, but only the last of them once.
_POINT = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]*)?")
_COMMA = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)?(,[0-9]*)?")


def decimal_mark(name: str, cells: Iterable[tuple[int, Cell]]) -> DecimalMark:
    """The decimal mark of a column, by all of its cells, each with its line. Malformed where they
    contradict each other, or where 1,234 might as well be a thousand."""
    first_lines: dict[str, int] = {}
    for line, cell in cells:
        if isinstance(cell, str):
            first_lines.setdefault(cell, line)
    seen: dict[DecimalMark, tuple[int, str]] = {}
    unsure: tuple[int, str] | None = None
    for text, line in first_lines.items():
        number = _bare(text)
        if not (_POINT.fullmatch(number) or _COMMA.fullmatch(number)):
            continue
        mark = _told_by(number)
        if mark is not None:
            seen.setdefault(mark, (line, text))
        elif "," in number:
            unsure = unsure or (line, text)
    if len(seen) == 2:
        point, comma = seen[DecimalMark.POINT], seen[DecimalMark.COMMA]
        raise Malformed(
            f"{name}: “{point[1][:20]}” in line {point[0]} has a decimal point,"
            f" “{comma[1][:20]}” in line {comma[0]} a decimal comma"
        )
    if unsure and not seen:
        raise Malformed(
            f"{name}: “{unsure[1][:20]}” in line {unsure[0]} may have a decimal comma or be a"
            " thousand: say which (--decimal)"
        )
    # 1.234 alone is what a program writes.
    return next(iter(seen), DecimalMark.POINT)


def _told_by(number: str) -> DecimalMark | None:
    """What a number tells of its column: nothing, where a mark stands before three digits that
    may be thousands."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return DecimalMark.POINT if number.rfind(".") > number.rfind(",") else DecimalMark.COMMA
    if points > 1 or commas > 1:
        return DecimalMark.COMMA if points else DecimalMark.POINT
    if not (points or commas):
        return None
    before, mark, behind = number.lstrip("+-").partition("," if commas else ".")
    if len(behind) == 3 and 0 < len(before) < 4 and before[0] != "0":
        return None
    return DecimalMark.COMMA if mark == "," else DecimalMark.POINT


def units_of(cell: Cell, mark: DecimalMark, *, decimals: int, currency: str | None = None) -> int:
    """A number as a whole number of 10^-decimals. Malformed where it is none, has more decimals
    than that, or is in another currency.

    Text is taken exactly. What a spreadsheet computed is rounded to the last decimal there is.
    """
    with localcontext(prec=80):
        if isinstance(cell, str):
            number = _plain(cell, mark, currency)
        elif isinstance(cell, Decimal) and cell.adjusted() < MOST_DIGITS:
            number = f"{cell.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN):f}"
        else:
            number = text_of(cell)
    return parse_units(number, decimals=decimals)


def _plain(text: str, mark: DecimalMark, currency: str | None) -> str:
    """The number as a program writes it."""
    number = _bare(text, currency)
    scientific = _EXPONENT.fullmatch(number)
    if scientific:
        return f"{Decimal(scientific[1].replace(',', '.')).scaleb(int(scientific[2])):f}"
    is_point = mark is DecimalMark.POINT
    if not (_POINT if is_point else _COMMA).fullmatch(number):
        raise Malformed(f"“{text.strip()[:40]}” is not an amount: write it like 12.50")
    return number.replace(",", "") if is_point else number.replace(".", "").replace(",", ".")


def _bare(text: str, currency: str | None = None) -> str:
    """The number without its currency and without spaces."""
    number = _without_currency(text.strip(), currency).replace("\u2212", "-")
    return _SPACES.sub("", _MONEY_SIGN.sub(r"\1", number))


def _without_currency(text: str, currency: str | None) -> str:
    found = _CURRENCY.search(text)
    if found is None:
        return text
    written = found[1] or found[2]
    if currency is not None and written != currency:
        raise Malformed(f"“{text[:40]}” is in {written}, the sheet in {currency}")
    return (text[: found.start()] + text[found.end() :]).strip()
