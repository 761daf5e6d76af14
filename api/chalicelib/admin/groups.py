"""Groups of destinations, which the minutes of plans and promotions are for."""

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import LINKED, AskFor, Entered, ask
from chalicelib.admin.plans import PLANS
from chalicelib.admin.sale_fields import name_field, prefixes_field
from chalicelib.translation import mark
from switchboard.billing.plans import Group
from switchboard.desk.office import catalogue as office


def add_to(pages: Pages) -> None:
    """The forms of a group; the list stands beside that of plans."""
    pages.ask("/admin/new-group", add)
    pages.ask("/admin/groups/{group}", edit)
    pages.ask("/admin/groups/{group}/remove", remove)


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        group = office.add_group(
            console.ports, console.by, Group(entered["name"], entered["prefixes"])
        )
        return console.go(PLANS[1], console.say(mark("%(name)s was added."), name=group.name))

    form = AskFor(
        mark("New group of destinations"),
        mark("Add"),
        (name_field("group"), prefixes_field((), required=True)),
        back=PLANS[1],
        crumbs=[PLANS],
        use_case=office.add_group,
    )
    return ask(console, form, act)


def edit(console: Console) -> Response:
    known = _known(console)

    def act(entered: Entered) -> Response:
        changed = Group(known.name, entered["prefixes"])
        office.change_group(console.ports, console.by, changed)
        return console.go(PLANS[1], console.say(mark("%(name)s was changed."), name=known.name))

    text = mark("It counts for buckets that are granted from now on; those of this period stay.")
    form = AskFor(
        known.name,
        mark("Save"),
        (prefixes_field(known.prefixes, required=True),),
        text,
        back=PLANS[1],
        crumbs=[PLANS],
        use_case=office.change_group,
    )
    return ask(
        console,
        form,
        act,
        template=LINKED,
        links=[(f"/admin/groups/{known.name}/remove", mark("Remove"))],
    )


def remove(console: Console) -> Response:
    name = _known(console).name

    def act(_entered: Entered) -> Response:
        office.remove_group(console.ports, console.by, name)
        return console.go(PLANS[1], console.say(mark("%(name)s is gone."), name=name))

    form = AskFor(
        mark("Remove this group"),
        mark("Remove"),
        text=mark("It is refused while a plan has a bucket for it."),
        danger=True,
        back=f"/admin/groups/{name}",
        crumbs=[PLANS, (name, f"/admin/groups/{name}")],
        use_case=office.remove_group,
    )
    return ask(console, form, act)


def _known(console: Console) -> Group:
    return office.see_offers(console.ports, console.by).group(console.part("group"))
