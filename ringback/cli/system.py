"""The commands about the system itself: demo, up, worker, tables, sweep, check-books."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one, telling

tables = typer.Typer(help="Tables and queues.", no_args_is_help=True)


def demo() -> None:
    """One callback from SMS to CDR between two simulated phones, checked from end to end."""
    from ringback.local.demo import run_demo

    raise typer.Exit(0 if run_demo() else 1)


def up(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where the page and the API listen.")
    ] = 8000,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where everything is kept (else $RINGBACK_STATE, else ./var)."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Each carries two callbacks at once.")] = 2,
) -> None:
    """The whole system on this machine, until it is stopped; what is in DIR survives."""
    from ringback.local.state import DEFAULT_STATE
    from ringback.local.up import run_up

    run_up(
        state or Path(os.environ.get("RINGBACK_STATE", DEFAULT_STATE)), port=port, workers=workers
    )


def worker(
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="So many under a supervisor, which starts again what dies."),
    ] = None,
    state: State = None,
) -> None:
    """A media worker, until it is stopped; then its calls may end."""
    from ringback.wiring import system_env

    # A door of its own: it takes this process's place.
    command = [sys.executable, "-m", "workers"]
    if processes is not None:
        command += ["--processes", str(processes)]
    os.execve(sys.executable, command, system_env(state, os.environ))  # noqa: S606  no shell is the point


def sweep(state: State = None, as_json: AsJson = False) -> None:
    """Settle what lost workers left behind; safe at any time."""
    from switchboard.desk.office.upkeep import sweep as run_sweep

    ports = ports_for(state)
    with telling(ports):
        swept = run_sweep(ports, operator())
    settled = [f"{cdr.account} {cdr.callback} {cdr.cost}" for cdr in swept.settled]
    show_one({"settled": settled, "requeued": list(swept.requeued)}, as_json=as_json)


def check_books(state: State = None, as_json: AsJson = False) -> None:
    """Verify the ledger of every account; exit status 1 and a line for each breach."""
    from switchboard.desk.check_books import check_books as run_check

    ports = ports_for(state)
    with telling(ports):
        rows = [
            {"account": breach.account, "rule": breach.rule, "found": breach.found}
            for breach in run_check(ports)
        ]
    if rows or as_json:
        show_list(rows, ("account", "rule", "found"), as_json=as_json)
    else:
        typer.echo("the books are in order")
    raise typer.Exit(1 if rows else 0)


@tables.command("create")
def create_tables(state: State = None) -> None:
    """Make the tables and queues that are missing."""
    from ringback.wiring import make_tables, system_env

    for name in make_tables(system_env(state, os.environ)):
        typer.echo(name)


@tables.command("delete")
def delete_tables(
    state: State = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete the tables and queues, with every account and every CDR in them."""
    from ringback.wiring import drop_tables, system_env

    env = system_env(state, os.environ)
    if not yes:
        where = env.get("AWS_ENDPOINT_URL") or "AWS"
        typer.confirm(f"Delete all accounts, balances and CDRs at {where}?", abort=True)
    for name in drop_tables(env):
        typer.echo(name)
