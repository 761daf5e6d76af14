"""`ringback trunks`: carriers, what they cost, and when they are chosen."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one
from ringback.cli.grouped import grouped

if TYPE_CHECKING:
    from switchboard.calls.rewriting import Rewrite
    from switchboard.calls.trunk import Trunk
    from switchboard.desk.trunks import TrunkChanges

app = typer.Typer(help="Trunks: carriers that terminate legs.", no_args_is_help=True)

COLUMNS = "trunk host port priority weight capacity cost_sheet rewrites enabled user".split()

Name = Annotated[str, typer.Argument(metavar="TRUNK")]
Priority = typer.Option(help="The lowest is tried first.")


@dataclass(frozen=True, slots=True)
class TrunkOptions:
    """What can be said of any trunk, beside its address."""

    priority: Annotated[int | None, Priority] = None
    weight: Annotated[
        int | None, typer.Option(help="Its share among trunks of equal priority and cost.")
    ] = None
    capacity: Annotated[
        int | None, typer.Option(min=0, help="The most legs at once; 0: no limit.")
    ] = None
    cost_sheet: Annotated[
        str | None,
        typer.Option(metavar="SHEET", help="The rate sheet with its prices; empty: none."),
    ] = None
    rewrite: Annotated[
        list[str] | None,
        typer.Option(
            "--rewrite",
            metavar="PREFIX=strip2,prepend0044",
            help="How numbers with a prefix are sent, * for all others; the first that fits"
            " counts. Repeatable, and in place of all there were; `none` for none.",
        ),
    ] = None
    enabled: Annotated[
        bool | None, typer.Option("--enabled/--disabled", help="Whether it is used.")
    ] = None
    user: Annotated[
        str | None,
        typer.Option(
            help="For digest authentication, empty for none; the password is asked for, or taken"
            " from $RINGBACK_TRUNK_PASSWORD."
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class NewTrunk(TrunkOptions):
    """The same of a trunk that is added."""

    priority: Annotated[int, Priority] = 10


@app.command()
@grouped
def add(
    name: Name,
    address: Annotated[str, typer.Argument(help="host or host:port, by UDP.")],
    options: NewTrunk,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a trunk, or replace the one of this name."""
    from switchboard.calls.trunk import Trunk
    from switchboard.desk.trunks import save_trunk

    new = Trunk.parse(name, address, priority=0, credentials=None)
    changes = _changes(options, address)
    show_one(_trunk_row(save_trunk(ports_for(state), changes.over(new))), as_json=as_json)


@app.command("set")
@grouped
def change(
    name: Name,
    *,
    address: Annotated[str | None, typer.Option(help="host or host:port, by UDP.")] = None,
    options: TrunkOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given of a trunk. Workers notice within ten seconds."""
    from switchboard.desk.trunks import change_trunk

    changes = _changes(options, address)
    show_one(_trunk_row(change_trunk(ports_for(state), name, changes)), as_json=as_json)


@app.command()
def show(name: Name, state: State = None, as_json: AsJson = False) -> None:
    """One trunk."""
    from switchboard.desk.trunks import find_trunk

    show_one(_trunk_row(find_trunk(ports_for(state), name)), as_json=as_json)


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
        rings_as=_login(user) if user is not None or network is not None else ("", ""),
    )
    trunk = change_trunk(ports_for(state), name, changes)
    show_one(_trunk_row(trunk), as_json=as_json)


@app.command("list")
def list_trunks(state: State = None, as_json: AsJson = False) -> None:
    """Every trunk, by priority."""
    rows = [_trunk_row(trunk) for trunk in ports_for(state).trunks.all()]
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
    """Ask a trunk whether it is there, by a SIP OPTIONS; exit status 1 where nothing answers."""
    import asyncio

    from ringback.carrier.sip.ping import ping
    from switchboard.desk.trunks import find_trunk
    from switchboard.numbering import parse_number

    trunk = find_trunk(ports_for(state), name)
    row: dict[str, Any] = {"trunk": trunk.name, "address": f"{trunk.host}:{trunk.port}"}
    if number is not None:
        row["sent"] = trunk.sent(parse_number(number, "US"))
    reply = asyncio.run(ping(trunk.host, trunk.port, limit_s=timeout))
    row |= {"status": reply.status, "reason": reply.reason, "milliseconds": reply.milliseconds}
    show_one(row, as_json=as_json)


def _trunk_row(trunk: "Trunk") -> dict[str, Any]:
    """A trunk as it is shown, without its password."""
    return {
        "trunk": trunk.name,
        "host": trunk.host,
        "port": trunk.port,
        "priority": trunk.priority,
        "weight": trunk.weight,
        "capacity": trunk.capacity,
        "cost_sheet": trunk.cost_sheet,
        "rewrites": [str(rule) for rule in trunk.rewrites],
        "enabled": trunk.enabled,
        "rings_from": list(trunk.rings_from),
        "rings_as": None if trunk.rings_as is None else trunk.rings_as.user,
        "user": None if trunk.credentials is None else trunk.credentials[0],
    }


def _changes(options: TrunkOptions, address: str | None) -> "TrunkChanges":
    """What the options say is to change; asks for the password of a user."""
    from switchboard.desk.trunks import TrunkChanges

    user, rules = options.user, options.rewrite
    return TrunkChanges(
        address=address,
        priority=options.priority,
        weight=options.weight,
        capacity=options.capacity,
        cost_sheet=options.cost_sheet,
        enabled=options.enabled,
        rewrites=None if rules is None else _rules(rules),
        credentials=_login(user),
    )


def _rules(texts: list[str]) -> "tuple[Rewrite, ...]":
    from switchboard.calls.rewriting import Rewrite

    return () if texts == ["none"] else tuple(map(Rewrite.parse, texts))


def _login(user: str | None) -> tuple[str, str] | None:
    """The user with a password; without one where the name is empty."""
    if not user:
        return None if user is None else ("", "")
    password: str = os.environ.get("RINGBACK_TRUNK_PASSWORD") or typer.prompt(
        "Password", hide_input=True
    )
    return user, password
