"""What kind of file it is: by its first bytes when it is read, by its name when it is written."""

import io
import zipfile
import zlib
from collections.abc import Callable
from enum import Enum

from switchboard.errors import Malformed

# A deck of a million rows has 300 MB of XML; what unpacks to more than this is no rate sheet.
MOST_UNPACKED_BYTES = 512 * 1024 * 1024
MOST_PARTS = 10_000
_CHUNK = 1 << 20
# The exit status of the process that reads workbooks, where the workbook is to blame.
REFUSED = 3


class Kind(Enum):
    """A file that a spreadsheet program writes, or text."""

    XLSX = "xlsx"
    CSV = "csv"
    TXT = "txt"


def kind_of_name(name: str) -> Kind:
    """The kind that the ending of a file name asks for. Malformed where we do not write it."""
    ending = name.rpartition(".")[2].lower()
    try:
        return Kind(ending)
    except ValueError:
        raise Malformed(f"“{name}” does not end in .xlsx, .csv or .txt") from None


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a spreadsheet program's: a zip (XLSX, XLSB, ODS) or OLE2 (XLS)."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def check_unpacked_size(data: bytes) -> None:
    """Malformed where a zip is damaged, or unpacks to more than a rate sheet can be. Each part
    is unpacked and thrown away: the sizes that a zip states may be lies."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            stated_bytes = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or stated_bytes > MOST_UNPACKED_BYTES:
                raise Malformed(
                    f"the file unpacks to {stated_bytes // 2**20} MB in {len(parts)} parts: that"
                    f" is no spreadsheet of ours (at most {MOST_UNPACKED_BYTES // 2**20} MB)"
                )
            for part in parts:
                # Reading stops at the stated size, and a checksum tells whether that was all.
                with archive.open(part) as stream:
                    _drain(stream.read)
    # What a broken zip raises, by Python's own documentation and by trying: there is no list.
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        RuntimeError,  # encrypted, or a compression that nobody uses
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as error:
        raise Malformed(f"the file is no spreadsheet, or a damaged one: {error}") from None


def _drain(read: Callable[[int], bytes]) -> None:
    while read(_CHUNK):
        pass
