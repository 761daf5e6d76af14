"""`ringback rates`: what calls cost."""

from pathlib import Path
from typing import Annotated

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

app = typer.Typer(help="Rate sheets: what calls cost.", no_args_is_help=True)

Sheet = Annotated[str, typer.Option(help="The sheet's name.")]


@app.command("import")
def import_rates(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with the columns prefix, rate, and perhaps"
            " destination, connection_fee, initial, increment,"
            " blocked."
        ),
    ],
    sheet: Sheet,
    currency: Annotated[str | None, typer.Option(help="ISO 4217; needed for a new sheet.")] = None,
    digits: Annotated[int | None, typer.Option(help="Decimals a price is rounded up to.")] = None,
    customer_leg: Annotated[
        int | None, typer.Option(help="Percent of its rate that the customer leg costs.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would change.")] = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Publish a file as the sheet's next version, in place of the one before."""
    from switchboard.desk.rates import import_deck, terms_for
    from switchboard.errors import Malformed

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"{file} cannot be read: {error}") from None
    ports = ports_for(state)
    terms = terms_for(
        ports, sheet, currency=currency, digits=digits, customer_leg_percent=customer_leg
    )
    report = import_deck(ports, sheet, terms, text, dry_run=dry_run)
    show_one(
        {
            "sheet": sheet,
            "version": report.sheet.version,
            "currency": terms.currency,
            "prefixes": len(report.sheet.rates),
            "added": report.added,
            "changed": report.changed,
            "removed": report.removed,
            "published": not dry_run,
        },
        as_json=as_json,
    )


@app.command("list")
def list_sheets(state: State = None, as_json: AsJson = False) -> None:
    """Every sheet with its published version."""
    ports = ports_for(state)
    sheets = [ports.sheets.current(name) for name in ports.sheets.names()]
    rows = [
        {
            "sheet": sheet.name,
            "version": sheet.version,
            "currency": sheet.terms.currency,
            "prefixes": len(sheet.rates),
            "digits": sheet.terms.digits,
            "customer_leg_percent": sheet.terms.customer_leg_percent,
        }
        for sheet in sheets
    ]
    show_list(rows, list(rows[0]) if rows else [], as_json=as_json)


@app.command()
def show(sheet: Sheet, state: State = None, as_json: AsJson = False) -> None:
    """The rates of a sheet, by prefix."""
    from switchboard.wire import rate_body

    found = ports_for(state).sheets.current(sheet)
    rows = [rate_body(found.rates[prefix]) for prefix in sorted(found.rates)]
    show_list(rows, list(rows[0]), as_json=as_json)


@app.command()
def quote(
    sheet: Sheet,
    number: Annotated[str, typer.Option(help="International, like +442071234567.")],
    seconds: Annotated[int, typer.Option(min=0, help="How long the leg lasts.")],
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """What one leg of so many seconds costs."""
    from switchboard.desk.rates import price_of_leg
    from switchboard.money import format_micros
    from switchboard.numbering import parse_number

    found, price = price_of_leg(ports_for(state), sheet, parse_number(number, "US"))
    show_one(
        {
            "sheet": found.name,
            "version": found.version,
            "prefix": price.rate.prefix,
            "destination": price.rate.destination,
            "billed_seconds": price.rate.billed_s(seconds),
            "cost": format_micros(price.cost_micros(seconds), digits=found.terms.digits),
            "currency": found.terms.currency,
        },
        as_json=as_json,
    )
