"""A worksheet as an XLSX file (ECMA-376), written row by row.

XlsxWriter, which does much more, takes four times as long for a row; of a hundred thousand CDRs
that is a quarter of a minute. Text is written as text, so that nothing in it calculates or links.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from switchboard.errors import Malformed
from switchboard.tables.cells import Cell, text_of

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
# What a part of a zip can have without the form for larger ones, which not every program reads.
MOST_BYTES = 2_000_000_000
# Most cells of a table are those of a row not far above.
CELLS_KNOWN = 1024
_WIDTH = 16.7
_AT_ONCE = 1 << 16

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET = "xl/worksheets/sheet1.xml"
# All that stands around a worksheet; its second style is bold.
_FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    f'+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}

# What XML reads as something else, or not at all, and space that it would take away. A text like
# _x0041_ would be read as the character of that number (ECMA-376 part 1, 22.9.2.19).
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
_NUMBERED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NO_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table; gives the number of rows. Malformed where a worksheet cannot have as many."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, xml in _FRAME.items():
            archive.writestr(name, _XML + xml)
        numbers = count()
        with archive.open(_SHEET, "w") as part:
            size = 0
            for chunk in _chunks(_sheet(header, rows, numbers)):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise Malformed("a worksheet has at most 2 GB: write .csv or .txt")
                part.write(chunk)
    return next(numbers) - 1


def _sheet(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: Iterator[int]
) -> Iterator[str]:
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView tabSelected="1"'
        ' workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
        ' state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{max(1, len(header))}" width="{_WIDTH}" customWidth="1"/></cols>'
        "<sheetData>"
    )
    columns = [_letters(number) for number in range(len(header))]
    value = lru_cache(CELLS_KNOWN)(_value)
    next(numbers)
    bold = zip(columns, header, strict=True)
    cells = (f'<c r="{column}1" s="1" {_text(name)}</c>' for column, name in bold)
    yield f'<row r="1">{"".join(cells)}</row>'
    for row in rows:
        number = next(numbers) + 1
        if number > MOST_ROWS:
            raise Malformed(f"a worksheet has at most {MOST_ROWS} rows: write .csv or .txt")
        while len(columns) < len(row):
            columns.append(_letters(len(columns)))
        cells = (
            f'<c r="{column}{number}" {value(cell)}</c>'
            for column, cell in zip(columns, row, strict=False)
            if cell != ""
        )
        yield f'<row r="{number}">{"".join(cells)}</row>'
    yield "</sheetData></worksheet>"


def _chunks(texts: Iterable[str]) -> Iterator[bytes]:
    """The same in larger pieces: a zip takes its time for each."""
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= _AT_ONCE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _value(cell: Cell) -> str:
    """The rest of a cell behind its place."""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, Decimal) and _survives(cell):
        return f"><v>{float(cell)!r}</v>"
    return _text(text_of(cell))


def _text(text: str) -> str:
    text = text[:MOST_CHARACTERS]
    if not _SPECIAL.search(text):
        return f't="inlineStr"><is><t>{text}</t></is>'
    text = _NUMBERED.sub("_x005F_", text)
    text = _NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f't="inlineStr"><is><t xml:space="preserve">{text}</t></is>'


def _survives(number: Decimal) -> bool:
    """Whether a spreadsheet, which keeps fifteen digits, gives this number back."""
    if not number.is_finite():
        return False
    # As most do, at a glance.
    _, digits, exponent = number.as_tuple()
    if len(digits) <= 15 and -300 < int(exponent) <= 0:
        return True
    return len(number.normalize().as_tuple().digits) <= 15 and abs(number.adjusted()) < 300


def _letters(column: int) -> str:
    """A, …, Z, AA, …"""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
