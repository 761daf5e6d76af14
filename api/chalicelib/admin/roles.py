"""Roles: what their users may do."""

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, ask, switch
from chalicelib.translation import mark
from switchboard.desk.office import users as office
from switchboard.staff.rights import ALL_RIGHTS, READY_MADE, Right, Role

ROLES = (mark("Roles"), "/admin/roles")


def add_to(pages: Pages) -> None:
    """The list of roles, and their forms."""
    pages.show("/admin/roles", show_roles)
    pages.ask("/admin/new-role", add)
    pages.ask("/admin/roles/{name}", edit)
    pages.ask("/admin/roles/{name}/remove", remove)


def show_roles(console: Console) -> Response:
    roles = office.list_roles(console.ports, console.by)
    return console.show("admin/roles.html", title=mark("Roles"), roles=roles, ready_made=READY_MADE)


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        role = _role(entered["name"], entered)
        office.add_role(console.ports, console.by, role)
        return console.go("/admin/roles", console.say(mark("%(name)s was added."), name=role.name))

    name = Field("name", mark("Name"), required=True, longest=64)
    fields = (name, *_fields(Role("new")))
    title, back, crumbs = mark("New role"), "/admin/roles", [ROLES]
    form = AskFor(title, mark("Add"), fields, back=back, crumbs=crumbs, use_case=office.add_role)
    return ask(console, form, act, template="admin/role.html", ready_made=False)


def edit(console: Console) -> Response:
    role = office.find_role(console.ports, console.by, console.part("name"))

    def act(entered: Entered) -> Response:
        office.change_role(console.ports, console.by, _role(role.name, entered))
        return console.go(
            "/admin/roles", console.say(mark("%(name)s was changed."), name=role.name)
        )

    form = AskFor(role.name, mark("Save"), _fields(role), back="/admin/roles", crumbs=[ROLES])
    ready_made = role.name in READY_MADE
    return ask(console, form, act, template="admin/role.html", ready_made=ready_made)


def remove(console: Console) -> Response:
    name = office.find_role(console.ports, console.by, console.part("name")).name

    def act(_entered: Entered) -> Response:
        office.remove_role(console.ports, console.by, name)
        return console.go("/admin/roles", console.say(mark("%(name)s is gone."), name=name))

    back, text = f"/admin/roles/{name}", mark("No user may have it any more.")
    title, crumbs = mark("Remove this role"), [ROLES, (name, back)]
    form = AskFor(
        title,
        mark("Remove"),
        text=text,
        danger=True,
        back=back,
        crumbs=crumbs,
        use_case=office.remove_role,
    )
    return ask(console, form, act)


def _fields(role: Role) -> tuple[Field, ...]:
    values = tuple(sorted(map(str, role.rights)))
    choices = [(str(right), str(right)) for right in ALL_RIGHTS]
    return (
        Field("rights", mark("Rights"), "checks", values=values, choices=choices),
        switch(
            "own_accounts_only",
            mark("Own accounts only"),
            role.own_accounts_only,
            mark("There are no accounts but those that the user owns."),
        ),
        switch(
            "hides_costs",
            mark("Costs are hidden"),
            role.hides_costs,
            mark("Neither what carriers are paid nor what is earned is shown."),
        ),
    )


def _role(name: str, entered: Entered) -> Role:
    rights = frozenset(map(Right.parse, entered["rights"]))
    own, costs = entered["own_accounts_only"], entered["hides_costs"]
    return Role(name, rights, hides_costs=costs, own_accounts_only=own)
