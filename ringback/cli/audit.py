"""`ringback audit`: who did what."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list

if TYPE_CHECKING:
    from switchboard.staff.audit import AuditEntry

app = typer.Typer(help="The audit log: who did what, by the console or the command.")
COLUMNS = ("at", "by", "door", "address", "deed", "about", "changed")


@app.callback()
def group() -> None:
    """The audit log: who did what, by the console or the command."""


@app.command("list")
def list_(
    by: Annotated[str, typer.Option(help="What this user did.")] = "",
    about: Annotated[str, typer.Option(help="What was done about this: “account alice”.")] = "",
    broken_off: Annotated[
        bool, typer.Option("--broken-off", help="What was begun, and may be done or not.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 50,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The latest entries."""
    from switchboard.desk.office.audit import read_log

    page = read_log(
        ports_for(state), operator(), login=by, about=about, broken_off=broken_off, limit=limit
    )
    show_list([_row(entry) for entry in page.items], COLUMNS, as_json=as_json)


def _row(entry: "AuditEntry") -> dict[str, Any]:
    from switchboard.wire import instant

    return {
        **asdict(entry),
        "at": instant(entry.at),
        "deed": f"{entry.deed} (broken off)" if entry.begun else entry.deed,
        "changes": [asdict(change) for change in entry.changes],
        "changed": [
            f"{one.what}: {one.was or '-'} → {one.became or '-'};" for one in entry.changes
        ],
    }
