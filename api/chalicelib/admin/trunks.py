"""Trunks: the list, the page of one, and what is done with it."""

from collections.abc import Callable
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, FormsOf, ask
from chalicelib.admin.trunk_fields import (
    caller_changes,
    caller_fields,
    choice_changes,
    choice_fields,
    cost_field,
    link_changes,
    link_fields,
    ring_changes,
    ring_fields,
)
from chalicelib.translation import mark
from switchboard.calls.trunk import Trunk
from switchboard.desk.office import trunks as office
from switchboard.desk.trunks import TrunkChanges
from switchboard.numbering import parse_number

TRUNKS = (mark("Trunks"), "/admin/trunks")
# The colour of each state that a trunk can be in.
STATES = {
    mark("ok"): "green",
    mark("disabled"): "secondary",
    mark("no workers"): "secondary",
    mark("failing"): "orange",
    mark("not registered"): "orange",
    mark("resting"): "red",
    mark("silent"): "red",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what can be said of a trunk: its form, and what is made of it."""

    title: str
    fields: Callable[[Trunk], tuple[Field, ...]]
    changes: Callable[[Entered, Trunk], TrunkChanges]


LINK = Part(mark("Link"), link_fields, link_changes)
CALLER_ID = Part(mark("Caller ID"), caller_fields, caller_changes)
RINGS = Part(mark("Rings from it"), ring_fields, ring_changes)


def add_to(pages: Pages) -> None:
    """The list of trunks, the page of one, and its forms."""
    pages.show("/admin/trunks", show_trunks)
    pages.ask("/admin/new-trunk", add)
    pages.show("/admin/trunks/{trunk}", show_trunk)
    pages.ask("/admin/trunks/{trunk}/edit", edit)
    pages.ask("/admin/trunks/{trunk}/link", edit_link)
    pages.ask("/admin/trunks/{trunk}/caller-id", edit_caller_id)
    pages.ask("/admin/trunks/{trunk}/rings", edit_rings)
    pages.ask("/admin/trunks/{trunk}/enable", enable)
    pages.ask("/admin/trunks/{trunk}/disable", disable)
    pages.ask("/admin/trunks/{trunk}/remove", remove)
    pages.ask("/admin/trunks/{trunk}/test", test)


def show_trunks(console: Console) -> Response:
    found = office.list_trunks(console.ports, console.by)
    return console.show("admin/trunks.html", title=TRUNKS[0], trunks=found, states=STATES)


def show_trunk(console: Console) -> Response:
    trunk, health = office.find_trunk(console.ports, console.by, console.part("trunk"))
    return console.show(
        "admin/trunk.html",
        title=trunk.name,
        crumbs=[TRUNKS],
        trunk=trunk,
        health=health,
        states=STATES,
    )


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        name, address = entered["name"], entered["address"]
        changes = choice_changes(entered, model)
        trunk = office.add_trunk(console.ports, console.by, name, address, changes)
        return console.go(path_of(trunk.name), console.say(mark("%(name)s was added."), name=name))

    model = Trunk("new", "")
    first, *others = choice_fields(model, _costs(console, model))
    name = Field("name", mark("Name"), required=True, longest=64)
    empty = Field(first.name, first.label, hint=first.hint, required=True)
    form = AskFor(
        mark("New trunk"), mark("Add"), (name, empty, *others), back=TRUNKS[1], crumbs=[TRUNKS]
    )
    return ask(console, form, act)


def edit(console: Console) -> Response:
    def fields(trunk: Trunk) -> tuple[Field, ...]:
        return choice_fields(trunk, _costs(console, trunk))

    return _edit(console, Part(mark("Edit"), fields, choice_changes))


def edit_link(console: Console) -> Response:
    return _edit(console, LINK)


def edit_caller_id(console: Console) -> Response:
    return _edit(console, CALLER_ID)


def edit_rings(console: Console) -> Response:
    return _edit(console, RINGS)


def enable(console: Console) -> Response:
    text = mark("It is sent legs again within ten seconds.")
    title = mark("Use this trunk")
    return _switch(console, title, mark("Enable"), text, enabled=True)


def disable(console: Console) -> Response:
    text = mark(
        "Within ten seconds it is sent no more legs; calls that are under way go on. Where no other"
        " trunk is left, customers cannot be called."
    )
    title = mark("Use this trunk no more")
    return _switch(console, title, mark("Disable"), text, enabled=False)


def remove(console: Console) -> Response:
    name = _known(console).name

    def act(_entered: Entered) -> Response:
        office.remove_trunk(console.ports, console.by, name)
        return console.go(TRUNKS[1], console.say(mark("%(name)s is gone."), name=name))

    text = mark(
        "It is sent no more legs, and all that was said of it is forgotten, its password too. What"
        " it carried stays in the calls."
    )
    form = _forms(name).form(mark("Remove this trunk"), mark("Remove"), text, danger=True)
    return ask(console, form, act)


def test(console: Console) -> Response:
    trunk = _known(console)

    def act(entered: Entered) -> Response:
        ask_trunk = console.wiring.ask_trunk
        reply = office.ask_trunk(console.ports, console.by, ask_trunk, trunk.name)
        gaps = {"name": trunk.name, "reply": reply, "time": reply.milliseconds}
        said = console.say(mark("%(name)s answered %(reply)s in %(time)s ms."), **gaps)
        if entered["number"]:
            sent = trunk.sent(entered["number"])
            said += " " + console.say(mark("It would be sent %(number)s."), number=sent)
        return console.go(path_of(trunk.name), said)

    text = mark(
        "It is asked for its options (SIP OPTIONS) over its own link: any answer shows that it is"
        " there. Nobody is called."
    )
    number = Field(
        "number",
        mark("Number"),
        "tel",
        longest=40,
        read=lambda number: parse_number(number, "US"),
        hint=mark("Shown as the trunk would get it; it is not dialled."),
    )
    form = _forms(trunk.name).form(mark("Test this trunk"), mark("Test"), text, (number,))
    return ask(console, form, act)


def path_of(trunk: str) -> str:
    """The page of a trunk."""
    return f"/admin/trunks/{trunk}"


def _known(console: Console) -> Trunk:
    trunk, _ = office.find_trunk(console.ports, console.by, console.part("trunk"))
    return trunk


def _costs(console: Console, trunk: Trunk) -> tuple[Field, ...]:
    """What asks for its cost sheet; nothing of whoever sees no costs."""
    sheets = office.sheets_for_costs(console.ports, console.by)
    return () if console.by.role.hides_costs else (cost_field(trunk, sheets),)


def _edit(console: Console, part: Part) -> Response:
    trunk = _known(console)

    def act(entered: Entered) -> Response:
        changes = part.changes(entered, trunk)
        office.change_trunk(console.ports, console.by, trunk.name, changes)
        return _changed(console, trunk.name)

    return ask(
        console, _forms(trunk.name).form(part.title, mark("Save"), fields=part.fields(trunk)), act
    )


def _switch(console: Console, title: str, button: str, text: str, *, enabled: bool) -> Response:
    name = _known(console).name

    def act(_entered: Entered) -> Response:
        changes = TrunkChanges(enabled=enabled)
        office.change_trunk(console.ports, console.by, name, changes)
        return _changed(console, name)

    return ask(console, _forms(name).form(title, button, text, danger=not enabled), act)


def _changed(console: Console, name: str) -> Response:
    return console.go(path_of(name), console.say(mark("%(name)s was changed."), name=name))


def _forms(name: str) -> FormsOf:
    path = path_of(name)
    return FormsOf(path, [TRUNKS, (name, path)], office.change_trunk)
