"""`ringback callbacks`: orders on their way, and what became of them."""

from typing import Annotated

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

app = typer.Typer(help="Callbacks: orders to connect two phones.", no_args_is_help=True)

COLUMNS = ("requested_at", "id", "from", "to", "status", "reason")

Account = Annotated[str, typer.Option(help="Whose callbacks.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="As `ringback callbacks list` has it.")]


@app.command("list")
def list_callbacks(
    account: Account,
    limit: Annotated[int, typer.Option(min=1, max=100, help="The newest so many.")] = 50,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The callbacks of an account, newest first, those under way too."""
    from switchboard.wire import callback_body

    ports = ports_for(state)
    ports.accounts.get(account)  # refuses where there is no such account
    now = ports.clock.now()
    found = ports.callbacks.recent(account, limit=limit, cursor=None).items
    rows = [
        {**callback_body(one, now), "reason": one.verdict and one.verdict.ending.value}
        for one in found
    ]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command()
def show(callback: Id, account: Account, state: State = None, as_json: AsJson = False) -> None:
    """One callback as it stands."""
    from switchboard.desk.orders import find_callback
    from switchboard.wire import callback_body

    ports = ports_for(state)
    found = find_callback(ports, account, callback)
    show_one(callback_body(found, ports.clock.now()), as_json=as_json)


@app.command()
def cancel(callback: Id, account: Account, state: State = None, as_json: AsJson = False) -> None:
    """Cancel a callback that waits, or hang up one that runs; what was talked is charged."""
    from switchboard.desk.orders import cancel_callback
    from switchboard.wire import callback_body

    ports = ports_for(state)
    cancelled = cancel_callback(ports, account, callback)
    show_one(callback_body(cancelled, ports.clock.now()), as_json=as_json)
