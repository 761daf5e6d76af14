"""`ringback trunks` and `ringback numbers`: carriers, and the numbers that customers ring."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.billing.service_number import ServiceNumber
    from switchboard.calls.trunk import Trunk

trunks = typer.Typer(help="Trunks: carriers that terminate legs.", no_args_is_help=True)
numbers = typer.Typer(help="Service numbers and DIDs.", no_args_is_help=True)


@trunks.command("add")
def add_trunk(
    name: str,
    address: Annotated[str, typer.Argument(help="host or host:port, by UDP.")],
    priority: Annotated[
        int, typer.Option(min=0, help="The trunk with the lowest carries all legs.")
    ] = 10,
    user: Annotated[
        str | None,
        typer.Option(
            help="For digest authentication; the password is asked for, or taken from"
            " $RINGBACK_TRUNK_PASSWORD."
        ),
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a trunk, or replace the one of this name."""
    import os

    from switchboard.calls.trunk import Trunk

    credentials = None
    if user is not None:
        password = os.environ.get("RINGBACK_TRUNK_PASSWORD") or typer.prompt(
            "Password", hide_input=True
        )
        credentials = (user, password)
    trunk = Trunk.parse(name, address, priority=priority, credentials=credentials)
    ports_for(state).trunks.save(trunk)
    show_one(_trunk_row(trunk), as_json=as_json)


@trunks.command("remove")
def remove_trunk(name: str, state: State = None) -> None:
    """Send no more legs over a trunk; a worker notices within ten seconds."""
    from switchboard.errors import NotFound

    if not ports_for(state).trunks.remove(name):
        raise NotFound(f"there is no trunk {name}")
    typer.echo(f"{name} is removed")


@trunks.command("list")
def list_trunks(state: State = None, as_json: AsJson = False) -> None:
    """Every trunk; the first one carries all legs."""
    rows = [_trunk_row(trunk) for trunk in ports_for(state).trunks.all()]
    show_list(rows, ("trunk", "host", "port", "priority", "user"), as_json=as_json)


@numbers.command("add")
def add_number(
    number: Annotated[str, typer.Argument(help="International, like +442079460999.")],
    account: Annotated[str | None, typer.Option(help="Makes it a DID of this account.")] = None,
    rings: Annotated[str | None, typer.Option(help="A DID's preset phone to ring.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a number that customers ring or text."""
    from switchboard.billing.service_number import ServiceMode, ServiceNumber
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


@numbers.command("list")
def list_numbers(state: State = None, as_json: AsJson = False) -> None:
    """Every service number."""
    rows = [_number_row(service) for service in ports_for(state).accounts.service_numbers()]
    show_list(rows, ("number", "mode", "account", "rings"), as_json=as_json)


def _trunk_row(trunk: "Trunk") -> dict[str, Any]:
    return {
        "trunk": trunk.name,
        "host": trunk.host,
        "port": trunk.port,
        "priority": trunk.priority,
        "user": None if trunk.credentials is None else trunk.credentials[0],
    }


def _number_row(service: "ServiceNumber") -> dict[str, Any]:
    return {
        "number": str(service.number),
        "mode": service.mode.value,
        "account": service.account,
        "rings": None if service.rings is None else str(service.rings),
    }
