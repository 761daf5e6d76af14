"""`ringback trace`: switched on for a while, and what was traced, as a ladder or for Wireshark."""

import json
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.calls.tracing import Traced

app = typer.Typer(help="SIP messages, prompts, keys and money of a call.", no_args_is_help=True)

ON = ("kind", "value", "until")
TRACES = ("began_at", "callback", "account", "trunks")


class Kind(StrEnum):
    """What tracing is switched on for."""

    ACCOUNT = "account"
    NUMBER = "number"
    TRUNK = "trunk"
    CALLBACK = "callback"

    @property
    def traced(self) -> "Traced":
        """The same, where it is used. Imported late: --help shall be quick."""
        from switchboard.calls.tracing import Traced

        return Traced(self.value)


Which = Annotated[Kind, typer.Argument(help="What is traced.")]
Value = Annotated[str, typer.Argument(help="Its name, number or id.")]


@app.command("on")
def switch_on(
    kind: Which,
    value: Value,
    minutes: Annotated[int, typer.Option(min=1, help="For so long; a week at most.")] = 60,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Trace what begins from now on. Numbers have their country: +44…"""
    from switchboard.desk.office import tracing
    from switchboard.wire import switch_body

    span = timedelta(minutes=minutes)
    switch = tracing.switch_on(ports_for(state), operator(), kind.traced, value, span)
    show_one(switch_body(switch), as_json=as_json)


@app.command("off")
def switch_off(kind: Which, value: Value, state: State = None) -> None:
    """Trace no more; what was traced stays for its week."""
    from switchboard.desk.office import tracing

    tracing.switch_off(ports_for(state), operator(), kind.traced, value)


@app.command("list")
def list_all(
    limit: Annotated[int, typer.Option(min=1, help="So many traces at most.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Where the last part ended.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """What tracing is on for, and until when; and the callbacks that were traced, newest first."""
    from switchboard.desk.office.tracing import list_traces, switches
    from switchboard.wire import switch_body, title_body

    ports, by = ports_for(state), operator()
    page = list_traces(ports, by, limit=limit, cursor=cursor)
    on = [switch_body(switch) for switch in switches(ports, by)]
    traces = [title_body(title) for title in page.items]
    if as_json:
        body = {"on": on, "traces": traces, "cursor": page.cursor}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
        return
    typer.echo("tracing is on for")
    show_list(on, ON, as_json=False)
    typer.echo("traced callbacks")
    show_list(traces, TRACES, as_json=False)
    if page.cursor is not None:
        typer.echo(f"older ones: --cursor {page.cursor}")


@app.command()
def show(
    callback: Annotated[str, typer.Argument(metavar="ID", help="Of a callback.")],
    messages: Annotated[bool, typer.Option("--messages", help="SIP messages in full.")] = False,
    pcap: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the SIP messages for Wireshark.")
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """What happened in a callback, as a ladder. Digits of PINs and vouchers are in no trace."""
    from ringback.cli.ladder import ladder
    from switchboard.calls.tracing import SipRecord
    from switchboard.desk.office.tracing import export_trace, read_trace
    from switchboard.wire import trace_body

    ports, by = ports_for(state), operator()
    story = read_trace(ports, by, callback)
    found = story.traces
    if pcap is not None:
        _write(pcap, export_trace(ports, by, callback))
    if as_json:
        typer.echo(json.dumps([trace_body(trace) for trace in found], indent=2, ensure_ascii=False))
        return
    if story.why is not None:
        typer.echo(f"why it failed: {story.why}")
    for trace in found:
        for line in ladder(trace):
            typer.echo(line)
        for message in trace.timeline if messages else ():
            if isinstance(message, SipRecord):
                way = "to" if message.sent else "from"
                typer.echo(f"\n{message.at:%H:%M:%S.%f} {way} {message.theirs}\n\n{message.text}")


def _write(path: Path, capture: bytes) -> None:
    from switchboard.errors import Malformed

    try:
        path.write_bytes(capture)
    except OSError as error:
        raise Malformed(f"{path} cannot be written: {error.strerror}") from None
