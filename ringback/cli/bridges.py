"""`ringback bridges`: PCs with a phone or modem that forward to us."""

from typing import TYPE_CHECKING, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.calls.bridge import Bridge

app = typer.Typer(help="Phone bridges.", no_args_is_help=True)


@app.command()
def add(name: str, state: State = None, as_json: AsJson = False) -> None:
    """Admit a bridge. Its token is shown now and never again."""
    from switchboard.desk.office.bridges import add_bridge

    token = add_bridge(ports_for(state), operator(), name)
    show_one({"bridge": name, "token": token}, as_json=as_json)


@app.command("list")
def list_(state: State = None, as_json: AsJson = False) -> None:
    """Every bridge, and when it was last heard."""
    from switchboard.desk.office.bridges import list_bridges

    rows = [bridge_row(bridge) for bridge in list_bridges(ports_for(state), operator())]
    show_list(rows, ("bridge", "heard_at", "modems", "outbox"), as_json=as_json)


@app.command()
def revoke(name: str, state: State = None) -> None:
    """Accept nothing from a bridge any more; the texts that wait for it are dropped."""
    from switchboard.desk.office.bridges import revoke_bridge

    revoke_bridge(ports_for(state), operator(), name)
    typer.echo(f"{name} is revoked")


def bridge_row(bridge: "Bridge") -> dict[str, Any]:
    """A bridge, and what it told with its last heartbeat."""
    from switchboard.wire import instant

    beat = bridge.beat
    return {
        "bridge": bridge.name,
        "made_at": instant(bridge.made_at),
        "heard_at": None if beat is None else instant(beat.beat_at),
        "modems": [] if beat is None else [f"{modem.name}:{modem.state}" for modem in beat.modems],
        "outbox": None if beat is None else beat.outbox,
    }
