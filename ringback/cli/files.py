"""What the commands share that read and write files of other programs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.common import show_list

if TYPE_CHECKING:
    from switchboard.tables.cells import BadRow, Worksheet

OutFile = Annotated[Path, typer.Option("-o", "--output", help="Ends in .xlsx, .csv or .txt.")]
Map = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN,…",
        help="Columns by hand, like code=Prefix,rate=Cost; the others are found by their names.",
    ),
]
Decimal = Annotated[
    str | None, typer.Option(help="The decimal mark, point or comma, where the file does not tell.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]


@dataclass(frozen=True, slots=True)
class Source:
    """A file of another program."""

    file: Annotated[Path, typer.Argument(help="XLSX, XLS, ODS, CSV or TXT.")]
    worksheet: Annotated[
        str | None, typer.Option(help="Of a workbook; else the first with a header that fits.")
    ] = None
    encoding: Annotated[
        str | None,
        typer.Option(help="Of a text file; else it is found out."),
    ] = None
    delimiter: Annotated[
        str | None, typer.Option(help="Of a text file, like ';' or tab; else it is found out.")
    ] = None

    def worksheets(self) -> "AbstractContextManager[Iterator[Worksheet]]":
        """What is in it. Malformed where it cannot be read, or where the delimiter is not one
        character."""
        from ringback.wiring import worksheets_of
        from switchboard.errors import Malformed

        named = "\t" if self.delimiter in {"tab", "\\t"} else self.delimiter
        if named is not None and (len(named) != 1 or named in '"\r\n'):
            raise Malformed(f"“{self.delimiter}” is no delimiter: give one character, or tab")
        return worksheets_of(
            self.file, worksheet=self.worksheet, encoding=self.encoding, delimiter=named
        )


def renamed(names: Mapping[str, str]) -> dict[str, str] | str:
    """The columns that a file calls otherwise than we do, for people."""
    return {field: name for field, name in names.items() if field != name} or "as ours"


def rows_body(rows: "Sequence[BadRow]") -> list[dict[str, object]]:
    """Rows that were not taken, for JSON."""
    return [{"line": row.line, "reason": row.reason} for row in rows]


def show_rows(title: str, rows: "Sequence[BadRow]") -> None:
    """Rows that were not taken, for people; nothing where there are none."""
    if rows:
        typer.echo(f"\n{title}")
        show_list(rows_body(rows), ("line", "reason"), as_json=False)
