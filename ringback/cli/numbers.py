"""`ringback numbers`: the numbers that customers ring."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.billing.account import ServiceNumber

app = typer.Typer(help="Service numbers and DIDs.", no_args_is_help=True)


@app.command("add")
def add_number(
    number: Annotated[str, typer.Argument(help="International, like +442079460999.")],
    account: Annotated[str | None, typer.Option(help="Makes it a DID of this account.")] = None,
    rings: Annotated[str | None, typer.Option(help="A DID's preset phone to ring.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a number that customers ring or text."""
    from switchboard.billing.account import ServiceMode, ServiceNumber
    from switchboard.numbering import parse_number

    ports = ports_for(state)
    home = "US" if account is None else ports.accounts.get(account).profile.country
    is_did = account is not None or rings is not None
    service = ServiceNumber(
        number=parse_number(number, home),
        mode=ServiceMode.DID if is_did else ServiceMode.ANI,
        account=account,
        rings=None if rings is None else parse_number(rings, home),
    )
    ports.accounts.add_service_number(service)
    show_one(_number_row(service), as_json=as_json)


@app.command("list")
def list_numbers(state: State = None, as_json: AsJson = False) -> None:
    """Every service number."""
    rows = [_number_row(service) for service in ports_for(state).accounts.service_numbers()]
    show_list(rows, ("number", "mode", "account", "rings", "suspended"), as_json=as_json)


def _number_row(service: "ServiceNumber") -> dict[str, Any]:
    return {
        "number": str(service.number),
        "mode": service.mode.value,
        "account": service.account,
        "rings": None if service.rings is None else str(service.rings),
        "suspended": service.suspended,
    }
