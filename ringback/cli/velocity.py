"""`ringback velocity`: how often what may happen, by account, number and address."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list

if TYPE_CHECKING:
    from switchboard.calls.velocity import Velocity

app = typer.Typer(
    help="How often a phone, an account or an address may do what.", no_args_is_help=True
)

COLUMNS = ("limit", "most", "window_seconds", "built_in")
NAMES = (
    "rings-of-phone (rung back for rings), texts-of-phone (orders by text while another callback of"
    " the account is under way), orders-of-account, orders-of-address (by page and API),"
    " calls-to-stranger (a phone rung first for accounts that it is not of), strangers-of-account,"
    " codes-for-phone, codes-of-account, codes-of-address (to confirm new phones)."
)


@app.command("list")
def list_limits(state: State = None, as_json: AsJson = False) -> None:
    """Every limit."""
    show_list(_rows(ports_for(state).settings.velocity(fresh=True)), COLUMNS, as_json=as_json)


@app.command("set", help=f"Change a limit; it counts within seconds. They are: {NAMES}")
def change(
    name: Annotated[str, typer.Argument(metavar="LIMIT")],
    limit: Annotated[
        str, typer.Argument(metavar="MOST/WINDOW", help="12/1h, 120/10m; `default`: as built in.")
    ],
    state: State = None,
    as_json: AsJson = False,
) -> None:
    from switchboard.calls.velocity import Limit
    from switchboard.desk.office.settings import change_velocity

    wanted = None if limit == "default" else Limit.parse(limit)
    changed = change_velocity(ports_for(state), operator(), name, wanted)
    rows = [row for row in _rows(changed) if row["limit"] == name]
    show_list(rows, COLUMNS, as_json=as_json)


def _rows(velocity: "Velocity") -> list[dict[str, Any]]:
    from datetime import timedelta

    from switchboard.calls.velocity import Velocity

    built_in = Velocity().named()
    return [
        {
            "limit": name,
            "most": limit.most,
            "window_seconds": limit.window // timedelta(seconds=1),
            "built_in": str(built_in[name]),
        }
        for name, limit in velocity.named().items()
    ]
