"""Rows of cells as files: XLSX, CSV, and TXT with tabs."""

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from switchboard.errors import Malformed
from switchboard.spreadsheets.kinds import Kind, kind_of_name
from switchboard.spreadsheets.text import escaped
from switchboard.tables.cells import Cell, text_of

MOST_XLSX_ROWS = 1_048_576
MOST_XLSX_CHARACTERS = 32_767
_DELIMITERS = {Kind.CSV: ",", Kind.TXT: "\t"}
_WIDTH = 16


def write_file(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as the kind that the file's name asks for; gives the number of rows. The file
    is there whole or not at all, and only its owner may read it. Memory does not grow with it.

    Text that looks like a formula is text in every kind; a number stays a number.
    """
    kind = kind_of_name(path.name)
    with _replacing(path) as file:
        if kind is Kind.XLSX:
            return _write_xlsx(file, header, rows)
        return _write_text(file, _DELIMITERS[kind], header, rows)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Malformed(f"{path} cannot be written: {error.strerror}") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_text(
    file: IO[bytes], delimiter: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    # No mark in front: every program but Excel would take it for a part of the first column.
    written = 0
    lines = _Encoded(file)
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
        written += 1
    return written


class _Encoded:
    """What the csv module writes to."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def _text(cell: Cell) -> str:
    return escaped(cell) if isinstance(cell, str) else text_of(cell)


def _write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    from xlsxwriter import Workbook  # 50 ms that few commands need

    workbook = Workbook(file, {"constant_memory": True})
    sheet = workbook.add_worksheet()
    bold = workbook.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(header) - 1), _WIDTH)
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, bold)
    written = 0
    for written, row in enumerate(rows, start=1):
        if written >= MOST_XLSX_ROWS:
            raise Malformed(f"a worksheet has at most {MOST_XLSX_ROWS} rows: write .csv or .txt")
        for column, cell in enumerate(row):
            if cell != "":
                _write_cell(sheet, written, column, cell)
    workbook.close()
    return written


def _write_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, Decimal) and _survives(cell):
        sheet.write_number(row, column, float(cell))
    else:
        # Never `write`, which makes formulas and links of what looks like them.
        text = cell if isinstance(cell, str) else text_of(cell)
        sheet.write_string(row, column, text[:MOST_XLSX_CHARACTERS])


def _survives(number: Decimal) -> bool:
    """Whether a spreadsheet, which keeps fifteen digits, gives this number back."""
    return len(number.normalize().as_tuple().digits) <= 15 and abs(number.adjusted()) < 300
