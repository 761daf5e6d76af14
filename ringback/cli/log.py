"""`ringback log`: what the processes of the system have to tell."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list

if TYPE_CHECKING:
    from switchboard.wire import Body

app = typer.Typer(help="The system log: warnings, faults, and what is notable.")
COLUMNS = ("at", "severity", "part", "process", "times", "text")


class Severity(StrEnum):
    """How much it matters, at least."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@app.callback()
def group() -> None:
    """The system log: warnings, faults, and what is notable."""


@app.command("list")
def list_(
    since: Annotated[
        str | None, typer.Option(metavar="ISO", help="Not older than this; UTC, if not said.")
    ] = None,
    severity: Annotated[Severity, typer.Option(help="At least so severe.")] = Severity.INFO,
    part: Annotated[str, typer.Option(help="Of one part, like worker, sweep or webhooks.")] = "",
    words: Annotated[str, typer.Option(help="With all of these words.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 50,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The latest lines, kept for thirty days; --json has faults and facts."""
    from ringback.cli.account_options import read_date
    from switchboard.desk.office.system_log import read_system_log
    from switchboard.staff import system_log
    from switchboard.wire import system_entry_body

    ports, by = ports_for(state), operator()
    search = system_log.LogSearch(
        system_log.Severity(severity.value),
        part,
        words,
        None if since is None else read_date(since, "UTC"),
    )
    rows: list[Body] = []
    cursor = None
    while len(rows) < limit:
        page = read_system_log(ports, by, search, limit=limit - len(rows), cursor=cursor)
        rows += [system_entry_body(entry) for entry in page.items]
        if (cursor := page.cursor) is None:
            break
    show_list(rows, COLUMNS, as_json=as_json)
