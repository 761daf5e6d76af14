"""`ringback numbers`: the numbers that customers ring and text."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one
from ringback.cli.grouped import grouped
from ringback.cli.number_options import NumberOptions, changed_by

if TYPE_CHECKING:
    from switchboard.billing.service_number import ServiceNumber
    from switchboard.ports import Ports

app = typer.Typer(help="Service numbers and DIDs.", no_args_is_help=True)

COLUMNS = ("number", "mode", "account", "rings", "hours", "retries")

Number = Annotated[str, typer.Argument(help="International, like +442079460999.")]


@app.command()
@grouped
def add(
    number: Number,
    options: NumberOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a number that customers ring or text."""
    from switchboard.billing.service_number import ServiceNumber
    from switchboard.desk.service_numbers import add_service_number
    from switchboard.numbering import parse_number

    ports = ports_for(state)
    home = _home(ports, options)
    service = changed_by(options, ServiceNumber(parse_number(number, home)), home)
    add_service_number(ports, service)
    show_one(_row(service), as_json=as_json)


@app.command("set")
@grouped
def set_(
    number: Number,
    options: NumberOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change a number; what is not named stays."""
    from switchboard.desk.service_numbers import change_service_number

    ports = ports_for(state)
    old = _find(ports, number)
    new = changed_by(options, old, _home(ports, options))
    change_service_number(ports, old, new)
    show_one(_row(new), as_json=as_json)


@app.command("list")
def list_(state: State = None, as_json: AsJson = False) -> None:
    """Every service number."""
    rows = [_row(service) for service in ports_for(state).accounts.service_numbers()]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command()
def show(number: Number, state: State = None, as_json: AsJson = False) -> None:
    """One number, and how many rings on it were refused today (UTC), by reason."""
    ports = ports_for(state)
    service = _find(ports, number)
    refused = ports.rings.refused(service.number, ports.clock.now().date())
    show_one({**_row(service), "refused_today": dict(refused)}, as_json=as_json)


@app.command()
def remove(number: Number, state: State = None) -> None:
    """Take no more orders through a number."""
    from switchboard.desk.service_numbers import remove_service_number

    ports = ports_for(state)
    service = _find(ports, number)
    remove_service_number(ports, service.number)
    typer.echo(f"{service.number} is removed")


def _find(ports: "Ports", number: str) -> "ServiceNumber":
    from switchboard.desk.service_numbers import find_service_number
    from switchboard.numbering import parse_number

    return find_service_number(ports, parse_number(number, "US"))


def _home(ports: "Ports", options: NumberOptions) -> str:
    """Where phone numbers are read: in the country of the account whose number it is to be."""
    known = None if options.account is None else ports.accounts.get(options.account)
    return "US" if known is None else known.profile.country


def _row(service: "ServiceNumber") -> dict[str, Any]:
    from switchboard.wire import service_number_body

    return service_number_body(service)
