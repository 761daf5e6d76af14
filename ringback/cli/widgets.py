"""`ringback widgets`: what web sites show, by which their visitors are called."""

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.grouped import grouped
from ringback.cli.number_options import Hours, TimeZone, hours_of

if TYPE_CHECKING:
    from switchboard.billing.widget import Widget
    from switchboard.ports import Ports

app = typer.Typer(
    help="“Call me” widgets of web sites: a visitor types their number, one account pays.",
    no_args_is_help=True,
)

COLUMNS = ("widget", "account", "to", "origins", "countries", "hours", "asks_code", "enabled")

Id = Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits and dashes.")]


@dataclass(frozen=True, slots=True)
class WidgetOptions:
    """What can be said of any widget."""

    account: Annotated[str | None, typer.Option(help="Who pays for both legs.")] = None
    to: Annotated[
        str | None, typer.Option("--to", metavar="NUMBER", help="Whom visitors are connected with.")
    ] = None
    origin: Annotated[
        list[str] | None,
        typer.Option(
            "--origin",
            metavar="SITE",
            help="A site that may show it, like https://www.example.com or https://*.example.com;"
            " repeatable.",
        ),
    ] = None
    country: Annotated[
        list[str] | None,
        typer.Option(
            "--country",
            help="Whose phones are called, like GB; repeatable (the account's country).",
        ),
    ] = None
    hours: Hours = None
    time_zone: TimeZone = None
    per_address: Annotated[
        str | None,
        typer.Option(metavar="MOST/WINDOW", help="Calls that an address may ask for (10/1h)."),
    ] = None
    per_phone: Annotated[
        str | None, typer.Option(metavar="MOST/WINDOW", help="Calls to a phone (3/1h).")
    ] = None
    in_all: Annotated[
        str | None, typer.Option(metavar="MOST/WINDOW", help="Calls of the widget (100/1d).")
    ] = None
    ask_code: Annotated[
        bool | None,
        typer.Option(
            "--ask-code/--no-ask-code",
            help="Whether a code is texted to the phone, which the visitor enters before the call.",
        ),
    ] = None
    language: Annotated[str | None, typer.Option(help="Like fr (that of the account).")] = None
    enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Whether it is shown at all.")
    ] = None


@app.command()
@grouped
def add(
    widget_id: Id,
    options: WidgetOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a widget; --account, --to and --origin are needed."""
    from switchboard.billing.widget import Widget
    from switchboard.desk.office.widgets import add_widget
    from switchboard.errors import Malformed
    from switchboard.numbering import parse_number

    if not (options.account and options.to and options.origin):
        raise Malformed("a widget needs --account, --to and --origin")
    ports = ports_for(state)
    profile = ports.accounts.get(options.account).profile
    widget = Widget(
        widget_id,
        options.account,
        parse_number(options.to, profile.country),
        origins=tuple(options.origin),
        countries=(profile.country,),
        language=profile.language,
    )
    widget = _changed(ports, widget, options)
    add_widget(ports, operator(), widget)
    _show(widget, as_json=as_json)


@app.command("set")
@grouped
def change(
    widget_id: Id,
    options: WidgetOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given; it counts within seconds."""
    from switchboard.desk.office.widgets import change_widget, find_widget

    ports, by = ports_for(state), operator()
    old = find_widget(ports, by, widget_id)
    new = _changed(ports, old, options)
    change_widget(ports, by, old, new)
    _show(new, as_json=as_json)


@app.command("list")
def list_(state: State = None, as_json: AsJson = False) -> None:
    """Every widget."""
    from switchboard.wire import widget_body

    rows = [widget_body(widget) for widget in ports_for(state).widgets.all()]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command()
def show(widget_id: Id, state: State = None, as_json: AsJson = False) -> None:
    """One widget, and what a web site has in its page to show it."""
    from ringback.wiring import public_url, system_env
    from switchboard.desk.office.widgets import find_widget
    from switchboard.wire import widget_page, widget_snippet

    widget = find_widget(ports_for(state), operator(), widget_id)
    url = public_url(system_env(state, os.environ))
    page, snippet = widget_page(url, widget.id), widget_snippet(url, widget.id)
    _show(widget, as_json=as_json, page=page, snippet=snippet)


def _changed(ports: "Ports", old: "Widget", options: WidgetOptions) -> "Widget":
    """The widget with what the options say."""
    from switchboard.calls.velocity import Limit
    from switchboard.numbering import check_country, parse_number

    account = options.account or old.account
    home = ports.accounts.get(account).profile.country
    limits = {
        "calls_for_address": options.per_address,
        "calls_to_phone": options.per_phone,
        "calls_in_all": options.in_all,
    }
    changes: dict[str, Any] = {
        "account": account,
        "destination": parse_number(options.to, home) if options.to else None,
        "origins": tuple(options.origin) if options.origin else None,
        "countries": tuple(map(check_country, options.country)) if options.country else None,
        "asks_code": options.ask_code,
        "language": options.language,
        "enabled": options.enabled,
        **{name: Limit.parse(text) for name, text in limits.items() if text},
    }
    given = {name: value for name, value in changes.items() if value is not None}
    return replace(old, **given, hours=hours_of(options.hours, options.time_zone, old.hours))


def _show(widget: "Widget", *, as_json: bool, **more: str) -> None:
    from switchboard.wire import widget_body

    show_one({**widget_body(widget), **more}, as_json=as_json)
