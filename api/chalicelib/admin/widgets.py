"""“Call me” widgets: the list, the page of one with what a site pastes, and its form."""

from collections.abc import Sequence
from dataclasses import replace

from chalice.app import Response

from chalicelib.admin.account_fields import LANGUAGES
from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, ask, switch
from chalicelib.admin.number_fields import opening_fields, opening_of
from chalicelib.admin.reading import international, lines_of
from chalicelib.translation import mark
from switchboard.billing.widget import Widget
from switchboard.calls.velocity import Limit
from switchboard.desk.office import widgets as office
from switchboard.numbering import PhoneNumber, check_country
from switchboard.wire.widgets import widget_page, widget_snippet

WIDGETS = (mark("Widgets"), "/admin/widgets")
# What a form begins with; none of what is its own is shown.
USUAL = Widget("new", "new", PhoneNumber("+442079460000"), ("https://www.example.com",), ("GB",))
LIMITS = (
    ("calls_for_address", mark("Most calls for an address")),
    ("calls_to_phone", mark("Most calls to a phone")),
    ("calls_in_all", mark("Most calls in all")),
)


def add_to(pages: Pages) -> None:
    """The list of widgets, the page of one, and its forms."""
    pages.show("/admin/widgets", show_widgets)
    pages.ask("/admin/new-widget", add)
    pages.show("/admin/widgets/{widget}", show_one)
    pages.ask("/admin/widgets/{widget}/edit", edit)


def show_widgets(console: Console) -> Response:
    text, cursor = console.query.get("q", "")[:80], console.cursor
    page = office.list_widgets(console.ports, console.by, text, limit=ROWS, cursor=cursor)
    return console.show("admin/widgets.html", title=WIDGETS[0], page=page)


def show_one(console: Console) -> Response:
    widget = _known(console)
    public_url = console.wiring.settings.public_url
    return console.show(
        "admin/widget.html",
        title=widget.id,
        crumbs=[WIDGETS],
        widget=widget,
        limits=[(label, getattr(widget, name)) for name, label in LIMITS],
        languages_by_code=dict(LANGUAGES),
        widget_page=widget_page(public_url, widget.id),
        snippet=widget_snippet(public_url, widget.id),
    )


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        widget = _changed(replace(USUAL, id=entered["id"]), entered)
        office.add_widget(console.ports, console.by, widget)
        said = console.say(mark("%(name)s was added."), name=widget.id)
        return console.go(path_of(widget.id), said)

    hint = mark("Small letters, digits and dashes; it stands in the page of the site.")
    asked = Field("id", mark("Name"), required=True, longest=40, hint=hint)
    form = AskFor(
        mark("New widget"),
        mark("Add"),
        (asked, *_fields(None)),
        back=WIDGETS[1],
        crumbs=[WIDGETS],
        use_case=office.add_widget,
    )
    return ask(console, form, act)


def edit(console: Console) -> Response:
    old = _known(console)

    def act(entered: Entered) -> Response:
        office.change_widget(console.ports, console.by, old, _changed(old, entered))
        said = console.say(mark("%(name)s was changed."), name=old.id)
        return console.go(path_of(old.id), said)

    form = AskFor(
        mark("Edit"),
        mark("Save"),
        _fields(old),
        back=path_of(old.id),
        crumbs=[WIDGETS, (old.id, path_of(old.id))],
        use_case=office.change_widget,
    )
    return ask(console, form, act)


def path_of(widget: str) -> str:
    """The page of a widget."""
    return f"{WIDGETS[1]}/{widget}"


def _known(console: Console) -> Widget:
    return office.find_widget(console.ports, console.by, console.part("widget"))


def _fields(known: Widget | None) -> tuple[Field, ...]:
    widget = known or USUAL
    return (
        *_whom(known),
        *opening_fields(widget.hours),
        *(_limit(name, label, getattr(widget, name)) for name, label in LIMITS),
        switch(
            "asks_code",
            mark("A code is texted to the phone first"),
            widget.asks_code,
            mark("Nobody is called before it was entered."),
        ),
        Field(
            "language",
            mark("Language"),
            "select",
            value=widget.language,
            choices=_languages(widget.language),
            required=True,
        ),
        switch("enabled", mark("In use"), widget.enabled),
    )


def _whom(known: Widget | None) -> tuple[Field, ...]:
    """Who pays, with whom visitors are connected, where they may be."""
    origins, countries = ((), ()) if known is None else (known.origins, known.countries)
    return (
        Field(
            "account",
            mark("Account"),
            value="" if known is None else known.account,
            required=True,
            longest=64,
            hint=mark("Pays for both legs."),
        ),
        Field(
            "destination",
            mark("Whom visitors are connected with"),
            "tel",
            value="" if known is None else str(known.destination),
            required=True,
            longest=40,
            read=international,
            hint=mark("Like +442071234567."),
        ),
        Field(
            "origins",
            mark("Sites"),
            "lines",
            value="\n".join(origins),
            required=True,
            longest=4000,
            read=lambda text: tuple(lines_of(text)),
            hint=mark("That may show it, like https://www.example.com, one a line."),
        ),
        Field(
            "countries",
            mark("Countries"),
            value=", ".join(countries),
            required=True,
            read=lambda text: tuple(map(check_country, text.replace(",", " ").split())),
            hint=mark("Whose phones are called, like GB, FR."),
        ),
    )


def _limit(name: str, label: str, limit: Limit) -> Field:
    hint = mark("Like 10/1h: in seconds (s), minutes (m), hours (h) or days (d).")
    return Field(name, label, value=str(limit), required=True, read=Limit.parse, hint=hint)


def _languages(known: str) -> Sequence[tuple[str, str]]:
    """Those of our pages, and what was set by the command."""
    return LANGUAGES if known in dict(LANGUAGES) else [*LANGUAGES, (known, known)]


def _changed(widget: Widget, entered: Entered) -> Widget:
    """The widget with what those fields say."""
    named = ("account", "destination", "origins", "countries", "asks_code", "language", "enabled")
    return replace(
        widget,
        hours=opening_of(entered),
        **{name: entered[name] for name in named},
        **{name: entered[name] for name, _ in LIMITS},
    )
