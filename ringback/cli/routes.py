"""`ringback trunks route|expect|exchange`: the order of a number's trunks, and what decides it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.rates import instant

if TYPE_CHECKING:
    from switchboard.calls.routing import Way
    from switchboard.calls.trunk import Trunk
    from switchboard.desk.survey import Survey
    from switchboard.rating.exchange import Exchange

exchange = typer.Typer(
    help="What currencies are worth, where trunks cost in others than accounts pay in.",
    no_args_is_help=True,
)

COLUMNS = "order trunk priority weight capacity prefix sent cost currency".split()
SALE_COLUMNS = ["sold_for", "margin", "loss_guard"]
EXCHANGE_COLUMNS = ("currency", "rate", "into")

Currency = Annotated[str, typer.Argument(metavar="CURRENCY")]


def add_to(trunks: typer.Typer) -> None:
    """Put these commands among those of `ringback trunks`."""
    trunks.command()(route)
    trunks.command()(expect)
    trunks.add_typer(exchange, name="exchange")


def route(
    number: Annotated[str, typer.Argument(help="International, like +442071234567.")],
    seconds: Annotated[
        int | None, typer.Option(min=1, help="How long the call lasts, else as expected.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="ISO", help="When it is placed; else now."),
    ] = None,
    account: Annotated[
        str | None,
        typer.Option(help="Also what it pays, what is left of that, and its loss guard's verdict."),
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The trunks of a number in the order in which they are tried, and why others are not."""
    from switchboard.desk.survey import survey
    from switchboard.numbering import parse_number

    ports = ports_for(state)
    payer = None if account is None else ports.accounts.get(account).profile
    home = "US" if payer is None else payer.country
    found = survey(ports, parse_number(number, home), at=at, seconds=seconds, payer=payer)
    columns = [*COLUMNS, *(SALE_COLUMNS if payer is not None else ()), "why_not"]
    show_list(_rows(found), columns, as_json=as_json)


def expect(
    seconds: Annotated[int | None, typer.Argument(help="Nothing: show it.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """How long a call is expected to last: trunks are compared by their full price for that."""
    from switchboard.desk.office.routing import set_expected

    ports = ports_for(state)
    terms = ports.settings.routing()
    if seconds is not None:
        terms = set_expected(ports, operator(), seconds)
    show_one({"expected_seconds": terms.expected_s}, as_json=as_json)


@exchange.command("list")
def list_rates(state: State = None, as_json: AsJson = False) -> None:
    """What one unit of each currency is in the one that all rates are into."""
    rows = _exchange_rows(ports_for(state).settings.routing().exchange)
    show_list(rows, EXCHANGE_COLUMNS, as_json=as_json)


@exchange.command("set")
def set_rate(
    currency: Currency,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The same for all rates.")],
    rate: Annotated[str, typer.Argument(help="What one unit is in that, like 0.9215.")],
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Say what one unit of a currency is in another. It counts for calls that are routed later."""
    from switchboard.desk.office.routing import set_exchange
    from switchboard.money import parse_units
    from switchboard.rating.exchange import EXCHANGE_DECIMALS

    units = parse_units(rate, decimals=EXCHANGE_DECIMALS)
    rows = _exchange_rows(set_exchange(ports_for(state), operator(), currency, into, units))
    show_list(rows, EXCHANGE_COLUMNS, as_json=as_json)


@exchange.command("remove")
def remove_rate(currency: Currency, state: State = None, as_json: AsJson = False) -> None:
    """Forget what a currency is worth."""
    from switchboard.desk.office.routing import remove_exchange

    rows = _exchange_rows(remove_exchange(ports_for(state), operator(), currency))
    show_list(rows, EXCHANGE_COLUMNS, as_json=as_json)


def _rows(found: "Survey") -> list[dict[str, Any]]:
    """The ways in their order, then the trunks that are left out. All have the same columns."""
    shared = {"number": str(found.number), "seconds": found.seconds}
    ways = [
        {
            "order": place,
            **_facts(way.trunk, found),
            **shared,
            **_cost(way, found),
            **_sale(way, found),
            "why_not": None,
        }
        for place, way in enumerate(found.route.ways, start=1)
    ]
    return ways + [
        {
            "order": None,
            **_facts(left.trunk, found),
            **shared,
            **_cost(None, found),
            **_sale(None, found),
            "why_not": left.why,
        }
        for left in found.route.left_out
    ]


def _facts(trunk: "Trunk", found: "Survey") -> dict[str, Any]:
    return {
        "trunk": trunk.name,
        "priority": trunk.priority,
        "weight": trunk.weight,
        "capacity": trunk.capacity,
        "sent": trunk.sent(found.number),
    }


def _cost(way: "Way | None", found: "Survey") -> dict[str, Any]:
    """The full price by the trunk's cost sheet, and what it is where trunks are compared."""
    from switchboard.money import format_micros

    if way is None or way.price is None:
        return dict.fromkeys(("prefix", "cost", "currency", "compared", "compared_in"))
    cost = way.price.cost(found.seconds, found.at)
    return {
        "prefix": cost.prefix,
        "cost": format_micros(cost.micros),
        "currency": cost.currency,
        "compared": format_micros(cost.converted_micros),
        "compared_in": found.currency,
    }


def _sale(way: "Way | None", found: "Survey") -> dict[str, Any]:
    """What the account pays for the leg, and whether its guard, which looks at both legs, allows
    the trunk."""
    from switchboard.calls.ending import Party
    from switchboard.money import format_micros

    sale = found.sale
    if sale is None:
        return {}
    if way is None:
        return {"sold_for": format_micros(sale.leg_micros), "margin": None, "loss_guard": None}
    margin = None
    if way.price is not None:
        cost = way.price.cost(found.seconds, found.at)
        margin = format_micros(sale.leg_micros - cost.converted_micros)
    allowed = way in sale.routes.ways(Party.DESTINATION)
    verdict = "allowed" if allowed else "refused"
    return {
        "sold_for": format_micros(sale.leg_micros),
        "margin": margin,
        "loss_guard": verdict if sale.is_guarded else "off",
    }


def _exchange_rows(exchange: "Exchange") -> list[dict[str, Any]]:
    from switchboard.rating.columns import format_units
    from switchboard.rating.exchange import EXCHANGE_DECIMALS

    return [
        {
            "currency": currency,
            "rate": format_units(units, decimals=EXCHANGE_DECIMALS, least=2),
            "into": exchange.base,
        }
        for currency, units in sorted(exchange.rates.items())
    ]
