"""`ringback dead`: orders that came to workers again and again, and that none could serve."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from pathlib import Path

    from switchboard.calls.dead import Dead
    from switchboard.ports import Ports
    from switchboard.staff.users import Operator

app = typer.Typer(help="Orders that no worker could serve.", no_args_is_help=True)

COLUMNS = ("sent_at", "callback", "standing", "status", "account", "from", "to")

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Of callbacks.")]
All = Annotated[bool, typer.Option("--all", help="All that there are.")]


@app.command("list")
def list_dead_orders(state: State = None, as_json: AsJson = False) -> None:
    """The callbacks of all dead orders: whether each still waits, is over, is unknown, or has a
    broken record."""
    from switchboard.desk.office.dead_orders import list_dead

    ports = ports_for(state)
    _show(ports, list_dead(ports, operator()), as_json=as_json)


@app.command()
def show(
    callback: Annotated[str, typer.Argument(metavar="ID", help="Of a callback.")],
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """One dead order, with its callback as it stands."""
    from switchboard.desk.office.dead_orders import find_dead
    from switchboard.wire import dead_body

    ports = ports_for(state)
    show_one(dead_body(find_dead(ports, operator(), callback), ports.clock.now()), as_json=as_json)


@app.command()
def replay(
    callbacks: Ids = None, everything: All = False, state: State = None, as_json: AsJson = False
) -> None:
    """Offer dead orders again. What still waits may ring; what is over is forgotten; what is
    unknown or broken stays. It may be repeated: nobody is rung twice."""
    from switchboard.desk.office.dead_orders import replay_dead

    _do(replay_dead, callbacks, state, everything=everything, as_json=as_json)


@app.command()
def drop(
    callbacks: Ids = None, everything: All = False, state: State = None, as_json: AsJson = False
) -> None:
    """Forget dead orders for good."""
    from switchboard.desk.office.dead_orders import drop_dead

    _do(drop_dead, callbacks, state, everything=everything, as_json=as_json)


def _do(
    deal_with: "Callable[[Ports, Operator, list[str] | None], Sequence[Dead]]",
    callbacks: list[str] | None,
    state: "Path | None",
    *,
    everything: bool,
    as_json: bool,
) -> None:
    from switchboard.errors import Malformed

    if bool(callbacks) == everything:
        raise Malformed("name callbacks, or say --all")
    ports = ports_for(state)
    _show(ports, deal_with(ports, operator(), callbacks or None), as_json=as_json)


def _show(ports: "Ports", found: "Sequence[Dead]", *, as_json: bool) -> None:
    from switchboard.wire import dead_body

    now = ports.clock.now()
    show_list([dead_body(dead, now) for dead in found], COLUMNS, as_json=as_json)
