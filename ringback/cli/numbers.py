"""`ringback numbers`: the numbers that customers ring and text."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli import manner_options as manners
from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.billing.service_number import ServiceNumber
    from switchboard.ports import Ports

app = typer.Typer(help="Service numbers and DIDs.", no_args_is_help=True)

COLUMNS = ("number", "mode", "account", "rings", "hours", "retries")

Number = Annotated[str, typer.Argument(help="International, like +442079460999.")]
Mode = Annotated[
    str | None,
    typer.Option(
        metavar="ani|did|pin|ani-or-pin",
        help="Who pays is known by caller ID, by the number itself, by a PIN that is asked for, or"
        " by a PIN of unknown callers only. Goes by the other options where it is not given.",
    ),
]
Account = Annotated[str | None, typer.Option(help="Makes it a DID of this account.")]
PaidBy = Annotated[
    str | None, typer.Option(help="Makes it ask for PINs; this account pays until one is given.")
]
Rings = Annotated[str | None, typer.Option(help="A DID's preset phone to ring.")]
RingsBack = Annotated[
    str | None,
    typer.Option(metavar="caller|default-number", help="Which phone of a known caller is rung."),
]
Delay = Annotated[
    float | None, typer.Option(help="Seconds before the ring back: the line must be free (2).")
]
Language = Annotated[str | None, typer.Option(help="Like fr; “account” takes the account's.")]
Hours = Annotated[
    list[str] | None,
    typer.Option(help="Like “mon-fri 09:00-17:00”; several add up; “always” is the whole week."),
]
TimeZone = Annotated[str | None, typer.Option(help="By whose clocks, like Europe/London (UTC).")]
WhenClosed = Annotated[
    str | None, typer.Option(metavar="queue|refuse", help="What becomes of a ring out of hours.")
]
Retries = Annotated[
    int | None, typer.Option(help="How often a customer who is not reached is tried again (0).")
]
RetryAfter = Annotated[float | None, typer.Option(help="Seconds before each retry (60).")]
Quiet = Annotated[
    float | None,
    typer.Option(help="Seconds in which another ring of the same caller is the same (30)."),
]

Languages = Annotated[
    list[str] | None,
    typer.Option(
        help="A language that callers may choose by key, in this order; repeatable. “none”: they"
        " are not asked."
    ),
]
AskAccount = Annotated[
    bool | None,
    typer.Option(
        "--ask-account/--no-ask-account", help="Whether an account number is asked for with a PIN."
    ),
]


@app.command()
def add(
    context: typer.Context,
    number: Number,
    mode: Mode = None,
    account: Account = None,
    paid_by: PaidBy = None,
    rings: Rings = None,
    rings_back: RingsBack = None,
    delay: Delay = None,
    language: Language = None,
    hours: Hours = None,
    time_zone: TimeZone = None,
    when_closed: WhenClosed = None,
    retries: Retries = None,
    retry_after: RetryAfter = None,
    quiet: Quiet = None,
    choose_language: Languages = None,
    ask_account: AskAccount = None,
    manner: manners.Manner = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a number that customers ring or text."""
    from switchboard.billing.service_number import ServiceNumber
    from switchboard.desk.service_numbers import add_service_number
    from switchboard.numbering import parse_number

    ports = ports_for(state)
    home = "US" if account is None else ports.accounts.get(account).profile.country
    blank = ServiceNumber(parse_number(number, home))
    service = _changed(blank, context.params, home)
    add_service_number(ports, service)
    show_one(_row(service), as_json=as_json)


@app.command("set")
def set_(
    context: typer.Context,
    number: Number,
    mode: Mode = None,
    account: Account = None,
    paid_by: PaidBy = None,
    rings: Rings = None,
    rings_back: RingsBack = None,
    delay: Delay = None,
    language: Language = None,
    hours: Hours = None,
    time_zone: TimeZone = None,
    when_closed: WhenClosed = None,
    retries: Retries = None,
    retry_after: RetryAfter = None,
    quiet: Quiet = None,
    choose_language: Languages = None,
    ask_account: AskAccount = None,
    manner: manners.Manner = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change a number; what is not named stays."""
    from switchboard.desk.service_numbers import change_service_number

    ports = ports_for(state)
    old = _find(ports, number)
    home = "US" if account is None else ports.accounts.get(account).profile.country
    new = _changed(old, context.params, home)
    change_service_number(ports, old, new)
    show_one(_row(new), as_json=as_json)


@app.command("list")
def list_(state: State = None, as_json: AsJson = False) -> None:
    """Every service number."""
    rows = [_row(service) for service in ports_for(state).accounts.service_numbers()]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command()
def show(number: Number, state: State = None, as_json: AsJson = False) -> None:
    """One number, and how many rings on it were refused today (UTC), by reason."""
    ports = ports_for(state)
    service = _find(ports, number)
    refused = ports.rings.refused(service.number, ports.clock.now().date())
    show_one({**_row(service), "refused_today": dict(refused)}, as_json=as_json)


@app.command()
def remove(number: Number, state: State = None) -> None:
    """Take no more orders through a number."""
    from switchboard.desk.service_numbers import remove_service_number

    ports = ports_for(state)
    service = _find(ports, number)
    remove_service_number(ports, service.number)
    typer.echo(f"{service.number} is removed")


def _find(ports: "Ports", number: str) -> "ServiceNumber":
    from switchboard.desk.service_numbers import find_service_number
    from switchboard.numbering import parse_number

    return find_service_number(ports, parse_number(number, "US"))


def _changed(old: "ServiceNumber", options: Mapping[str, Any], home: str) -> "ServiceNumber":
    """With what the options say; of one that changes its mode, only what the new mode needs."""
    from switchboard.billing import service_number as service
    from switchboard.numbering import parse_number

    account = options["account"] or options["paid_by"]
    rings = options["rings"] and parse_number(options["rings"], home)
    changes = {
        "mode": _mode(options, old.mode),
        "account": account or old.account,
        "rings": rings or old.rings,
        "rings_back": _choice("rings_back", service.RingsBack, options),
        "when_closed": _choice("when_closed", service.WhenClosed, options),
        "retries": options["retries"],
        "asks_account": options["ask_account"],
        "manners": manners.manners_of(options["manner"]).over(old.manners),
    }
    for name in ("delay", "retry_after", "quiet"):
        changes[name] = None if options[name] is None else timedelta(seconds=options[name])
    given = {name: value for name, value in changes.items() if value is not None}
    if changes["mode"] is not service.ServiceMode.DID:
        given["rings"] = rings
    if changes["mode"] is service.ServiceMode.ANI:
        given["account"] = account
    if options["language"] is not None:
        given["language"] = None if options["language"] == "account" else options["language"]
    if options["choose_language"]:
        chosen = options["choose_language"]
        given["languages"] = () if chosen == ["none"] else tuple(chosen)
    return replace(old, **given, hours=_hours(old, options))


def _mode(options: Mapping[str, Any], old: Any) -> Any:
    from switchboard.billing.service_number import ServiceMode

    if options["mode"] is not None:
        return _choice("mode", ServiceMode, options)
    if options["account"] or options["rings"]:
        return ServiceMode.DID
    return ServiceMode.PIN if options["paid_by"] and not old.may_ask_pin else old


def _choice(name: str, kind: Any, options: Mapping[str, Any]) -> Any:
    from switchboard.errors import Malformed

    text = options[name]
    if text is None:
        return None
    words = [one.value for one in kind]
    if text not in words:
        raise Malformed(f"--{name.replace('_', '-')} is “{text[:20]}”: write {' or '.join(words)}")
    return kind(text)


def _hours(old: "ServiceNumber", options: Mapping[str, Any]) -> Any:
    from switchboard.billing.opening_hours import OpeningHours, parse_opening

    zone = options["time_zone"]
    if options["hours"] == ["always"]:
        return None
    if options["hours"]:
        windows = tuple(parse_opening(text) for text in options["hours"])
        return OpeningHours(windows, zone or (old.hours.time_zone if old.hours else "UTC"))
    return replace(old.hours, time_zone=zone) if old.hours and zone else old.hours


def _row(service: "ServiceNumber") -> dict[str, Any]:
    from switchboard.billing.opening_hours import format_opening

    hours = service.hours
    return {
        "number": str(service.number),
        "mode": service.mode.value,
        "account": service.account,
        "rings": None if service.rings is None else str(service.rings),
        "rings_back": service.rings_back.value,
        "delay_seconds": service.delay.total_seconds(),
        "language": service.language,
        "hours": None if hours is None else [format_opening(window) for window in hours.windows],
        "time_zone": None if hours is None else hours.time_zone,
        "when_closed": service.when_closed.value,
        "retries": service.retries,
        "retry_after_seconds": service.retry_after.total_seconds(),
        "suspended": service.suspended,
        "quiet_seconds": service.quiet.total_seconds(),
        "languages": list(service.languages),
        "asks_account": service.asks_account,
        **asdict(service.manners),
    }
