"""`ringback rates import|export|templates`: rate sheets from files and to files."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
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
from ringback.cli.rates import Sheet
from ringback.cli.terms import CustomerLeg, Digits

if TYPE_CHECKING:
    from switchboard.desk.decks import Care, Columns, ImportReport

BAD_INPUT = 2
# A terminal is no place for thousands of outliers; --json has them all.
MOST_SHOWN = 20

AsMode = Annotated[str, typer.Option(help="replace the sheet by the file, or add the file to it.")]
Currency = Annotated[
    str | None,
    typer.Option(help="ISO 4217, of a new sheet; that of all others, if not given, else USD."),
]


@dataclass(frozen=True, slots=True)
class ColumnOptions:
    """How the columns of a file are told."""

    columns: Map = None
    template: Annotated[str | None, typer.Option(help="A kept mapping of columns.")] = None
    save_template: Annotated[
        str | None, typer.Option(help="Keep this file's columns under a name.")
    ] = None
    decimal: Decimal = None
    dates: Annotated[
        str | None,
        typer.Option(help="dmy or mdy, where the file does not tell."),
    ] = None

    def read(self) -> "Columns":
        from switchboard.desk.decks import Columns
        from switchboard.rating.terms import one_of
        from switchboard.tables.amounts import DecimalMark
        from switchboard.tables.dates import DateOrder
        from switchboard.tables.header import parse_mapping

        return Columns(
            template=self.template,
            mapping=parse_mapping(self.columns or ""),
            decimal=None if self.decimal is None else one_of(DecimalMark, self.decimal),
            dates=None if self.dates is None else one_of(DateOrder, self.dates),
            save_as=self.save_template,
        )


@dataclass(frozen=True, slots=True)
class CareOptions:
    """How careful an import is."""

    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import what can be read, and name the rest.")
    ] = False
    outliers: Annotated[
        int, typer.Option(min=2, help="Flag prices so many times the usual of their country.")
    ] = 10
    cap: Annotated[str | None, typer.Option(help="Flag prices a minute above this.")] = None

    def read(self) -> "Care":
        from switchboard.desk.decks import Care
        from switchboard.money import parse_units
        from switchboard.rating.row import RATE_DECIMALS

        return Care(
            skip_bad=self.skip_bad,
            outlier_factor=self.outliers,
            cap_picos=None if self.cap is None else parse_units(self.cap, decimals=RATE_DECIMALS),
        )


def add_to(rates: typer.Typer) -> None:
    """Put these commands among those of `ringback rates`."""
    rates.command("import")(grouped(import_rates))
    rates.command("export")(export_rates)
    rates.command("templates")(list_templates)


def import_rates(
    sheet: Sheet,
    *,
    mode: AsMode = "replace",
    currency: Currency = None,
    digits: Digits = None,
    customer_leg: CustomerLeg = None,
    columns: ColumnOptions,
    source: Source,
    care: CareOptions,
    dry_run: DryRun = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Publish a file as the sheet's next version. A file with bad rows changes nothing.

    The report compares with the version before, flags outliers, and names every row that was
    not taken."""
    from switchboard.desk.decks import Mode
    from switchboard.desk.office.rate_imports import import_sheet
    from switchboard.desk.rates import terms_for
    from switchboard.rating.terms import one_of

    ports = ports_for(state)
    terms = terms_for(
        ports, sheet, currency=currency, digits=digits, customer_leg_percent=customer_leg
    )
    with source.worksheets() as worksheets:
        report = import_sheet(
            ports,
            operator(),
            sheet,
            terms,
            worksheets,
            file=source.file.name,
            mode=one_of(Mode, mode),
            columns=columns.read(),
            care=care.read(),
            dry_run=dry_run,
        )
    _show(report, as_json=as_json)
    if report.deck.bad and not care.skip_bad:
        raise typer.Exit(BAD_INPUT)


def export_rates(sheet: Sheet, output: OutFile, state: State = None) -> None:
    """Write the published version to a file that `import` reads back as it is."""
    from ringback.wiring import write_table
    from switchboard.desk.decks import export_deck
    from switchboard.rating.deck.names import CANONICAL

    written = write_table(output, CANONICAL, export_deck(ports_for(state), sheet))
    typer.echo(f"{written} rows of {sheet} are in {output}")


def list_templates(state: State = None, as_json: AsJson = False) -> None:
    """The kept mappings of columns."""
    rows = [
        {
            "template": kept.name,
            "columns": dict(kept.mapping),
            "decimal": None if kept.decimal is None else kept.decimal.value,
            "dates": None if kept.dates is None else kept.dates.value,
        }
        for kept in ports_for(state).templates.all()
    ]
    show_list(rows, ("template", "columns", "decimal", "dates"), as_json=as_json)


def _show(report: "ImportReport", *, as_json: bool) -> None:
    body = _body(report)
    if as_json:
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
        return
    lists = ("biggest", "outliers", "bad", "left_out")
    shown = {name: value for name, value in body.items() if name not in lists}
    show_one({**shown, "columns": renamed(report.deck.names)}, as_json=False)
    for name, columns in (
        ("biggest", ("prefix", "destination", "before", "after")),
        ("outliers", ("prefix", "destination", "rate", "reason")),
    ):
        if body[name]:
            of_all = f", {MOST_SHOWN} of {len(body[name])}" if len(body[name]) > MOST_SHOWN else ""
            typer.echo(f"\n{'biggest changes' if name == 'biggest' else name}{of_all}")
            show_list(body[name][:MOST_SHOWN], columns, as_json=False)
    show_rows("rows that cannot be read", report.deck.bad)
    show_rows("rows that are no rates of their own", report.deck.left_out)


def _body(report: "ImportReport") -> dict[str, Any]:
    from switchboard.rating.columns import format_units
    from switchboard.rating.row import RATE_DECIMALS

    def price(picos: int) -> str:
        return format_units(picos, decimals=RATE_DECIMALS, least=2)

    sheet, deck = report.sheet, report.deck
    return {
        "sheet": sheet.name,
        "version": sheet.version,
        "currency": sheet.terms.currency,
        "published": bool(report.published),
        "rows": len(deck.rows),
        "prefixes": sheet.rows.prefixes,
        **{move.value: count for move, count in report.comparison.counts.items()},
        "later": report.later,
        "worksheet": deck.worksheet or None,
        "columns": dict(deck.names),
        "ignored_columns": list(deck.ignored),
        "biggest": [
            {
                "prefix": change.prefix,
                "destination": change.destination,
                "before": None if change.before_picos is None else price(change.before_picos),
                "after": None if change.after_picos is None else price(change.after_picos),
            }
            for change in report.comparison.biggest
        ],
        "outliers": [
            {
                "prefix": outlier.prefix,
                "destination": outlier.destination,
                "rate": price(outlier.rate_picos),
                "reason": outlier.reason,
            }
            for outlier in report.outliers
        ],
        "bad": rows_body(deck.bad),
        "left_out": rows_body(deck.left_out),
    }
