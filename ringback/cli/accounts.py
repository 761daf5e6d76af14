"""`ringback accounts`: who pays."""

from typing import Annotated

import typer

from ringback.cli import account_options as opt
from ringback.cli import manner_options as manners
from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

app = typer.Typer(help="Accounts: who pays.", no_args_is_help=True)

COLUMNS = (
    "account",
    "type",
    "status",
    "balance",
    "held",
    "available",
    "currency",
    "sheet",
    "plan",
    "numbers",
)


@app.command()
def add(
    context: typer.Context,
    account: opt.Name,
    sheet: Annotated[str, typer.Option(help="The rate sheet that prices both legs.")],
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217; the sheet's, if not given.")
    ] = None,
    name: opt.Title = None,
    type: opt.Type = "prepaid",  # noqa: A002  the option's name
    balance: Annotated[str, typer.Option(help="Opening balance.")] = "0",
    credit_limit: opt.CreditLimit = "0",
    max_callbacks: Annotated[int, typer.Option(help="How many callbacks at once.")] = 5,
    daily_limit: opt.DailyLimit = None,
    class_limit: opt.ClassLimit = None,
    allow: opt.Allow = None,
    forbid: opt.Forbid = None,
    allow_class: opt.AllowClass = None,
    plan: opt.Plan = None,
    country: opt.Country = "US",
    language: opt.Language = None,
    time_zone: opt.TimeZone = "UTC",
    email: opt.Email = None,
    tax_id: opt.TaxId = None,
    number: opt.Numbers = None,
    login: opt.Login = None,
    pin: opt.Pin = False,
    valid_until: opt.ValidUntil = None,
    valid_days: opt.ValidDays = None,
    loss_guard: opt.LossGuard = None,
    own_phones_only: opt.OwnPhonesOnly = None,
    manner: manners.Manner = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Open an account."""
    from switchboard.billing.account import Profile
    from switchboard.desk.accounts import Terms, open_account
    from switchboard.desk.profiles import changed
    from switchboard.money import check_currency, parse_units
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    now = ports.clock.now()
    priced_in = check_currency(currency or ports.sheets.current(sheet).terms.currency)
    blank = Profile(account, name=account, currency=priced_in, sheet=sheet)
    changes = opt.changes_of(context.params, country=str(country), time_zone=str(time_zone))
    wanted = opt.limits_of(daily_limit, class_limit)
    limits = {scope: micros for scope, micros in wanted.items() if micros is not None}
    terms = Terms(
        opening_micros=parse_units(balance, decimals=6),
        credit_limit_micros=parse_units(str(credit_limit), decimals=6),
        max_callbacks=max_callbacks,
        limits=limits,
    )
    opened = open_account(ports, changed(blank, changes, now), terms)
    show_one(operators_account_body(opened, now), as_json=as_json)


@app.command("list")
def list_accounts(state: State = None, as_json: AsJson = False) -> None:
    """Every account with its money."""
    from switchboard.desk.accounts import all_accounts
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    now = ports.clock.now()
    rows = [operators_account_body(account, now) for account in all_accounts(ports)]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command()
def show(account: opt.Name, state: State = None, as_json: AsJson = False) -> None:
    """One account, with its subscriptions and what it has left of included minutes."""
    from switchboard.wire import operators_account_body
    from switchboard.wire_recurring import included_body, subscription_body

    ports = ports_for(state)
    known, now = ports.accounts.get(account), ports.clock.now()
    subscriptions = [subscription_body(one) for one in ports.subscriptions.of(account)]
    included = included_body(known, now)
    body = {
        **operators_account_body(known, now),
        "subscriptions": subscriptions,
        "included": included,
    }
    show_one(body if as_json else opt.in_short(body), as_json=as_json)


@app.command("set")
def change(
    context: typer.Context,
    account: opt.Name,
    name: opt.Title = None,
    type: opt.Type = None,  # noqa: A002  the option's name
    sheet: str | None = None,
    plan: opt.Plan = None,
    from_date: Annotated[
        str | None,
        typer.Option("--from", metavar="ISO", help="From when sheet and plan count; else now."),
    ] = None,
    credit_limit: opt.CreditLimit = None,
    max_callbacks: opt.MaxCallbacks = None,
    daily_limit: opt.DailyLimit = None,
    class_limit: opt.ClassLimit = None,
    allow: opt.Allow = None,
    forbid: opt.Forbid = None,
    forget_prefix: Annotated[
        list[str] | None, typer.Option(help="Neither allowed nor forbidden any more; repeatable.")
    ] = None,
    allow_class: opt.AllowClass = None,
    block_class: Annotated[
        list[str] | None, typer.Option(help="Take back --allow-class; repeatable.")
    ] = None,
    country: opt.Country = None,
    language: opt.Language = None,
    time_zone: opt.TimeZone = None,
    email: opt.Email = None,
    tax_id: opt.TaxId = None,
    number: opt.Numbers = None,
    remove_number: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    login: opt.Login = None,
    pin: opt.Pin = False,
    no_pin: Annotated[bool, typer.Option("--no-pin", help="Take its PIN away.")] = False,
    valid_until: opt.ValidUntil = None,
    valid_days: opt.ValidDays = None,
    loss_guard: opt.LossGuard = None,
    own_phones_only: opt.OwnPhonesOnly = None,
    manner: manners.Manner = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given; money is changed by `topup` only."""
    from switchboard.desk.accounts import set_spend_limits
    from switchboard.desk.profiles import change_account
    from switchboard.money import parse_units
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    old = ports.accounts.get(account).profile
    changes = opt.changes_of(
        context.params,
        country=country or old.country,
        time_zone=time_zone or old.time_zone,
    )
    limit = None if credit_limit is None else parse_units(credit_limit, decimals=6)
    change_account(ports, account, changes, credit_limit_micros=limit, max_callbacks=max_callbacks)
    changed = set_spend_limits(ports, account, opt.limits_of(daily_limit, class_limit))
    show_one(operators_account_body(changed, ports.clock.now()), as_json=as_json)


@app.command()
def block(account: opt.Name, state: State = None) -> None:
    """Let it place no more callbacks; a running one ends when what is held for it is used."""
    from switchboard.desk.subscriptions import keep_blocked

    keep_blocked(ports_for(state), account)
    typer.echo(f"{account} is blocked")


@app.command()
def unblock(account: opt.Name, state: State = None) -> None:
    """Let it place callbacks again."""
    ports_for(state).books.set_active(account, active=True)
    typer.echo(f"{account} is active")


@app.command()
def topup(
    account: opt.Name,
    amount: str,
    reference: Annotated[
        str | None,
        typer.Option(help="The payment's own id: the same one is entered once, however often."),
    ] = None,
    note: str = "",
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Credit an account."""
    from uuid import uuid4

    from switchboard.desk.accounts import top_up
    from switchboard.money import Money
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    money = Money.parse(amount, ports.books.balance(account).currency)
    credited = top_up(ports, account, money, reference=reference or uuid4().hex, note=note)
    show_one(operators_account_body(credited, ports.clock.now()), as_json=as_json)
