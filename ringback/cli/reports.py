"""`ringback report`: what runs now, and what was counted by the minute."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.desk.board import Board

app = typer.Typer(help="What runs, and what was counted.", no_args_is_help=True)

COUNTED = ("attempts", "answers", "asr", "seconds", "acd_seconds", "pdd_ms")
TALLY = (*COUNTED, "revenue", "cost", "margin")
CALL = ("callback", "state", "seconds", "from", "to", "trunk", "account", "price", "cost")
TRUNK = ("trunk", "state", "registered", "answers", "legs")
BRIDGE = ("bridge", "heard_at", "modems", "outbox")


class By(StrEnum):
    """What counts are told for."""

    MINUTE = "minute"
    TRUNK = "trunk"
    DESTINATION = "destination"


@app.command()
def minutes(
    span: Annotated[int, typer.Option("--minutes", min=1, help="The last so many.")] = 60,
    by: Annotated[
        By, typer.Option(help="Callbacks by minute, legs by trunk, or by country.")
    ] = By.MINUTE,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Attempts, answers, seconds, post-dial delay, revenue and cost of what ended lately. Of a
    worker that was killed, its last seconds are not in it: what counts for money is in the CDRs."""
    from switchboard.desk.monitor import by_minute, in_all
    from switchboard.wire import instant, tally_body

    ports, lately = ports_for(state), timedelta(minutes=span)
    if by is By.MINUTE:
        found = by_minute(ports, lately)
        rows = [{"minute": instant(at), **tally_body(one.callbacks)} for at, one in found.items()]
    else:
        counts = in_all(ports, lately)
        legs = counts.trunks if by is By.TRUNK else counts.destinations
        rows = [{by.value: name, **tally_body(legs[name])} for name in sorted(legs)]
    show_list(rows, (by.value, *TALLY), as_json=as_json)


@app.command("live")
def show_live(state: State = None, as_json: AsJson = False) -> None:
    """What runs now, and the last five minutes: what callbacks cost is as of the last heartbeat of
    their workers."""
    from switchboard.desk.board import board
    from switchboard.desk.monitor import live
    from switchboard.wire import live_body

    ports = ports_for(state)
    body: dict[str, Any] = live_body(live(ports)) | _board_body(board(ports), ports.clock.now())
    if as_json:
        show_one(body, as_json=True)
        return
    show_one(body["now"], as_json=False)
    for name, columns in (("calls", CALL), ("trunks", TRUNK), ("bridges", BRIDGE)):
        if body[name]:
            show_list(body[name], columns, as_json=False)
    show_list(body["lately"], ("trunk", "destination", *TALLY), as_json=False)


def _board_body(board: "Board", now: datetime) -> dict[str, Any]:
    from ringback.cli.bridges import bridge_row
    from switchboard.wire import instant, live_call_body

    return {
        "calls": [
            live_call_body(one.callback, one.call, now) | {"worker": one.worker}
            for one in board.calls
        ],
        "workers": [
            {
                "worker": beat.worker,
                "beat_at": instant(beat.beat_at),
                "callbacks": len(beat.calls),
                "capacity": beat.capacity,
            }
            for beat in board.workers
        ],
        "trunks": [
            {
                "trunk": one.trunk.name,
                "state": str(one.health),
                "registered": one.registered,
                "answers": one.answers,
                "legs": one.legs,
            }
            for one in board.trunks
        ],
        "bridges": [bridge_row(bridge) for bridge in board.bridges],
    }
