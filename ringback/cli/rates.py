"""`ringback rates`: what calls cost."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.ports import Ports
    from switchboard.rating.price import LegPrice
    from switchboard.rating.terms import SheetTerms

app = typer.Typer(help="Rate sheets: what calls cost.", no_args_is_help=True)

Sheet = Annotated[str, typer.Option(help="The sheet's name.")]
SHEET_COLUMNS = "sheet version currency prefixes digits customer_leg_percent base".split()
RATE_COLUMNS = "prefix destination rate connection_fee initial increment blocked".split()


def instant(text: str) -> datetime:
    """An ISO 8601 instant; in UTC where it names no offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}”: write it like 2026-01-31T18:30Z") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


@app.command("list")
def list_sheets(state: State = None, as_json: AsJson = False) -> None:
    """Every sheet with its published version."""
    from switchboard.wire import sheet_body

    sheets = ports_for(state).sheets
    rows = [sheet_body(sheets.current(name)) for name in sheets.names()]
    show_list(rows, SHEET_COLUMNS, as_json=as_json)


@app.command()
def show(sheet: Sheet, state: State = None, as_json: AsJson = False) -> None:
    """The rates of a sheet, by prefix, with the sheet's defaults in them."""
    from switchboard.wire import rate_body

    found = ports_for(state).sheets.current(sheet)
    rows = [rate_body(row, found.terms) for row in found.rows]
    plain = {"step_from": 0, "weight": 0, "inherited": False}
    used = [
        column
        for column in (rows[0] if rows else ())
        if column in RATE_COLUMNS or any(row[column] != plain.get(column) for row in rows)
    ]
    filled = [column for column in used if any(row[column] not in (None, "") for row in rows)]
    show_list(rows, filled, as_json=as_json)


@app.command()
def quote(
    number: Annotated[str, typer.Option(help="International, like +442071234567.")],
    seconds: Annotated[int, typer.Option(min=0, help="How long a leg lasts.")],
    sheet: Annotated[str | None, typer.Option(help="What one leg costs by this sheet.")] = None,
    account: Annotated[
        str | None, typer.Option(help="What both legs of a callback cost this account.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", help="The account's phone; its default number, if not given."),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="ISO", help="When it is answered; else now."),
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """What so many seconds cost: of one leg by a sheet, or of both legs to an account, by its sheet
    and its included seconds."""
    from switchboard.desk.rates import price_of_leg
    from switchboard.numbering import parse_number

    if (sheet is None) == (account is None) or (from_ is not None and account is None):
        raise typer.BadParameter("name a --sheet, or an --account with or without a phone (--from)")
    ports = ports_for(state)
    if account is not None:
        show_one(_both_legs(ports, account, from_, number, seconds, at), as_json=as_json)
        return
    assert sheet is not None, "it was looked for"
    found, price = price_of_leg(ports, sheet, parse_number(number, "US"), at)
    body = {"sheet": found.name, "version": found.version, **_leg(price, seconds, found.terms)}
    show_one({**body, "currency": found.terms.currency}, as_json=as_json)


def _both_legs(
    ports: "Ports",
    account: str,
    customer: str | None,
    number: str,
    seconds: int,
    at: datetime | None,
) -> dict[str, Any]:
    from switchboard.desk.orders import quote_for
    from switchboard.errors import Malformed
    from switchboard.money import format_micros
    from switchboard.numbering import parse_number

    known = ports.accounts.get(account)
    country, phone = known.profile.country, known.profile.default_number
    if customer is not None:
        phone = parse_number(customer, country)
    if phone is None:
        raise Malformed(f"account {account} has no number: say which phone is called (--from)")
    destination = parse_number(number, country)
    priced = quote_for(ports, known, phone, destination, seconds, at)
    terms = ports.sheets.version(priced.sheet, priced.version).terms
    legs = zip(
        ("from", "to"),
        (phone, destination),
        priced.legs(seconds),
        priced.covered_s(seconds, seconds),
        strict=True,
    )
    return {
        "account": account,
        "sheet": priced.sheet,
        "version": priced.version,
        "seconds": seconds,
        **{
            end: {"number": str(one), **_leg(price, seconds, terms), "covered_seconds": covered_s}
            for end, one, price, covered_s in legs
            if price is not None
        },
        "cost": format_micros(priced.cost_micros(seconds, seconds), digits=terms.digits),
        "currency": priced.currency,
    }


def _leg(price: "LegPrice", seconds: int, terms: "SheetTerms") -> dict[str, Any]:
    from switchboard.money import format_micros

    return {
        "prefix": price.prefix,
        "destination": price.destination,
        "billed_seconds": price.billed_s(seconds),
        "cost": format_micros(price.cost_micros(seconds), digits=terms.digits),
    }


@app.command()
def versions(sheet: Sheet, state: State = None, as_json: AsJson = False) -> None:
    """Every version of a sheet, the newest last."""
    sheets = ports_for(state).sheets
    published = sheets.current(sheet).version
    rows = [
        {"sheet": sheet, "version": version, "published": version == published}
        for version in sheets.versions(sheet)
    ]
    show_list(rows, list(rows[0]), as_json=as_json)


@app.command()
def publish(
    sheet: Sheet,
    version: Annotated[str, typer.Option(help="One of `ringback rates versions`.")],
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Publish an earlier version again, and remake the sheets that derive from it.

    Running calls keep the price that they were announced with."""
    from switchboard.desk.office.rates import publish_version
    from switchboard.wire import sheet_body

    published = publish_version(ports_for(state), operator(), sheet, version)
    show_list([sheet_body(one) for one in published], SHEET_COLUMNS, as_json=as_json)
