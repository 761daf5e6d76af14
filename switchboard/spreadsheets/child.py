"""Reads a workbook in a process of its own and writes its cells as lines of JSON.

A few kilobytes can ask for more memory than a machine has, and the reader then takes its process
with it. This one has nothing to lose: limited memory, limited time, and a parent that notices.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any, NoReturn

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from switchboard.spreadsheets.kinds import REFUSED

MEMORY_BYTES = 1 << 30
PROCESSOR_S = 60


def main() -> None:
    """The workbook of standard input, to standard output: for each worksheet its name,
    then its rows, one a line. Exit status REFUSED with the reason where it cannot be read."""
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, PROCESSOR_S)):
        # A limit that is lower already stays.
        with suppress(ValueError):
            resource.setrlimit(what, (most, most))
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for name in _names(workbook, *sys.argv[1:]):
            sys.stdout.write(json.dumps({"worksheet": name}) + "\n")
            for cells in _rows(workbook.get_sheet_by_name(name)):
                sys.stdout.write(json.dumps(cells) + "\n")
    except (CalamineError, MemoryError, UnicodeError) as error:
        _refuse(str(error).partition("\n")[0][:200] or "it is too large")


def _names(workbook: CalamineWorkbook, wanted: str | None = None) -> list[str]:
    if wanted is not None:
        if wanted not in workbook.sheet_names:
            known = ", ".join(workbook.sheet_names)
            _refuse(f"there is no worksheet “{wanted}”; there is: {known}"[:1000])
        return [wanted]
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible
    ]


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    # Columns are counted from the first that has something in it, rows from the first of all.
    return ([_plain(cell) for cell in row] for row in sheet.iter_rows())


def _refuse(reason: str) -> NoReturn:
    sys.stderr.buffer.write(reason.encode(errors="replace"))
    sys.exit(REFUSED)


def _plain(cell: object) -> object:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (int, float)):
        # A spreadsheet keeps fifteen digits; what a float has beyond them is noise.
        return float(f"{cell:.15g}")
    if isinstance(cell, datetime):
        return {"at": cell.isoformat()}
    if isinstance(cell, date):
        return {"at": f"{cell.isoformat()}T00:00:00"}
    return str(cell)
