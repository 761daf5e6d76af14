"""`ringback recurring`: the catalogue, subscriptions, and the run that charges them."""

from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli import plan_options as opt
from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one, telling
from ringback.cli.grouped import grouped

if TYPE_CHECKING:
    from switchboard.billing.subscriptions import Subscription

recurring = typer.Typer(help="Recurring charges: items, subscriptions.", no_args_is_help=True)
items = typer.Typer(help="The catalogue of what can be subscribed to.", no_args_is_help=True)
recurring.add_typer(items, name="items")

Name = Annotated[str, typer.Argument(metavar="ITEM")]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT")]
Subscribed = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="As `list` names it.")]
GivesPlan = Annotated[str | None, typer.Option(help="It grants this plan's buckets, too.")]
ITEM_COLUMNS = (
    *("item", "description", "price", "setup", "currency", "every", "unpaid", "plan"),
    "retired",
)
COLUMNS = (
    *("account", "subscription", "status", "item", "quantity", "number"),
    *("started_on", "paid_until", "next_on", "unpaid_since"),
)
DONE_COLUMNS = ("account", "subscription", "did", "amount", "currency", "days", "entry", "next_on")


@items.command("add")
@grouped
def add_item(
    item: Name,
    price: opt.Price,
    currency: opt.Currency,
    *,
    options: opt.FeeOptions,
    plan: GivesPlan = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Put something into the catalogue: a DID, voicemail transcription, E911 …"""
    from switchboard.billing.catalogue import Item
    from switchboard.desk.office.catalogue import add_item as add
    from switchboard.money import check_currency
    from switchboard.wire import item_body

    blank = Item(item, check_currency(currency), 0, plan=plan)
    made = opt.fee_of(options, blank, price=price)
    show_one(item_body(add(ports_for(state), operator(), made)), as_json=as_json)


@items.command("set")
@grouped
def change_item(
    item: Name,
    *,
    price: opt.Price = None,
    options: opt.FeeOptions,
    plan: GivesPlan = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given, from the next period of each subscription on."""
    from dataclasses import replace

    from switchboard.desk.catalogue import Offers
    from switchboard.desk.office.catalogue import change_item as change
    from switchboard.wire import item_body

    ports = ports_for(state)
    changed = opt.fee_of(options, Offers.read(ports).item(item), price=price)
    changed = changed if plan is None else replace(changed, plan=plan or None)
    show_one(item_body(change(ports, operator(), changed)), as_json=as_json)


@items.command("list")
def list_items(state: State = None, as_json: AsJson = False) -> None:
    """All that can be subscribed to; the fees of plans are among it."""
    from switchboard.wire import item_body

    rows = [item_body(item) for item in ports_for(state).catalogue.items()]
    show_list(rows, ITEM_COLUMNS, as_json=as_json)


@items.command()
def retire(item: Name, state: State = None, as_json: AsJson = False) -> None:
    """Let nobody subscribe to it any more; the subscriptions that there are go on."""
    from switchboard.desk.office.catalogue import retire_item
    from switchboard.wire import item_body

    retired = retire_item(ports_for(state), operator(), item, retired=True)
    show_one(item_body(retired), as_json=as_json)


@items.command("offer")
def offer_again(item: Name, state: State = None, as_json: AsJson = False) -> None:
    """Offer an item again that was retired."""
    from switchboard.desk.office.catalogue import retire_item
    from switchboard.wire import item_body

    offered = retire_item(ports_for(state), operator(), item, retired=False)
    show_one(item_body(offered), as_json=as_json)


@items.command("remove")
def drop_item(item: Name, state: State = None) -> None:
    """Take an item away that nobody subscribes to."""
    from switchboard.desk.office.catalogue import remove_item

    remove_item(ports_for(state), operator(), item)
    typer.echo(f"{item} is removed")


@recurring.command()
def subscribe(
    account: Account,
    item: Name,
    name: Annotated[str | None, typer.Option(help="Its own name; else the item's.")] = None,
    quantity: Annotated[int, typer.Option(help="So many.")] = 1,
    price: Annotated[str | None, typer.Option(help="In the place of the item's.")] = None,
    from_date: opt.From = None,
    number: Annotated[
        str | None, typer.Option(help="A DID that rings as long as this is paid for.")
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Subscribe an account, and charge what is due."""
    from switchboard.billing.subscriptions import Deal
    from switchboard.desk.foretelling import Subscribe
    from switchboard.desk.office.subscriptions import perform
    from switchboard.money import parse_units
    from switchboard.numbering import parse_number

    ports = ports_for(state)
    home = ports.accounts.get(account).profile.country
    deal = Deal(item, quantity, None if price is None else parse_units(price, decimals=6))
    did = None if number is None else parse_number(number, home)
    deed = Subscribe(account, deal, name, opt.read_day(from_date), did)
    _show(perform(ports, operator(), deed), as_json=as_json)


@recurring.command()
def change(
    account: Account,
    subscription: Subscribed,
    item: Annotated[str | None, typer.Option(help="Another item.")] = None,
    quantity: Annotated[int | None, typer.Option(help="So many.")] = None,
    price: Annotated[
        str | None, typer.Option(help="In the place of the item's; none: the item's.")
    ] = None,
    from_date: opt.From = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change a subscription from a day on: unused days are given back, the rest is charged."""
    from switchboard.billing.subscriptions import Deal
    from switchboard.desk.foretelling import Rearrange
    from switchboard.desk.office.subscriptions import perform
    from switchboard.money import parse_units

    def changed(deal: Deal) -> Deal:
        own = deal.price_micros
        if price is not None:
            own = None if price.lower() == "none" else parse_units(price, decimals=6)
        return Deal(item or deal.item, deal.quantity if quantity is None else quantity, own)

    deed = Rearrange(account, subscription, changed, opt.read_day(from_date))
    _show(perform(ports_for(state), operator(), deed), as_json=as_json)


@recurring.command()
def end(
    account: Account,
    subscription: Subscribed,
    from_date: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day without; or today.")
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """End a subscription; days that are not used are given back where its item says so."""
    from switchboard.desk.foretelling import End
    from switchboard.desk.office.subscriptions import perform

    deed = End(account, subscription, opt.read_day(from_date))
    _show(perform(ports_for(state), operator(), deed), as_json=as_json)


@recurring.command("list")
def list_subscriptions(
    account: Annotated[str | None, typer.Option(help="Of this account only.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Subscriptions, those that have ended too."""
    from switchboard.wire import subscription_body

    ports = ports_for(state)
    if account is None:
        found = sorted(ports.subscriptions.all(), key=lambda one: (one.account, one.name))
    else:
        ports.books.balance(account)  # refuses where there is no such account
        found = [*ports.subscriptions.of(account)]
    show_list([subscription_body(one) for one in found], COLUMNS, as_json=as_json)


@recurring.command()
def run(
    at: Annotated[
        str | None, typer.Option(metavar="ISO", help="As if it were then; UTC, if not said.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Charge what is due: at any time, as often as you like, each period once."""
    import json

    from ringback.cli.account_options import read_date
    from switchboard.desk.office.subscriptions import charge_due
    from switchboard.wire import done_body

    moment = None if at is None else read_date(at, "UTC")
    ports = ports_for(state)
    with telling(ports):
        report = charge_due(ports, operator(), at=moment, dry_run=dry_run)
    done = [done_body(one.did, one.after, one.entry, one.days) for one in report.done]
    failed: list[dict[str, str]] = [
        {"account": one.account, "subscription": one.subscription, "reason": one.reason}
        for one in report.failed
    ]
    waiting = [f"{one.account}/{one.name}" for one in report.waiting]
    if as_json:
        body = {"dry_run": dry_run, "done": done, "failed": failed, "waiting": waiting}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
    else:
        show_list(done, DONE_COLUMNS, as_json=False)
        if waiting:
            typer.echo(f"not paid: {', '.join(waiting)}")
        if failed:
            typer.echo("\nfailed")
            show_list(failed, ("account", "subscription", "reason"), as_json=False)
    raise typer.Exit(1 if failed else 0)


def _show(known: "Subscription", *, as_json: bool) -> None:
    from switchboard.wire import subscription_body

    show_one(subscription_body(known), as_json=as_json)
