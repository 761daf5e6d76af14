"""The codes of a cell: one, a list, ranges, and what spreadsheets make of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from switchboard.errors import Malformed
from switchboard.tables.cells import Cell, text_of

# One cell that stands for more codes than this is a slip of the pen.
MOST_CODES_OF_A_CELL = 10_000
# ITU-T E.164 §6.2.1
MOST_DIGITS = 15
# Excel shows a number of more digits as 4.47712E+11, and saves what it shows.
_SHOWN_WHOLE = 11

_DIGITS = re.compile(r"[0-9]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_EXPONENT = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,2}")
_POINT_ZERO = re.compile(r"([0-9]+)\.0+")
_SEPARATOR = re.compile(r"[,;|\n]")
_DASH = re.compile(r"\s*[-\u2010-\u2015]\s*")


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """How a column of codes is written: whether 447,710 may as well be one code with its digits in
    groups as two, and whether each code already begins with its country code."""

    ambiguous: bool = False
    whole: bool = False

    @classmethod
    def of(cls, cells: Iterable[tuple[Cell, Cell]], *, has_country: bool) -> "CodeColumn":
        """From the pairs of country code and code of every row."""
        looks_grouped = parts_codes = False
        whole = has_country
        for country, cell in cells:
            code = text_of(cell)
            if _THOUSANDS.fullmatch(code) and not has_country:
                looks_grouped = True
            elif len(code) > 3 or "," in code:
                # A program that groups digits groups those of every long code.
                parts_codes = True
            if whole and code:
                dialled = _bare(text_of(country))
                first = _bare(_SEPARATOR.split(code)[0])
                whole = first != dialled and first.startswith(dialled)
        return cls(looks_grouped and not parts_codes, whole)


def codes_of(cell: Cell, column: CodeColumn, country: Cell = "") -> list[str]:
    """The prefixes that a cell stands for, each whole, in its order."""
    before = _bare(text_of(country))
    if before and not _DIGITS.fullmatch(before):
        raise Malformed(f"the country code “{before[:20]}” is not made of digits")
    text = text_of(cell)
    parts = [part for part in _SEPARATOR.split(text) if part.strip()]
    if not parts and not before:
        raise Malformed("there is no prefix")
    if column.ambiguous and _THOUSANDS.fullmatch(text):
        raise Malformed(
            f"“{text}” may be several codes or one with its digits in groups: write “, ” between"
            " codes"
        )
    codes: list[str] = []
    for part in parts or [""]:
        codes += _part(part, before, column)
        if len(codes) > MOST_CODES_OF_A_CELL:
            raise Malformed(f"“{text[:40]}” stands for more codes than anybody means")
    return codes


def _part(part: str, before: str, column: CodeColumn) -> list[str]:
    first, dash, last = _ends(part)
    start = _whole(first, before, column)
    if not dash:
        return [start]
    end = _bare(last)
    # 44770-9 is 44770-44779.
    is_short = len(end) < len(_bare(first))
    end = start[: len(start) - len(end)] + end if is_short else _whole(last, before, column)
    if not last or not _DIGITS.fullmatch(end) or len(end) != len(start) or end < start:
        raise Malformed(f"“{part.strip()[:40]}” is no range: its ends differ in length or order")
    count = int(end) - int(start) + 1
    if count > MOST_CODES_OF_A_CELL:
        raise Malformed(f"“{part.strip()[:40]}” stands for {count} codes, more than anybody means")
    return [str(code) for code in range(int(start), int(end) + 1)]


def _ends(part: str) -> tuple[str, bool, str]:
    ends = _DASH.split(part.strip(), maxsplit=1)
    return (ends[0], True, ends[1]) if len(ends) == 2 else (ends[0], False, "")


def _whole(code: str, before: str, column: CodeColumn) -> str:
    """A code with its country code. Malformed where it is not 1 to 15 digits."""
    bare = _unmangled(_bare(code))
    digits = bare if column.whole else before + bare
    if not _DIGITS.fullmatch(digits):
        if re.fullmatch(r"[0-9]+( +[0-9]+)+", digits):
            raise Malformed(
                f"“{code.strip()[:40]}”: put commas between codes, and no spaces in one"
            )
        raise Malformed(f"prefix “{code.strip()[:20]}” is not made of digits")
    if digits.startswith("0"):
        raise Malformed(f"prefix {digits[:20]} begins with 0: a country code is missing")
    if len(digits) > MOST_DIGITS:
        raise Malformed(f"prefix {digits[:20]}… has more than {MOST_DIGITS} digits")
    return digits


def _bare(code: str) -> str:
    """Without what people write before an international code: a plus, two zeros, a mark that
    makes text of it."""
    code = code.strip().removeprefix("'").strip()
    return code.removeprefix("+").strip() if code.startswith("+") else code.removeprefix("00")


def _unmangled(code: str) -> str:
    """The digits that a spreadsheet made a number of: 44.0, 4.4771E+5."""
    point_zero = _POINT_ZERO.fullmatch(code)
    if point_zero:
        return point_zero[1]
    if not _EXPONENT.fullmatch(code):
        return code
    try:
        number = Decimal(code)
    except InvalidOperation:
        raise Malformed(f"prefix “{code[:20]}” is not made of digits") from None
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent < 0 or (exponent > 0 and len(digits) + exponent > _SHOWN_WHOLE):
        raise Malformed(f"prefix “{code[:20]}” was cut short by a spreadsheet: its digits are lost")
    return str(int(number))
