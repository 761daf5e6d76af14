"""The catalogue of what can be subscribed to: the list, the page of an item, and its forms."""

from dataclasses import replace

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, ask
from chalicelib.admin.plans import usual_currency, words
from chalicelib.admin.sale_fields import currency_field, fee_fields, fee_of, name_field
from chalicelib.translation import mark
from switchboard.billing.catalogue import Item
from switchboard.desk.catalogue import Offers
from switchboard.desk.office import catalogue as office

ITEMS: Crumb = (mark("Catalogue"), "/admin/items")


def add_to(pages: Pages) -> None:
    """The list of items, the page of one, and its forms."""
    pages.show("/admin/items", show_items)
    pages.ask("/admin/new-item", add)
    pages.show("/admin/items/{item}", show_item)
    pages.ask("/admin/items/{item}/edit", edit)
    pages.ask("/admin/items/{item}/retire", retire)
    pages.ask("/admin/items/{item}/offer", offer_again)
    pages.ask("/admin/items/{item}/remove", remove)


def show_items(console: Console) -> Response:
    offers = office.see_offers(console.ports, console.by)
    return console.show("admin/items.html", title=ITEMS[0], offers=offers, words=words(console))


def show_item(console: Console) -> Response:
    offers, item = _known(console)
    return console.show(
        "admin/item.html",
        title=item.name,
        crumbs=[ITEMS],
        item=item,
        is_fee=item.name in offers.plans,
        words=words(console),
    )


def add(console: Console) -> Response:
    offers = office.see_offers(console.ports, console.by)

    def act(entered: Entered) -> Response:
        blank = Item(entered["name"], entered["currency"], 0, plan=entered["plan"] or None)
        item = office.add_item(console.ports, console.by, fee_of(entered, blank))
        said = console.say(mark("%(name)s was added."), name=item.name)
        return console.go(path_of(item.name), said)

    blank = Item("new", "EUR", 0)
    fields = (
        name_field("item"),
        currency_field(usual_currency(offers)),
        *fee_fields(blank),
        _plan(blank, offers),
    )
    form = AskFor(
        mark("New item"),
        mark("Add"),
        fields,
        back=ITEMS[1],
        crumbs=[ITEMS],
        use_case=office.add_item,
    )
    return ask(console, form, act)


def edit(console: Console) -> Response:
    offers, item = _known(console)

    def act(entered: Entered) -> Response:
        changed = replace(fee_of(entered, item), plan=entered["plan"] or None)
        office.change_item(console.ports, console.by, changed)
        said = console.say(mark("%(name)s was changed."), name=item.name)
        return console.go(path_of(item.name), said)

    text = mark("It counts from the next period of each subscription on.")
    fields = (*fee_fields(item), _plan(item, offers))
    form = replace(_form(item.name, mark("Edit"), mark("Save")), fields=fields, text=text)
    return ask(console, form, act)


def retire(console: Console) -> Response:
    _, item = _known(console)

    def act(_entered: Entered) -> Response:
        office.retire_item(console.ports, console.by, item.name, retired=True)
        said = console.say(mark("%(name)s is retired."), name=item.name)
        return console.go(path_of(item.name), said)

    text = mark(
        "Nobody can subscribe to it any more, until it is offered again. The subscriptions that"
        " there are go on, and are charged as before."
    )
    form = _form(item.name, mark("Retire this item"), mark("Retire"))
    return ask(console, replace(form, text=text, danger=True), act)


def offer_again(console: Console) -> Response:
    _, item = _known(console)

    def act(_entered: Entered) -> Response:
        office.retire_item(console.ports, console.by, item.name, retired=False)
        said = console.say(mark("%(name)s is offered again."), name=item.name)
        return console.go(path_of(item.name), said)

    text = mark("Accounts in its currency can subscribe to it again.")
    form = _form(item.name, mark("Offer this item again"), mark("Offer it again"))
    return ask(console, replace(form, text=text), act)


def remove(console: Console) -> Response:
    _, item = _known(console)

    def act(_entered: Entered) -> Response:
        office.remove_item(console.ports, console.by, item.name)
        return console.go(ITEMS[1], console.say(mark("%(name)s is gone."), name=item.name))

    text = mark("Nobody can subscribe to it any more. It is refused while somebody does.")
    form = _form(item.name, mark("Remove this item"), mark("Remove"))
    return ask(console, replace(form, text=text, danger=True), act)


def path_of(item: str) -> str:
    """The page of an item."""
    return f"/admin/items/{item}"


def _plan(item: Item, offers: Offers) -> Field:
    return Field(
        "plan",
        mark("Gives the minutes of a plan"),
        "select",
        item.plan or "",
        choices=[(one, one) for one in offers.plans],
        unset=mark("none"),
    )


def _known(console: Console) -> tuple[Offers, Item]:
    offers = office.see_offers(console.ports, console.by)
    return offers, offers.item(console.part("item"))


def _form(name: str, title: str, button: str) -> AskFor:
    back = path_of(name)
    # All forms of an item need the same right.
    use_case = office.change_item
    return AskFor(title, button, back=back, crumbs=[ITEMS, (name, back)], use_case=use_case)
