"""`ringback callbacks`: orders on their way, and what became of them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from datetime import datetime

    from switchboard.calls.callback import Callback
    from switchboard.calls.planned import Planned

app = typer.Typer(help="Callbacks: orders to connect two phones.", no_args_is_help=True)

COLUMNS = ("requested_at", "id", "from", "to", "status", "reason")
PLANNED_COLUMNS = ("at", "id", "from", "to", "status")

Account = Annotated[str, typer.Option(help="Whose callbacks.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="As `ringback callbacks list` has it.")]


@app.command("list")
def list_callbacks(
    account: Account,
    limit: Annotated[int, typer.Option(min=1, max=100, help="The newest so many.")] = 50,
    planned: Annotated[
        bool, typer.Option("--planned", help="Those for a time to come, all, the earliest first.")
    ] = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The callbacks of an account, newest first, those under way too."""
    from switchboard.wire import callback_body, planned_body

    ports = ports_for(state)
    ports.accounts.get(account)  # refuses where there is no such account
    if planned:
        plans = [planned_body(one) for one in ports.schedule.of(account)]
        show_list(plans, PLANNED_COLUMNS, as_json=as_json)
        return
    now = ports.clock.now()
    found = ports.callbacks.recent(account, limit=limit, cursor=None).items
    rows = [
        {**callback_body(one, now), "reason": one.verdict and one.verdict.ending.value}
        for one in found
    ]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command()
def show(callback: Id, account: Account, state: State = None, as_json: AsJson = False) -> None:
    """One callback as it stands, or one that is planned."""
    from switchboard.desk.planned import find_order

    ports = ports_for(state)
    found = find_order(ports, account, callback)
    show_one(_body(found, ports.clock.now()), as_json=as_json)


@app.command()
def cancel(callback: Id, account: Account, state: State = None, as_json: AsJson = False) -> None:
    """Cancel a callback that is planned or waits, or hang up one that runs; what was talked is
    charged."""
    from switchboard.desk.office.callbacks import cancel_order

    ports = ports_for(state)
    cancelled = cancel_order(ports, operator(), account, callback)
    show_one(_body(cancelled, ports.clock.now()), as_json=as_json)


def _body(found: "Callback | Planned", now: "datetime") -> dict[str, Any]:
    from switchboard.calls.planned import Planned
    from switchboard.wire import callback_body, planned_body

    return planned_body(found) if isinstance(found, Planned) else callback_body(found, now)
