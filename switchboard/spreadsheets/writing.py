"""Rows of cells as files: XLSX, CSV, and TXT with tabs."""

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO

from switchboard.errors import Malformed
from switchboard.spreadsheets.kinds import Kind, kind_of_name
from switchboard.spreadsheets.text import escaped
from switchboard.spreadsheets.xlsx import CELLS_KNOWN, write_xlsx
from switchboard.tables.cells import Cell, text_of

_DELIMITERS = {Kind.CSV: ",", Kind.TXT: "\t"}


def write_file(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as the kind that the file's name asks for; gives the number of rows. The file
    is there whole or not at all, and only its owner may read it. Memory does not grow with it.

    Text that looks like a formula is text in every kind; a number stays a number.
    """
    kind = kind_of_name(path.name)
    with _replacing(path) as file:
        if kind is Kind.XLSX:
            return write_xlsx(file, header, rows)
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
    text = lru_cache(CELLS_KNOWN)(_text)
    for row in rows:
        writer.writerow(map(text, row))
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
