"""Settings of the whole system: where they are, classes of destinations, velocity limits."""

from collections.abc import Mapping
from dataclasses import replace

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb, Pages
from chalicelib.admin.forms import LINKED, AskFor, Entered, Field, ask, switch
from chalicelib.admin.sale_fields import prefixes_field
from chalicelib.translation import mark
from switchboard.billing.classes import DEFAULT_CLASSES, DestinationClass
from switchboard.calls.velocity import Limit, Velocity
from switchboard.desk.office import settings as office
from switchboard.errors import AlreadyExists, NotFound

SETTINGS: Crumb = (mark("Settings"), "/admin/settings")
CLASSES: Crumb = (mark("Classes of destinations"), "/admin/settings/classes")
VELOCITY: Crumb = (mark("Velocity"), "/admin/settings/velocity")
# What each limit is of.
LIMITS: Mapping[str, str] = {
    "rings-of-phone": mark("How often a phone is rung back for its rings."),
    "texts-of-phone": mark(
        "How often a phone orders by text while another callback of its account is under way."
    ),
    "orders-of-account": mark("How often an account orders by page, API or text."),
    "orders-of-address": mark(
        "How often is ordered from one internet address; an office may share one."
    ),
    "calls-to-stranger": mark("How often a phone is rung first for accounts that it is not of."),
    "strangers-of-account": mark(
        "How often an account has phones rung first that are not its own."
    ),
    "codes-for-phone": mark("How many codes a new phone is sent to confirm it."),
    "codes-of-account": mark("How many codes an account has sent."),
    "codes-of-address": mark("How many codes are asked for from one internet address."),
}
_COUNTS = mark("It counts within ten seconds.")


def add_to(pages: Pages) -> None:
    """The page of all settings, and the lists and forms of classes and limits."""
    pages.show(SETTINGS[1], show_settings)
    pages.show(CLASSES[1], show_classes)
    pages.ask("/admin/settings/new-class", add_class)
    pages.ask("/admin/settings/classes/{class}", edit_class)
    pages.ask("/admin/settings/classes/{class}/reset", reset_class)
    pages.show(VELOCITY[1], show_limits)
    pages.ask("/admin/settings/velocity/{limit}", edit_limit)
    pages.ask("/admin/settings/velocity/{limit}/reset", reset_limit)


def show_settings(console: Console) -> Response:
    ports, by = console.ports, console.by
    known, built_in = office.see_velocity(ports, by).named(), Velocity().named()
    classes = office.see_classes(ports, by).classes
    return console.show(
        "admin/settings.html",
        title=SETTINGS[0],
        classes=classes,
        blocked=sum(one.blocked for one in classes),
        changed_classes=sum(one != DEFAULT_CLASSES.find(one.name) for one in classes),
        limits=known,
        changed_limits=sum(known[name] != built_in[name] for name in known),
    )


def show_classes(console: Console) -> Response:
    classes = office.see_classes(console.ports, console.by).classes
    return console.show(
        "admin/classes.html",
        title=CLASSES[0],
        crumbs=[SETTINGS],
        classes=[(one, DEFAULT_CLASSES.find(one.name)) for one in classes],
    )


def add_class(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        name = entered["name"]
        if office.see_classes(console.ports, console.by).find(name) is not None:
            raise AlreadyExists(f"there is a class {name} already")
        prefixes, blocked = entered["prefixes"], entered["blocked"]
        office.change_class(console.ports, console.by, name, add=prefixes, blocked=blocked)
        return console.go(CLASSES[1], console.say(mark("%(name)s was added."), name=name))

    name = Field(
        "name",
        mark("Name"),
        required=True,
        longest=32,
        read=lambda text: DestinationClass(text).name,
        hint=mark("Small letters, digits, dashes and underscores; it stays as it is."),
    )
    fields = (name, *_fields(DestinationClass("new", blocked=True)))
    form = replace(_form(CLASSES, mark("New class"), mark("Add")), fields=fields, text=_COUNTS)
    return ask(console, form, act)


def edit_class(console: Console) -> Response:
    known = _class(console)

    def act(entered: Entered) -> Response:
        prefixes = entered["prefixes"] or ()
        office.change_class(
            console.ports,
            console.by,
            known.name,
            add=prefixes,
            remove=tuple(one for one in known.prefixes if one not in prefixes),
            blocked=entered["blocked"],
        )
        return _changed(console, CLASSES, known.name)

    form = _form(CLASSES, known.name, mark("Save"))
    form = replace(form, fields=_fields(known), text=_COUNTS)
    links = (
        []
        if known == DEFAULT_CLASSES.find(known.name)
        else [(f"{CLASSES[1]}/{known.name}/reset", mark("As it is built in"))]
    )
    return ask(console, form, act, template=LINKED, links=links)


def reset_class(console: Console) -> Response:
    name = _class(console).name
    built_in = DEFAULT_CLASSES.find(name)

    def act(_entered: Entered) -> Response:
        office.reset_class(console.ports, console.by, name)
        return _changed(console, CLASSES, name)

    if built_in is None:
        title = mark("Remove this class")
        text = mark(
            "None of this name is built in, so it goes: its numbers are national or international"
            " again, and are blocked for nobody. It is refused while an account has a rule for it."
        )
    else:
        title, text = mark("As it is built in"), mark("Its prefixes are those of a new system.")
    form = _form(CLASSES, title, mark("Reset") if built_in else mark("Remove"))
    return ask(console, replace(form, text=text, danger=True), act)


def show_limits(console: Console) -> Response:
    known, built_in = office.see_velocity(console.ports, console.by).named(), Velocity().named()
    return console.show(
        "admin/velocity.html",
        title=VELOCITY[0],
        crumbs=[SETTINGS],
        limits=[(name, limit, built_in[name], LIMITS[name]) for name, limit in known.items()],
    )


def edit_limit(console: Console) -> Response:
    name, known, built_in = _limit(console)

    def act(entered: Entered) -> Response:
        office.change_velocity(console.ports, console.by, name, entered["limit"])
        return _changed(console, VELOCITY, name)

    hint = console.say(
        mark(
            "So many in a time: 12/1h, 120/10m, 0/1d; seconds (s), minutes (m), hours (h) or days"
            " (d). Built in: %(limit)s."
        ),
        limit=built_in,
    )
    field = Field(
        "limit",
        mark("At most"),
        value=str(known),
        required=True,
        longest=20,
        read=Limit.parse,
        hint=hint,
    )
    text = f"{console.say(LIMITS[name])} {console.say(_COUNTS)}"
    form = replace(_form(VELOCITY, name, mark("Save")), fields=(field,), text=text)
    links = (
        [] if known == built_in else [(f"{VELOCITY[1]}/{name}/reset", mark("As it is built in"))]
    )
    return ask(console, form, act, template=LINKED, links=links)


def reset_limit(console: Console) -> Response:
    name, known, built_in = _limit(console)

    def act(_entered: Entered) -> Response:
        office.change_velocity(console.ports, console.by, name, None)
        return _changed(console, VELOCITY, name)

    text = console.say(
        mark("%(name)s is %(now)s and becomes %(default)s."),
        name=name,
        now=known,
        default=built_in,
    )
    form = _form(VELOCITY, mark("As it is built in"), mark("Reset"))
    return ask(console, replace(form, text=text), act)


def _class(console: Console) -> DestinationClass:
    name = console.part("class")
    known = office.see_classes(console.ports, console.by).find(name)
    if known is None:
        raise NotFound(f"there is no class {name[:40]}")
    return known


def _limit(console: Console) -> tuple[str, Limit, Limit]:
    """A limit by its name, as it is and as it is built in."""
    name = console.part("limit")
    known = office.see_velocity(console.ports, console.by).named()
    if name not in known:
        raise NotFound(f"there is no limit {name[:40]}")
    return name, known[name], Velocity().named()[name]


def _fields(known: DestinationClass) -> tuple[Field, ...]:
    return (
        prefixes_field(known.prefixes, required=False),
        switch(
            "blocked",
            mark("Blocked: only accounts that are allowed to may call it"),
            known.blocked,
        ),
    )


def _changed(console: Console, page: Crumb, name: str) -> Response:
    return console.go(page[1], console.say(mark("%(name)s was changed."), name=name))


def _form(page: Crumb, title: str, button: str) -> AskFor:
    # All forms of settings need the same right.
    use_case = office.change_class
    return AskFor(title, button, back=page[1], crumbs=[SETTINGS, page], use_case=use_case)
