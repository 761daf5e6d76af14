"""`ringback rates set|derive`: what holds for a whole sheet, and sheets made of others."""

from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list
from ringback.cli.rates import SHEET_COLUMNS, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from switchboard.rating.row import Charges
    from switchboard.rating.sheet import RateSheet

Digits = Annotated[int | None, typer.Option(help="Decimals a price is rounded to.")]
Rounding = Annotated[str | None, typer.Option(help="up, half-up, half-even or down.")]
CustomerLeg = Annotated[
    int | None, typer.Option(help="Percent of its rate that the customer leg costs.")
]
Defaults = Annotated[
    list[str] | None,
    typer.Option(
        "--default",
        metavar="COLUMN=VALUE",
        help="What rows charge that do not say so themselves, like increment=6; may be repeated.",
    ),
]


def add_to(rates: typer.Typer) -> None:
    """Put these commands among those of `ringback rates`."""
    rates.command("set")(set_terms)
    rates.command("derive")(derive)


def set_terms(
    sheet: Sheet,
    digits: Digits = None,
    rounding: Rounding = None,
    customer_leg: CustomerLeg = None,
    default: Defaults = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA, like Europe/Berlin.")] = None,
    holiday: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE", help="All holidays, one by one; `none` for none."),
    ] = None,
    at_boundary: Annotated[
        str | None,
        typer.Option(help="pin: a call keeps its price; split: it takes that of each period."),
    ] = None,
    least_digits: Annotated[int | None, typer.Option(help="Shorter numbers are refused.")] = None,
    most_digits: Annotated[int | None, typer.Option(help="Longer numbers are refused.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Publish a sheet with its rates as they are under other terms."""
    from switchboard.desk.office.rates import change_terms
    from switchboard.desk.rates import TermsChange
    from switchboard.rating import terms
    from switchboard.rating.rounding import Rounding

    change = TermsChange(
        digits=digits,
        customer_leg_percent=customer_leg,
        rounding=None if rounding is None else terms.one_of(Rounding, rounding),
        time_zone=time_zone,
        holidays=None if holiday is None else terms.parse_holidays(holiday),
        at_boundary=None if at_boundary is None else terms.one_of(terms.AtBoundary, at_boundary),
        least_digits=least_digits,
        most_digits=most_digits,
        defaults=_charges(default),
    )
    _show(change_terms(ports_for(state), operator(), sheet, change), as_json=as_json)


def derive(
    sheet: Sheet,
    base: Annotated[str, typer.Option("--from", help="The sheet that it derives from.")],
    multiplier: Annotated[str, typer.Option(help="Of the base's rates, like 1.2.")] = "1",
    addition: Annotated[str, typer.Option(help="To the base's rates, like 0.001.")] = "0",
    digits: Digits = None,
    rounding: Rounding = None,
    customer_leg: CustomerLeg = None,
    default: Annotated[
        list[str] | None,
        typer.Option(
            "--default",
            metavar="COLUMN=VALUE",
            help="What rows charge where neither they nor the base say so; may be repeated.",
        ),
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Publish a sheet whose rates are those of another, times a multiplier, plus an addition.

    It is made anew whenever that one is published. Rates of its own stand above them; what else
    a row of the base charges, by its own columns or by the base's defaults, it charges here."""
    from switchboard.desk.office.rates import derive_sheet
    from switchboard.desk.rates import TermsChange
    from switchboard.money import parse_units
    from switchboard.rating import terms
    from switchboard.rating.rounding import Rounding
    from switchboard.rating.row import FACTOR_DECIMALS, RATE_DECIMALS

    derivation = terms.Derivation(
        base,
        parse_units(multiplier, decimals=FACTOR_DECIMALS),
        parse_units(addition, decimals=RATE_DECIMALS),
    )
    change = TermsChange(
        digits=digits,
        rounding=None if rounding is None else terms.one_of(Rounding, rounding),
        customer_leg_percent=customer_leg,
        defaults=_charges(default),
    )
    published = derive_sheet(ports_for(state), operator(), sheet, derivation, change)
    _show(published, as_json=as_json)


def _charges(defaults: list[str] | None) -> "Charges | None":
    from switchboard.errors import Malformed
    from switchboard.rating.columns import read_charges

    if defaults is None:
        return None
    pairs = [pair.partition("=") for pair in defaults]
    for column, equals, _ in pairs:
        if not equals:
            raise Malformed(f"“{column[:40]}” is no default: write it like increment=6")
    return read_charges({column.strip(): value for column, _, value in pairs})


def _show(published: "Iterable[RateSheet]", *, as_json: bool) -> None:
    from switchboard.wire import sheet_body

    show_list([sheet_body(sheet) for sheet in published], SHEET_COLUMNS, as_json=as_json)
