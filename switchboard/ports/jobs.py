"""Where jobs and their files are kept, and what they read and write tables with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, Protocol

from switchboard.ports.pages import Page
from switchboard.staff.jobs import Job
from switchboard.tables.cells import Cell, Worksheet


class Jobs(Protocol):
    """Jobs, until they are forgotten."""

    def add(self, job: Job) -> bool:
        """Add a job, if its id is new."""

    def find(self, job: str) -> Job | None:
        """A job, strongly consistent."""

    def replace(self, old: Job, new: Job) -> bool:
        """Replace a job, if it is still `old`. Its id, who asked for it and when stay."""

    def page(self, *, by: str | None = None, limit: int, cursor: str | None) -> Page[Job]:
        """A part of the jobs of a user, or of all, newest first; a new one may be in it a moment
        late. Malformed where the cursor is not one of ours."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where a browser posts a file to, as multipart/form-data: these fields first, then the file as
    `file`."""

    url: str
    fields: Mapping[str, str] = field(repr=False)


class Files(Protocol):
    """Files by their keys. What is under `uploads/` and `secrets/` is gone after a day or two, what
    is under `results/` after a week."""

    def put(self, key: str, content: IO[bytes], content_type: str) -> int:
        """Keep a file, in the place of one of this key; gives its size in bytes."""

    def open(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A file as a stream that is read from its beginning to its end. NotFound where there is
        none."""

    def size(self, key: str) -> int | None:
        """The size of a file in bytes."""

    def delete(self, key: str) -> None:
        """Delete a file; one that is gone is fine."""

    def link(self, key: str, name: str) -> str:
        """An address where a browser gets a file, and saves it under this name, for a minute:
        whoever has it needs no other right."""

    def upload_form(self, key: str, *, most_bytes: int, then: str) -> UploadForm:
        """How a browser uploads a file under this key within an hour, and is sent to the address
        `then`."""


class Spreadsheets(Protocol):
    """Tables as files of spreadsheet programs and of text."""

    def read(
        self,
        data: bytes,
        *,
        worksheet: str | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> AbstractContextManager[Iterator[Worksheet]]:
        """The worksheets of a file; what is not told of it is found out. Malformed where it cannot
        be read."""

    def written(
        self, kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
    ) -> AbstractContextManager[IO[bytes]]:
        """A table as a file of this kind (`xlsx`, `csv`, `txt`), open for reading while the block
        lasts. Memory does not grow with it, and no text in it becomes a formula."""
