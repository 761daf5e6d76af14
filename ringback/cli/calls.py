"""`ringback callback` and `ringback cdrs`: calls placed, and what became of them."""

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.files import OutFile

if TYPE_CHECKING:
    from datetime import datetime

    from switchboard.calls.callback import Callback
    from switchboard.desk.orders import Order
    from switchboard.ports import Ports

cdrs = typer.Typer(help="CDRs: the records of finished callbacks.", no_args_is_help=True)

POLL_S = 0.2

Since = Annotated[
    str | None,
    typer.Option("--from", metavar="ISO", help="Requested on this day or later; UTC, if not said."),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="ISO", help="Requested on this day or earlier, or before this instant."
    ),
]


def callback(
    customer: Annotated[str, typer.Argument(metavar="FROM", help="The phone that rings first.")],
    destination: Annotated[str, typer.Argument(metavar="TO", help="The other party.")],
    account: Annotated[str, typer.Option(help="Who pays.")],
    at: Annotated[
        str | None,
        typer.Option(metavar="ISO", help="Later: an instant, by the account's time zone."),
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="FROM must press 1 before TO is rung.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Show how it goes, until its end.")] = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Connect two phones, now or later."""
    from ringback.cli.account_options import read_date
    from switchboard.calls.planned import Planned
    from switchboard.desk.office.callbacks import place_callback
    from switchboard.errors import Malformed
    from switchboard.wire import callback_body, planned_body

    if at is not None and wait:
        raise Malformed("--wait is for a callback that is placed now, not for --at")
    ports = ports_for(state)
    payer = ports.accounts.get(account)
    order = _order(customer, destination, payer.profile.country, confirm=confirm)
    rings_at = None if at is None else read_date(at, payer.profile.time_zone)
    placed = place_callback(ports, operator(), account, order, rings_at)
    if isinstance(placed, Planned):
        show_one(planned_body(placed), as_json=as_json)
    elif wait:
        show_one(_follow(ports, placed, quiet=as_json), as_json=as_json)
    else:
        show_one(callback_body(placed, ports.clock.now()), as_json=as_json)


@cdrs.command("list")
def list_cdrs(
    account: Annotated[str, typer.Option(help="Whose calls.")],
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    since: Since = None,
    until: Until = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The finished callbacks of an account, newest first."""
    from switchboard.desk.cdrs import find_cdrs
    from switchboard.wire import cdr_body

    found = find_cdrs(ports_for(state), account, since=_instant(since), until=_end(until))
    rows = [_flat(cdr_body(cdr)) for cdr in islice(found, limit)]
    columns = (
        "requested_at",
        "from",
        "to",
        "reason",
        "talked_seconds",
        "cost",
        "margin",
        "currency",
    )
    show_list(rows, columns, as_json=as_json)


@cdrs.command("export")
def export_cdrs(
    output: OutFile,
    account: Annotated[
        str | None, typer.Option(help="Whose calls; those of all accounts, if not given.")
    ] = None,
    since: Since = None,
    until: Until = None,
    state: State = None,
) -> None:
    """Write finished callbacks to a file, a row each, with what both legs cost."""
    from ringback.wiring import write_table
    from switchboard.calls.cdr_file import COLUMNS
    from switchboard.desk.cdrs import find_cdr_rows

    rows = find_cdr_rows(ports_for(state), account, since=_instant(since), until=_end(until))
    written = write_table(output, COLUMNS, rows)
    typer.echo(f"{written} CDRs are in {output}")


def _instant(text: str | None) -> "datetime | None":
    from ringback.cli.account_options import read_date

    return None if text is None else read_date(text, "UTC")


def _end(text: str | None) -> "datetime | None":
    """The instant before which a time ends: a day ends with the next one."""
    from datetime import timedelta

    read = _instant(text)
    whole_day = text is not None and "T" not in text.upper() and ":" not in text
    return read + timedelta(days=1) if read is not None and whole_day else read


def _order(customer: str, destination: str, home: str, *, confirm: bool) -> "Order":
    from uuid import uuid4

    from switchboard.calls.callback import Trigger
    from switchboard.calls.manners import Manners
    from switchboard.desk.orders import Order
    from switchboard.numbering import parse_number

    return Order(
        parse_number(customer, home),
        parse_number(destination, home),
        Trigger("command", uuid4().hex),
        manners=Manners(confirm=confirm or None),
    )


def _follow(ports: "Ports", placed: "Callback", *, quiet: bool) -> dict[str, Any]:
    """Every state as it comes; the CDR, or the callback where nothing was ever dialled."""
    import time

    from switchboard.desk.orders import find_callback
    from switchboard.wire import callback_body, cdr_body

    shown = None
    while True:
        known = find_callback(ports, placed.account, placed.id)
        status = known.state_at(ports.clock.now())
        if status is not shown and not quiet:
            typer.echo(status.value.replace("_", " "))
        shown = status
        if status.final:
            break
        time.sleep(POLL_S)
    cdr = ports.books.cdr(known.account, known.id, known.requested_at)
    return callback_body(known, ports.clock.now()) if cdr is None else _flat(cdr_body(cdr))


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    """A record with what one looks for first, in front."""
    numbers = {
        name: body[party] and body[party]["number"]
        for name, party in (("from", "customer"), ("to", "destination"))
    }
    return {**numbers, "reason": body["ending"]["reason"], **body}
