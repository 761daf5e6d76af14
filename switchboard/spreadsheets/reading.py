"""Files as worksheets: XLSX, XLS, XLSB and ODS, and text with any usual delimiter."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import IO

from switchboard.errors import Malformed
from switchboard.spreadsheets.kinds import REFUSED, check_unpacked_size, is_workbook
from switchboard.spreadsheets.text import decode, rows_of_text
from switchboard.tables.cells import Row, Worksheet

# A deck of a million rows has 40 MB.
MOST_BYTES = 200 * 1024 * 1024
# What many a web page calls .xls.
_MARKUP = re.compile(r"\s*<(!doctype|\?xml|html|table|head|meta|style)\b", re.IGNORECASE)
# -c, because the child shall find what this process finds, wherever its path comes from.
_BOOT = "import sys; n = int(sys.argv.pop(1)); sys.path[:] = sys.argv[1:n+1]; del sys.argv[1:n+1]; "
_BOOT += "from switchboard.spreadsheets.child import main; main()"


@dataclass(frozen=True, slots=True)
class FileForm:
    """What is told about a file instead of found out: the worksheet, or for text the encoding
    and the delimiter."""

    worksheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


def read_worksheets(data: bytes, form: FileForm = FileForm()) -> Generator[Worksheet, None, None]:
    """The worksheets of a file, one after the other: the visible ones, or the one asked for. A
    text file is one without a name. Malformed where it cannot be read, or is not what it says."""
    if len(data) > MOST_BYTES:
        raise Malformed(f"the file has more than {MOST_BYTES // 2**20} MB")
    if is_workbook(data):
        check_unpacked_size(data)
        for (_, name), rows in groupby(_read(data, form.worksheet), key=itemgetter(0)):
            yield Worksheet(name, (row for _, row in rows))
        return
    text = decode(data, form.encoding)
    if _MARKUP.match(text):
        raise Malformed("the file is HTML or XML, whatever it is called: save it as .xlsx or .csv")
    yield Worksheet("", rows_of_text(text, form.delimiter))


def _read(data: bytes, worksheet: str | None) -> Iterator[tuple[tuple[int, str], Row]]:
    """Every row that is not blank, with the place and the name of its worksheet."""
    wanted = [] if worksheet is None else [worksheet]
    command = [sys.executable, "-c", _BOOT, str(len(sys.path)), *sys.path, *wanted]
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as complaints:
        source.write(data)
        source.seek(0)
        child = subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=complaints)
        assert child.stdout is not None
        try:
            yield from _rows(child.stdout)
            if child.wait():
                raise Malformed(_why(child.returncode, complaints))
        finally:
            child.kill()
            child.stdout.close()
            child.wait()


def _rows(lines: IO[bytes]) -> Iterator[tuple[tuple[int, str], Row]]:
    place, name, line = 0, "", 0
    for written in lines:
        if not written.endswith(b"\n"):
            return  # the child died while it wrote; its exit status tells
        found = _DECODER.decode(written.decode())
        if isinstance(found, dict):
            place, name, line = place + 1, found["worksheet"], 0
            continue
        line += 1
        if any(cell != "" for cell in found):
            yield (place, name), Row(line, tuple(found))


def _instant_or_name(found: dict[str, str]) -> datetime | dict[str, str]:
    return datetime.fromisoformat(found["at"]) if "at" in found else found


_DECODER = json.JSONDecoder(
    parse_float=Decimal,
    parse_int=Decimal,
    parse_constant=str,
    object_hook=_instant_or_name,
)


def _why(status: int, complaints: IO[bytes]) -> str:
    if status != REFUSED:
        return "the file is too large for its reader, or made to break it"
    complaints.seek(0)
    reason = complaints.read().decode(errors="replace")
    return f"the file cannot be read: {reason}"
