"""Service numbers and DIDs: the list, the page of one, and its forms."""

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, FormsOf, ask
from chalicelib.admin.number_fields import (
    HOURS,
    MANNERS,
    MODES,
    PAYER,
    RINGS_BACK,
    SPEECH,
    WHEN_CLOSED,
    Part,
)
from chalicelib.admin.reading import international
from chalicelib.translation import mark
from switchboard.billing.service_number import ServiceNumber
from switchboard.desk.office import numbers as office
from switchboard.errors import Malformed, NotFound
from switchboard.numbering import PhoneNumber, parse_number

NUMBERS = (mark("Service numbers"), "/admin/numbers")
# In a form of which the number is not known yet.
ANY = PhoneNumber("+442079460000")


def add_to(pages: Pages) -> None:
    """The list of numbers, the page of one, and its forms."""
    pages.show("/admin/numbers", show_numbers)
    pages.ask("/admin/new-number", add)
    pages.show("/admin/numbers/{number}", show_number)
    pages.ask("/admin/numbers/{number}/edit", edit)
    pages.ask("/admin/numbers/{number}/hours", edit_hours)
    pages.ask("/admin/numbers/{number}/speech", edit_speech)
    pages.ask("/admin/numbers/{number}/remove", remove)


def show_numbers(console: Console) -> Response:
    text, cursor = console.query.get("q", "")[:80], console.cursor
    page = office.list_numbers(console.ports, console.by, text, limit=ROWS, cursor=cursor)
    return console.show("admin/numbers.html", title=NUMBERS[0], page=page, modes=dict(MODES))


def show_number(console: Console) -> Response:
    service = _known(console)
    return console.show(
        "admin/number.html",
        title=str(service.number),
        crumbs=[NUMBERS],
        service=service,
        refused=office.refused_today(console.ports, console.by, service.number),
        modes=dict(MODES),
        rings_back=dict(RINGS_BACK),
        when_closed=dict(WHEN_CLOSED),
        manners=MANNERS,
    )


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        service = PAYER.changed(entered, ServiceNumber(entered["number"]))
        office.add_number(console.ports, console.by, service)
        said = console.say(mark("%(number)s was added."), number=service.number)
        return console.go(path_of(service.number), said)

    number = Field(
        "number",
        mark("Number"),
        "tel",
        required=True,
        longest=40,
        read=international,
        hint=mark("International, like +442079460999."),
    )
    form = AskFor(
        mark("New number"),
        mark("Add"),
        (number, *PAYER.fields(ServiceNumber(ANY))),
        back=NUMBERS[1],
        crumbs=[NUMBERS],
        use_case=office.add_number,
    )
    return ask(console, form, act)


def edit(console: Console) -> Response:
    return _edit(console, PAYER)


def edit_hours(console: Console) -> Response:
    return _edit(console, HOURS)


def edit_speech(console: Console) -> Response:
    return _edit(console, SPEECH)


def remove(console: Console) -> Response:
    number = _known(console).number

    def act(_entered: Entered) -> Response:
        office.remove_number(console.ports, console.by, number)
        return console.go(NUMBERS[1], console.say(mark("%(number)s is gone."), number=number))

    text = mark(
        "Who rings it or texts it is not called any more. Callbacks that wait in the queue still"
        " ring."
    )
    form = _forms(number).form(mark("Remove this number"), mark("Remove"), text, danger=True)
    return ask(console, form, act)


def path_of(number: PhoneNumber) -> str:
    """The page of a number."""
    return f"/admin/numbers/{number.digits}"


def _known(console: Console) -> ServiceNumber:
    """The number in the address, which has its digits only."""
    digits = console.part("number")
    try:
        number = parse_number(f"+{digits}", "US")
    except Malformed:
        raise NotFound(f"+{digits[:20]} is not a service number") from None
    return office.find_number(console.ports, console.by, number)


def _edit(console: Console, part: Part) -> Response:
    old = _known(console)

    def act(entered: Entered) -> Response:
        office.change_number(console.ports, console.by, old, part.changed(entered, old))
        said = console.say(mark("%(number)s was changed."), number=old.number)
        return console.go(path_of(old.number), said)

    form = _forms(old.number).form(part.title, mark("Save"), fields=part.fields(old))
    return ask(console, form, act)


def _forms(number: PhoneNumber) -> FormsOf:
    path = path_of(number)
    return FormsOf(path, [NUMBERS, (str(number), path)], office.change_number)
