"""What the commands share: which system they talk to, and how they show what they found."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from switchboard.ports import Ports
    from switchboard.staff.users import Operator

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
# So many fields of a field fit behind its name.
FEW = 3
_AMOUNT = re.compile(r"-?[0-9]+\.[0-9]+")
# Of an instant: a list is read by the second, and --json has the rest.
_FRACTION = re.compile(r"(?<=T[0-9]{2}:[0-9]{2}:[0-9]{2})\.[0-9]+(?=Z$)")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def ports_for(state: Path | None) -> "Ports":
    """The ports of the system that a command talks to. Imported late: --help shall be quick."""
    import os

    from ringback.wiring import ports_of, system_env

    return ports_of(system_env(state, os.environ))


def operator() -> "Operator":
    """Who uses the command: the machine's administrator, for the audit log."""
    import getpass
    import socket

    from switchboard.staff.users import at_command_line

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # an id without a name, as containers have
        import os

        user = f"uid-{os.getuid()}"
    return at_command_line(user, socket.gethostname())


def telling(ports: "Ports") -> AbstractContextManager[object]:
    """Has the system log told of what this command does while the block lasts."""
    import os

    from switchboard.desk.system_log import telling as tell_while

    return tell_while(ports.system_log, "command", f"command-{os.getpid()}")


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
        is_number = all(_is_number(row[column]) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(_FRACTION.sub("", _cell(row[column])) for column in columns))
    # What is read by a program or a pager shall not be wrapped at 80 columns.
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    Console(highlight=False, width=width).print(table if rows else "nothing")


def show_one(row: Mapping[str, Any], *, as_json: bool) -> None:
    """One thing, a line for each of its fields; what has many of its own has them below."""
    if as_json:
        typer.echo(json.dumps(row, indent=2, ensure_ascii=False))
        return
    _show_fields(row, indent="")


def _show_fields(row: Mapping[str, Any], *, indent: str) -> None:
    width = max(len(name) for name in row)
    for name, value in row.items():
        title = f"{indent}{name.replace('_', ' '):{width}}"
        if isinstance(value, Mapping) and len(value) > FEW:
            typer.echo(title.rstrip())
            _show_fields(value, indent=f"{indent}  ")
        else:
            typer.echo(f"{title}  {_cell(value)}")


def _is_number(value: Any) -> bool:
    """Whether it is a count or an amount. A prefix is neither, though it has only digits."""
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return is_count or (isinstance(value, str) and _AMOUNT.fullmatch(value) is not None)


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
