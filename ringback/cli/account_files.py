"""`ringback accounts import|export`: accounts from files and to files."""

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_one
from ringback.cli.files import (
    Decimal,
    DryRun,
    Map,
    OutFile,
    Source,
    renamed,
    rows_body,
    show_rows,
)
from ringback.cli.grouped import grouped

if TYPE_CHECKING:
    from switchboard.billing.account_file import AccountReading
    from switchboard.desk.account_files import AccountsReport

BAD_INPUT = 2


def add_to(accounts: typer.Typer) -> None:
    """Put these commands among those of `ringback accounts`."""
    accounts.command("import")(grouped(import_accounts))
    accounts.command("export")(export_accounts)


def import_accounts(
    *,
    sheet: Annotated[
        str | None, typer.Option(help="The rate sheet of accounts whose row names none.")
    ] = None,
    country: Annotated[
        str, typer.Option(help="Where numbers are at home whose row names no country, like GB.")
    ] = "US",
    columns: Map = None,
    decimal: Decimal = None,
    source: Source,
    dry_run: DryRun = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Open the accounts of a file; opening balances are journal entries. A file with bad rows
    opens none, and the same file again opens nothing twice."""
    from switchboard.desk.office.account_imports import import_accounts as open_accounts

    ports, how = ports_for(state), _reading(columns, decimal, country)
    with source.worksheets() as worksheets:
        report = open_accounts(ports, operator(), worksheets, how, sheet=sheet, dry_run=dry_run)
    _show(report, as_json=as_json)
    if report.bad:
        raise typer.Exit(BAD_INPUT)


def export_accounts(output: OutFile, state: State = None) -> None:
    """Write all accounts to a file, without PINs and passwords."""
    from ringback.wiring import write_table
    from switchboard.billing.account_file import COLUMNS
    from switchboard.desk.account_files import export_accounts as cells_of

    written = write_table(output, COLUMNS, cells_of(ports_for(state)))
    typer.echo(f"{written} accounts are in {output}")


def _reading(columns: str | None, decimal: str | None, country: str) -> "AccountReading":
    from ringback.wiring import pin_hash_of
    from switchboard.billing.account_file import AccountReading
    from switchboard.numbering import check_country
    from switchboard.rating.terms import one_of
    from switchboard.tables.amounts import DecimalMark
    from switchboard.tables.header import parse_mapping

    return AccountReading(
        mapping=parse_mapping(columns or ""),
        decimal=None if decimal is None else one_of(DecimalMark, decimal),
        country=check_country(country),
        hash_pin=pin_hash_of(os.environ),
    )


def _show(report: "AccountsReport", *, as_json: bool) -> None:
    body = {
        "imported": report.imported,
        "opened": len(report.opened),
        "unchanged": len(report.unchanged),
        "columns": dict(report.file.names),
        "ignored_columns": list(report.file.ignored),
    }
    if as_json:
        bad = {"accounts": list(report.opened), "bad": rows_body(report.bad)}
        typer.echo(json.dumps({**body, **bad}, indent=2, ensure_ascii=False))
        return
    show_one({**body, "columns": renamed(report.file.names)}, as_json=False)
    show_rows("rows that are no accounts to open", report.bad)
