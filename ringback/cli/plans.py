"""`ringback plans`: plans with their included minutes, groups of destinations, promotions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli import plan_options as opt
from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.grouped import grouped

if TYPE_CHECKING:
    from switchboard.ports import Ports

plans = typer.Typer(help="Plans: included minutes for a fee.", no_args_is_help=True)
groups = typer.Typer(help="Groups of destinations that buckets are for.", no_args_is_help=True)
plans.add_typer(groups, name="groups")

Name = Annotated[str, typer.Argument(metavar="PLAN")]
Group = Annotated[str, typer.Argument(metavar="GROUP")]
Prefixes = Annotated[list[str] | None, typer.Option("--prefix", help="In it; repeatable.")]
COLUMNS = ("plan", "price", "currency", "every", "anchor", "buckets")


@plans.command()
@grouped
def add(
    plan: Name,
    price: opt.Price,
    currency: opt.Currency,
    *,
    bucket: opt.Bucket = None,
    options: opt.NewPlanFee,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Make a plan. Its fee is an item of the catalogue, of the same name."""
    from switchboard.billing.catalogue import Item
    from switchboard.billing.plans import Plan
    from switchboard.desk.office.catalogue import add_plan
    from switchboard.money import check_currency

    allowances = tuple(map(opt.allowance_of, bucket or ()))
    made = Plan(plan, options.description or "", allowances)
    blank = Item(plan, check_currency(currency), 0, plan=plan)
    fee = opt.fee_of(options, blank, price=price)
    ports = ports_for(state)
    add_plan(ports, operator(), made, fee)
    _show(ports, plan, as_json=as_json)


@plans.command("set")
@grouped
def change(
    plan: Name,
    *,
    price: opt.Price = None,
    bucket: opt.Bucket = None,
    remove_bucket: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    options: opt.FeeOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given, from the next period of each account on; a bucket takes the place of
    the one of its name."""
    from switchboard.billing.plans import Plan
    from switchboard.desk.catalogue import Offers
    from switchboard.desk.office.catalogue import change_plan
    from switchboard.errors import NotFound

    ports = ports_for(state)
    offers = Offers.read(ports)
    old = offers.plan(plan)
    kept = {one.name: one for one in old.allowances}
    for name in remove_bucket or ():
        if kept.pop(name, None) is None:
            raise NotFound(f"plan {plan} has no bucket {name}")
    kept |= {one.name: one for one in map(opt.allowance_of, bucket or ())}
    said = old.description if options.description is None else options.description
    fee = opt.fee_of(options, offers.item(plan), price=price)
    change_plan(ports, operator(), Plan(plan, said, tuple(kept.values())), fee)
    _show(ports, plan, as_json=as_json)


@plans.command("list")
def list_plans(state: State = None, as_json: AsJson = False) -> None:
    """Every plan."""
    from switchboard.desk.catalogue import Offers
    from switchboard.wire import plan_body

    offers = Offers.read(ports_for(state))
    rows = [plan_body(plan, offers.item(plan.name)) for plan in offers.plans.values()]
    show_list(rows if as_json else map(_in_short, rows), COLUMNS, as_json=as_json)


@plans.command()
def show(plan: Name, state: State = None, as_json: AsJson = False) -> None:
    """One plan."""
    _show(ports_for(state), plan, as_json=as_json)


@plans.command()
def remove(plan: Name, state: State = None) -> None:
    """Take a plan away that no account has."""
    from switchboard.desk.office.catalogue import remove_plan

    remove_plan(ports_for(state), operator(), plan)
    typer.echo(f"{plan} is removed")


@plans.command()
def grant(
    promotion: Annotated[str, typer.Argument(metavar="NAME", help="Granted once to an account.")],
    group: Annotated[str, typer.Option(help="Where its minutes are for.")],
    minutes: Annotated[int, typer.Option(min=1)],
    until: Annotated[str, typer.Option(metavar="DATE", help="The first day without it.")],
    from_date: opt.From = None,
    account: Annotated[list[str] | None, typer.Option(help="To this account; repeatable.")] = None,
    plan: Annotated[str | None, typer.Option(help="To all accounts that have it now.")] = None,
    sheet: Annotated[str | None, typer.Option(help="To all accounts that have it now.")] = None,
    weight: Annotated[int, typer.Option(help="Higher ones are used up first.")] = 0,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Give minutes away; accounts that had this promotion before get nothing more.

    Run it again for accounts that were added since. What comes with a plan, whenever somebody takes
    it, is a bucket of that plan, which may have dates."""
    from switchboard.billing.periods import local_date
    from switchboard.billing.plans import Allowance
    from switchboard.desk.office.promotions import grant as grant_part
    from switchboard.desk.promotions import Chosen, Promotion

    ports = ports_for(state)
    begins_on = opt.read_day(from_date) or local_date(ports.clock.now(), "UTC")
    allowance = Allowance(
        promotion, group, minutes * 60, weight, from_on=begins_on, until_on=opt.read_day(until)
    )
    given, chosen = Promotion(promotion, allowance), Chosen(tuple(account or ()), plan, sheet)
    done = part = grant_part(ports, operator(), given, chosen)
    while part.cursor is not None:
        part = grant_part(ports, operator(), given, chosen, cursor=part.cursor)
        done = done.and_then(part)
    show_one({"granted": list(done.granted), "before": list(done.before)}, as_json=as_json)


@groups.command("add")
def add_group(
    group: Group, prefix: Prefixes = None, state: State = None, as_json: AsJson = False
) -> None:
    """Name destinations."""
    from switchboard.billing.classes import check_prefix
    from switchboard.billing.plans import Group as Destinations
    from switchboard.desk.office.catalogue import add_group as add
    from switchboard.wire import group_body

    wanted = Destinations(group, tuple(dict.fromkeys(map(check_prefix, prefix or ()))))
    show_one(group_body(add(ports_for(state), operator(), wanted)), as_json=as_json)


@groups.command("set")
def change_group(
    group: Group,
    prefix: Prefixes = None,
    remove_prefix: Annotated[
        list[str] | None, typer.Option(help="No longer in it; repeatable.")
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change a group, for buckets that are granted from now on."""
    from switchboard.billing.classes import check_prefix
    from switchboard.billing.plans import Group as Destinations
    from switchboard.desk.catalogue import Offers
    from switchboard.desk.office.catalogue import change_group as change
    from switchboard.wire import group_body

    ports = ports_for(state)
    removed = {*map(check_prefix, remove_prefix or ())}
    kept = [one for one in Offers.read(ports).group(group).prefixes if one not in removed]
    prefixes = dict.fromkeys([*kept, *map(check_prefix, prefix or ())])
    saved = change(ports, operator(), Destinations(group, tuple(prefixes)))
    show_one(group_body(saved), as_json=as_json)


@groups.command("list")
def list_groups(state: State = None, as_json: AsJson = False) -> None:
    """Every group with its prefixes."""
    from switchboard.wire import group_body

    rows = [group_body(group) for group in ports_for(state).catalogue.groups()]
    show_list(rows, ("group", "prefixes"), as_json=as_json)


@groups.command("remove")
def drop_group(group: Group, state: State = None) -> None:
    """Take a group away that no plan names."""
    from switchboard.desk.office.catalogue import remove_group

    remove_group(ports_for(state), operator(), group)
    typer.echo(f"{group} is removed")


def _show(ports: "Ports", name: str, *, as_json: bool) -> None:
    from switchboard.desk.catalogue import Offers
    from switchboard.wire import plan_body

    offers = Offers.read(ports)
    row = plan_body(offers.plan(name), offers.item(name))
    show_one(row if as_json else _in_short(row), as_json=as_json)


def _in_short(body: Mapping[str, Any]) -> dict[str, Any]:
    """A plan for people: its buckets in a few words."""
    named = [f"{one['name']}:{one['seconds'] // 60}min" for one in body["buckets"]]
    return {**body, "buckets": named}
