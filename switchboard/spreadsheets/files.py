"""Tables as files that are on the disk only while they are used."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from switchboard.spreadsheets.reading import FileForm, read_worksheets
from switchboard.spreadsheets.writing import write_file
from switchboard.tables.cells import Cell, Worksheet


class FileSpreadsheets:
    """`Spreadsheets`."""

    @contextmanager
    def read(
        self,
        data: bytes,
        *,
        worksheet: str | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> Iterator[Iterator[Worksheet]]:
        """The worksheets of a file."""
        form = FileForm(worksheet, encoding, delimiter)
        with closing(read_worksheets(data, form)) as worksheets:
            yield worksheets

    @contextmanager
    def written(
        self, kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
    ) -> Iterator[IO[bytes]]:
        """A table as a file of this kind."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"table.{kind}"
            write_file(path, header, rows)
            with path.open("rb") as file:
                yield file
