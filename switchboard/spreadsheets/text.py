"""Text files as rows: encoding, byte order mark and delimiter are found out."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from switchboard.errors import Malformed
from switchboard.tables.cells import Row

DELIMITERS = (",", ";", "\t", "|")
# So much of a file tells its delimiter; more would not change the answer.
PROBED_ROWS = 40
PROBED_CHARACTERS = 100_000
# Before these, in the first place of a cell, a quote mark keeps a spreadsheet from calculating.
FORMULA_SIGNS = tuple("=+-@\t\r")
_KEPT = (*FORMULA_SIGNS, "'")
# Nothing to calculate, and other programs shall find them as they are.
_PHONES = re.compile(r"\+[0-9]{5,15}(, \+[0-9]{5,15})*")
# UTF-32 before UTF-16, whose mark its own begins with.
# What Python's reader says of a quotation mark, in words for whoever has the file.
_FAULTS = {
    "unexpected end of data": "a quotation mark is opened and never closed: all below is one cell",
    "expected after": "a quotation mark is closed in the middle of a cell",
    "field larger": "a cell is longer than any that a rate or an account has",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file. Its mark says how it is encoded, or else zeros in every other byte do;
    what is neither UTF-16 nor UTF-8 is taken for Windows-1252, unless an encoding is given."""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _decode(data.removeprefix(mark), marked)
    if encoding is not None:
        return _decode(data, encoding)
    sample = data[:2000]
    for start, guessed in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(sample) > 3 and sample[start::2].count(0) > len(sample) // 5:
            return _decode(data, guessed)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _decode(data, "cp1252")


def rows_of_text(text: str, delimiter: str | None = None) -> Iterator[Row]:
    """The rows that are not blank, each with the line that it begins in."""
    line = 1
    first, _, rest = text.partition("\n")
    if first.strip().lower() in {f"sep={mark}" for mark in DELIMITERS}:
        # Excel's own hint, in a line before the header.
        delimiter, text, line = first.strip()[4:] or "\t", rest, 2
    for row in _rows(text, delimiter or _delimiter(text), line):
        if row.fault or any(row.cells):
            yield row


def escaped(text: str) -> str:
    """The text as it is written into a text file: a spreadsheet that opens the file shows it, and
    does not calculate it. `unescaped` gives back exactly what it was."""
    if not text.startswith(_KEPT) or _PHONES.fullmatch(text):
        return text
    return f"'{text}" if text.startswith(FORMULA_SIGNS) or _is_escaped(text) else text


def unescaped(cell: str) -> str:
    """What a cell of a text file says: without the mark that `escaped` put before it, and without
    the formula that people wrap around digits to keep their zeros (`="0044"`)."""
    if _is_escaped(cell):
        return cell[1:]
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return cell


def _is_escaped(text: str) -> bool:
    return text.startswith("'") and text[1:].startswith(_KEPT)


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Malformed(
            f"the file is not {encoding.upper()}: byte {error.start + 1} cannot be read"
        ) from None
    except LookupError:
        raise Malformed(f"there is no encoding “{encoding[:20]}”") from None


def _delimiter(text: str) -> str:
    """The mark that parts the most rows into the same number of cells, and into the most."""
    sample = text.lstrip()[:PROBED_CHARACTERS]

    def evenness(delimiter: str) -> tuple[int, int]:
        probed = (row for row in _rows(sample, delimiter, 1) if any(row.cells))
        widths = Counter(len(row.cells) for row in islice(probed, PROBED_ROWS))
        return max(((rows, width) for width, rows in widths.items() if width > 1), default=(0, 0))

    return max(DELIMITERS, key=evenness)


def _rows(text: str, delimiter: str, first_line: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + first_line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            known = (fault for said, fault in _FAULTS.items() if said in str(error))
            yield Row(line, (), next(known, str(error)))
            continue
        if any("\0" in cell for cell in cells):
            yield Row(line, (), "there is a zero byte in it: the file is damaged")
        elif cells:
            yield Row(line, tuple(unescaped(cell.strip()) for cell in cells))
