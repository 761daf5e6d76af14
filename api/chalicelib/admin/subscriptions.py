"""What an account subscribes to: begun, changed and ended; its plan."""

from collections.abc import Iterable
from dataclasses import replace

from chalice.app import Response

from chalicelib.admin.account import crumbs_of, path_of
from chalicelib.admin.confirming import ask_twice
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field
from chalicelib.admin.reading import international, whole
from chalicelib.admin.sale_fields import date_of, micros
from chalicelib.translation import mark
from switchboard.billing.catalogue import Item
from switchboard.billing.plans import check_name
from switchboard.billing.subscriptions import Deal, Subscription
from switchboard.desk.foretelling import Deed, End, Rearrange, Subscribe, TakePlan
from switchboard.desk.office import subscriptions as office
from switchboard.errors import NotFound
from switchboard.money import format_micros

_ON = mark("Empty: today, by the account's days.")


def add_to(pages: Pages) -> None:
    """The forms of subscriptions; they are listed on the page of their account."""
    pages.ask("/admin/accounts/{id}/subscribe", begin)
    pages.ask("/admin/accounts/{id}/plan", set_plan)
    pages.ask("/admin/accounts/{id}/subscriptions/{subscription}/change", change)
    pages.ask("/admin/accounts/{id}/subscriptions/{subscription}/end", end)


def begin(console: Console) -> Response:
    name = console.part("id")
    offers = office.offers_for(console.ports, console.by, name)

    def deed_of(entered: Entered) -> Deed:
        called, on, number = (entered[one] or None for one in ("called", "on", "number"))
        return Subscribe(name, _deal(entered), called, on, number)

    # The fee of a plan comes with the plan.
    items = [one for one in offers.items.values() if one.name not in offers.plans]
    sold = [one for one in items if not one.retired]
    fields = (
        _item(sold, ""),
        *_terms(Deal("new")),
        Field(
            "called",
            mark("Its own name"),
            longest=32,
            read=lambda text: check_name("subscription", text),
            hint=mark("Where an account has an item twice; else the item's."),
        ),
        Field(
            "number",
            mark("DID"),
            "tel",
            longest=40,
            read=international,
            hint=mark("A number of the account, which rings as long as this is paid for."),
        ),
        _day(_ON),
    )
    form = _form(name, mark("Subscribe"), mark("Subscribe"), fields)
    return ask_twice(console, form, deed_of, mark("The account subscribes to it."))


def change(console: Console) -> Response:
    known, deal = _known(console)
    offers = office.offers_for(console.ports, console.by, known.account)

    def deed_of(entered: Entered) -> Deed:
        new = _deal(entered)
        return Rearrange(known.account, known.name, lambda _old: new, entered["on"] or None)

    items = [one for one in offers.items.values() if one.name == deal.item or not one.retired]
    fields = (_item(items, deal.item), *_terms(deal), _day(_ON))
    form = _form(known.account, mark("Change this subscription"), mark("Change"), fields)
    return ask_twice(console, form, deed_of, mark("The subscription was changed."))


def end(console: Console) -> Response:
    known, _ = _known(console)

    def deed_of(entered: Entered) -> Deed:
        return End(known.account, known.name, entered["on"] or None)

    fields = (_day(mark("The first day without it. Empty: today, by the account's days.")),)
    text = console.say(
        mark("%(name)s is not charged from then on, and gives nothing any more."), name=known.name
    )
    form = _form(known.account, mark("End this subscription"), mark("End it"), fields)
    form = replace(form, text=text, danger=True)
    return ask_twice(console, form, deed_of, mark("The subscription was ended."))


def set_plan(console: Console) -> Response:
    name = console.part("id")
    offers = office.offers_for(console.ports, console.by, name)

    def deed_of(entered: Entered) -> Deed:
        return TakePlan(name, entered["plan"] or None, entered["on"] or None)

    plans = [(one, one) for one in offers.plans]
    fields = (
        Field("plan", mark("Plan"), "select", choices=plans, unset=mark("none")),
        _day(_ON),
    )
    form = _form(name, mark("Set the plan"), mark("Set it"), fields)
    return ask_twice(console, form, deed_of, mark("The plan was set."))


def _deal(entered: Entered) -> Deal:
    price = entered["price"]
    return Deal(entered["item"], entered["quantity"], None if price == "" else price)


def _item(items: Iterable[Item], value: str) -> Field:
    choices = [(one.name, f"{one.title} ({one.name})") for one in items]
    return Field("item", mark("Item"), "select", value, choices=choices, required=True)


def _terms(deal: Deal) -> tuple[Field, ...]:
    price = "" if deal.price_micros is None else format_micros(deal.price_micros)
    return (
        Field(
            "quantity",
            mark("Quantity"),
            "number",
            str(deal.quantity),
            required=True,
            longest=5,
            read=whole,
        ),
        Field(
            "price",
            mark("Price of one"),
            value=price,
            longest=20,
            read=micros,
            hint=mark("Of a period, in the place of the item's. Empty: the item's."),
        ),
    )


def _day(hint: str) -> Field:
    return Field("on", mark("From"), "date", read=date_of, hint=hint)


def _known(console: Console) -> tuple[Subscription, Deal]:
    account, name = console.part("id"), console.part("subscription")
    for known, _ in office.subscriptions_of(console.ports, console.by, account):
        if known.name == name and known.deal is not None:
            return known, known.deal
    raise NotFound(f"account {account} has no subscription {name[:40]}")


def _form(account: str, title: str, button: str, fields: tuple[Field, ...]) -> AskFor:
    return AskFor(
        title,
        button,
        fields,
        back=path_of(account),
        crumbs=crumbs_of(account),
        use_case=office.perform,
    )
