"""`ringback trunks`: carriers."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.calls.trunk import Trunk

trunks = typer.Typer(help="Trunks: carriers that terminate legs.", no_args_is_help=True)


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


@trunks.command("rings")
def rings(
    name: str,
    network: Annotated[
        list[str] | None,
        typer.Option(
            "--from", help="A network like 203.0.113.0/28, or an address; several add up."
        ),
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Say from where a trunk sends rings, beside its own host; without --from from there only."""
    from switchboard.calls.trunk import check_network
    from switchboard.errors import NotFound

    ports = ports_for(state)
    networks = tuple(check_network(text) for text in network or ())
    for trunk in ports.trunks.all():
        if trunk.name == name:
            changed = replace(trunk, rings_from=networks)
            ports.trunks.save(changed)
            show_one(_trunk_row(changed), as_json=as_json)
            return
    raise NotFound(f"there is no trunk {name}")


@trunks.command("list")
def list_trunks(state: State = None, as_json: AsJson = False) -> None:
    """Every trunk; the first one carries all legs."""
    rows = [_trunk_row(trunk) for trunk in ports_for(state).trunks.all()]
    show_list(rows, ("trunk", "host", "port", "priority", "user"), as_json=as_json)


def _trunk_row(trunk: "Trunk") -> dict[str, Any]:
    return {
        "trunk": trunk.name,
        "host": trunk.host,
        "port": trunk.port,
        "priority": trunk.priority,
        "rings_from": list(trunk.rings_from),
        "user": None if trunk.credentials is None else trunk.credentials[0],
    }
