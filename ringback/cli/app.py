"""The command's tree, and how an error becomes one line and an exit status."""

import sys
from importlib.metadata import version as version_of
from typing import Annotated, NoReturn

import typer

from ringback.cli import (
    account_files,
    accounts,
    audit,
    bridges,
    callbacks,
    calls,
    classes,
    dead,
    decks,
    jobs,
    log,
    numbers,
    phone_books,
    pins,
    plans,
    rates,
    recurring,
    reports,
    roles,
    routes,
    sms_providers,
    system,
    terms,
    traces,
    trunks,
    users,
    velocity,
    widgets,
)

app = typer.Typer(
    name="ringback",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
account_files.add_to(accounts.app)
phone_books.add_to(accounts.app)
app.add_typer(accounts.app, name="accounts")
app.add_typer(pins.pins, name="pins")
app.add_typer(pins.vouchers, name="vouchers")
app.add_typer(classes.app, name="classes")
app.add_typer(velocity.app, name="velocity")
app.add_typer(plans.plans, name="plans")
app.add_typer(recurring.recurring, name="recurring")
decks.add_to(rates.app)
terms.add_to(rates.app)
app.add_typer(rates.app, name="rates")
routes.add_to(trunks.app)
app.add_typer(trunks.app, name="trunks")
app.add_typer(numbers.app, name="numbers")
app.add_typer(bridges.app, name="bridges")
app.add_typer(widgets.app, name="widgets")
app.add_typer(sms_providers.app, name="sms-providers")
app.add_typer(calls.cdrs, name="cdrs")
app.add_typer(callbacks.app, name="callbacks")
app.add_typer(reports.app, name="report")
app.add_typer(traces.app, name="trace")
app.add_typer(dead.app, name="dead")
app.add_typer(jobs.app, name="jobs")
app.add_typer(users.app, name="users")
app.add_typer(roles.app, name="roles")
app.add_typer(audit.app, name="audit")
app.add_typer(log.app, name="log")
app.add_typer(system.tables, name="tables")
app.command()(calls.callback)
for command in (system.demo, system.up, system.worker, system.sweep, system.check_books):
    app.command()(command)


def _show_version(asked: bool) -> None:  # noqa: FBT001  how Typer calls it
    if asked:
        typer.echo(f"ringback {version_of('ringback')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Ringback: two phones ring, two people talk, one account is charged."""


def main() -> NoReturn:
    """Run the command. Exit status 2 for bad input, 1 for a failure, each with one line."""
    try:
        status = app(standalone_mode=False)
    except Exception as fault:
        from ringback.cli.faults import explain  # the system's own modules are slow to import

        explanation = explain(fault)
        if explanation is None:
            raise
        if explanation.line:
            typer.echo(explanation.line, err=True)
        sys.exit(explanation.status)
    sys.exit(status)
