"""`ringback report`: what runs now, and what was counted by the minute."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

app = typer.Typer(help="What runs, and what was counted.", no_args_is_help=True)

TALLY = ("attempts", "answers", "asr", "seconds", "acd_seconds", "pdd_ms", "revenue", "cost")


class By(StrEnum):
    """What counts are told for."""

    MINUTE = "minute"
    TRUNK = "trunk"


@app.command()
def minutes(
    span: Annotated[int, typer.Option("--minutes", min=1, help="The last so many.")] = 60,
    by: Annotated[By, typer.Option(help="Callbacks by minute, or legs by trunk.")] = By.MINUTE,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Attempts, answers, seconds, post-dial delay, revenue and cost of what ended lately. Of a
    worker that was killed, its last seconds are not in it: what counts for money is in the CDRs."""
    from switchboard.desk.monitor import by_minute, in_all
    from switchboard.wire import instant, tally_body

    ports, lately = ports_for(state), timedelta(minutes=span)
    if by is By.TRUNK:
        trunks = in_all(ports, lately).trunks
        rows = [{"trunk": name, **tally_body(trunks[name])} for name in sorted(trunks)]
    else:
        found = by_minute(ports, lately)
        rows = [{"minute": instant(at), **tally_body(one.callbacks)} for at, one in found.items()]
    show_list(rows, (by.value, *TALLY), as_json=as_json)


@app.command("live")
def show_live(state: State = None, as_json: AsJson = False) -> None:
    """What runs now, and the last five minutes."""
    from switchboard.desk.monitor import live
    from switchboard.wire import live_body

    body: dict[str, Any] = live_body(live(ports_for(state)))
    if as_json:
        show_one(body, as_json=True)
        return
    show_one(body["now"], as_json=False)
    show_list(body["lately"], ("trunk", *TALLY), as_json=False)
