"""`ringback trunks`: carriers, what they cost, and when they are chosen."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one
from ringback.cli.grouped import grouped
from ringback.cli.trunk_options import NewTrunk, TrunkOptions, changes_of, login_of

if TYPE_CHECKING:
    from switchboard.calls.trunk import Trunk

app = typer.Typer(help="Trunks: carriers that terminate legs.", no_args_is_help=True)

COLUMNS = "trunk host port priority weight capacity cost_sheet rewrites user state".split()

Name = Annotated[str, typer.Argument(metavar="TRUNK")]


@app.command()
@grouped
def add(
    name: Name,
    address: Annotated[str, typer.Argument(help="host or host:port.")],
    options: NewTrunk,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a trunk, or replace the one of this name."""
    from switchboard.calls.trunk import Trunk
    from switchboard.desk.trunks import save_trunk

    new = Trunk.parse(name, address, priority=0, credentials=None)
    changes = changes_of(options, address)
    show_one(_trunk_row(save_trunk(ports_for(state), changes.over(new))), as_json=as_json)


@app.command("set")
@grouped
def change(
    name: Name,
    *,
    address: Annotated[str | None, typer.Option(help="host or host:port.")] = None,
    options: TrunkOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given of a trunk. Workers notice within ten seconds."""
    from switchboard.desk.trunks import change_trunk

    changes = changes_of(options, address)
    show_one(_trunk_row(change_trunk(ports_for(state), name, changes)), as_json=as_json)


@app.command()
def show(name: Name, state: State = None, as_json: AsJson = False) -> None:
    """One trunk, and how the workers find it."""
    from switchboard.desk.trunk_health import trunk_health
    from switchboard.desk.trunks import find_trunk
    from switchboard.wire.forms import maybe_instant

    ports = ports_for(state)
    trunk = find_trunk(ports, name)
    health = trunk_health(ports, [trunk])[name]
    found = {"state": health.state, "workers": health.workers, "found_by": health.found_by}
    until = {"rests_until": maybe_instant(health.rests_until), "why": health.why}
    show_one({**_trunk_row(trunk), **found, **until}, as_json=as_json)


@app.command()
def remove(name: Name, state: State = None) -> None:
    """Send no more legs over a trunk; workers notice within ten seconds."""
    from switchboard.errors import NotFound

    if not ports_for(state).trunks.remove(name):
        raise NotFound(f"there is no trunk {name}")
    typer.echo(f"{name} is removed")


@app.command("rings")
def rings(
    name: Name,
    network: Annotated[
        list[str] | None,
        typer.Option(
            "--from", help="A network like 203.0.113.0/28, or an address; several add up."
        ),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(
            help="For digest authentication from anywhere else, empty for none; the password is"
            " asked for, or taken from $RINGBACK_TRUNK_PASSWORD, and kept as a hash."
        ),
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Say from where a trunk sends rings, beside its own host, and as whom from elsewhere. What one
    option alone leaves out stays as it is; without any, rings come from its host only."""
    from switchboard.calls.trunk import check_network
    from switchboard.desk.trunks import TrunkChanges, change_trunk

    networks = tuple(check_network(text) for text in network or ())
    changes = TrunkChanges(
        rings_from=networks if network is not None or user is None else None,
        rings_as=login_of(user) if user is not None or network is not None else ("", ""),
    )
    trunk = change_trunk(ports_for(state), name, changes)
    show_one(_trunk_row(trunk), as_json=as_json)


@app.command("list")
def list_trunks(state: State = None, as_json: AsJson = False) -> None:
    """Every trunk, by priority, and how the workers find it."""
    from switchboard.desk.trunk_health import trunk_health

    ports = ports_for(state)
    trunks = ports.trunks.all()
    health = trunk_health(ports, trunks)
    rows = [{**_trunk_row(trunk), "state": str(health[trunk.name])} for trunk in trunks]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command("test")
def ask(
    name: Name,
    number: Annotated[
        str | None, typer.Argument(help="Shown as the trunk would get it; it is not dialled.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=60, help="Seconds to wait.")] = 4.0,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Ask a trunk whether it is there, by a SIP OPTIONS over its own link; exit status 1 where
    nothing answers."""
    from ringback.wiring import ask_trunk
    from switchboard.desk.trunks import find_trunk
    from switchboard.numbering import parse_number

    trunk = find_trunk(ports_for(state), name)
    row: dict[str, Any] = {"trunk": trunk.name, "address": f"{trunk.host}:{trunk.port}"}
    if number is not None:
        row["sent"] = trunk.sent(parse_number(number, "US"))
    reply = ask_trunk(trunk, timeout)
    row |= {"status": reply.status, "reason": reply.reason, "milliseconds": reply.milliseconds}
    show_one(row, as_json=as_json)


def _trunk_row(trunk: "Trunk") -> dict[str, Any]:
    """A trunk as it is shown, without its password."""
    from switchboard.wire import trunk_body

    return trunk_body(trunk)
