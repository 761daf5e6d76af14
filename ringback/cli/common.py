"""What the commands share: which system they talk to, and how they show what they found."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from switchboard.ports import Ports

State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        help="Talk to the `ringback up` of this directory (else $RINGBACK_STATE, else"
        " $AWS_ENDPOINT_URL, else ./var, else AWS if a region is set).",
        show_default=False,
    ),
]
PIPED_WIDTH = 200

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def ports_for(state: Path | None) -> "Ports":
    """The ports of the system that a command talks to. Imported late: --help shall be quick."""
    import os

    from ringback.wiring import ports_of, system_env

    return ports_of(system_env(state, os.environ))


def show_list(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """A table for people, or a JSON list for programs, which has more than the columns."""
    rows = list(rows)
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column.replace("_", " "))
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    # What is read by a program or a pager shall not be wrapped at 80 columns.
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    Console(highlight=False, width=width).print(table if rows else "nothing")


def show_one(row: Mapping[str, Any], *, as_json: bool) -> None:
    """One thing, a line for each of its fields."""
    if as_json:
        typer.echo(json.dumps(row, indent=2, ensure_ascii=False))
        return
    width = max(len(name) for name in row)
    for name, value in row.items():
        typer.echo(f"{name.replace('_', ' '):{width}}  {_cell(value)}")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_cell(inner)}" for name, inner in value.items())
    if isinstance(value, (list, tuple)):
        return " ".join(_cell(inner) for inner in value) or "-"
    return str(value)
