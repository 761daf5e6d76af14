"""`ringback accounts`: who pays."""

from typing import Annotated

import typer

from ringback.cli import account_options as opt
from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.grouped import grouped

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
@grouped
def add(
    account: opt.Name,
    sheet: Annotated[str, typer.Option(help="The rate sheet that prices both legs.")],
    *,
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217; the sheet's, if not given.")
    ] = None,
    balance: Annotated[str, typer.Option(help="Opening balance.")] = "0",
    options: opt.NewAccount,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Open an account."""
    from switchboard.billing.account import Profile
    from switchboard.desk.accounts import Terms
    from switchboard.desk.office.accounts import open_account
    from switchboard.desk.profiles import changed
    from switchboard.money import check_currency, parse_units
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    now = ports.clock.now()
    priced_in = check_currency(currency or ports.sheets.current(sheet).terms.currency)
    blank = Profile(account, name=account, currency=priced_in, sheet=sheet)
    changes = opt.changes_of(options, country=options.country, time_zone=options.time_zone)
    limits = opt.limits_of(options).items()
    terms = Terms(
        opening_micros=parse_units(balance, decimals=6),
        credit_limit_micros=parse_units(options.credit_limit, decimals=6),
        max_callbacks=options.max_callbacks,
        limits={scope: micros for scope, micros in limits if micros is not None},
    )
    opened = open_account(ports, operator(), changed(blank, changes, now), terms)
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
    from switchboard.wire import included_body, operators_account_body, subscription_body

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
@grouped
def change(
    account: opt.Name,
    *,
    sheet: Annotated[str | None, typer.Option(help="Its rate sheet.")] = None,
    from_date: Annotated[
        str | None,
        typer.Option("--from", metavar="ISO", help="From when sheet and plan count; else now."),
    ] = None,
    options: opt.AccountOptions,
    taken: opt.TakenAway,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given; money is changed by `topup` and `correct` only."""
    from switchboard.desk.office.accounts import NewLimits, change_account
    from switchboard.money import parse_units
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    old = ports.accounts.get(account).profile
    changes = opt.changes_of(
        options,
        country=options.country or old.country,
        time_zone=options.time_zone or old.time_zone,
        taken=taken,
        sheet=sheet,
        from_date=from_date,
    )
    credit = options.credit_limit
    limits = NewLimits(
        None if credit is None else parse_units(credit, decimals=6),
        options.max_callbacks,
        opt.limits_of(options),
    )
    changed = change_account(ports, operator(), account, changes, limits)
    show_one(operators_account_body(changed, ports.clock.now()), as_json=as_json)


@app.command()
def block(account: opt.Name, state: State = None) -> None:
    """Let it place no more callbacks; a running one ends when what is held for it is used."""
    from switchboard.desk.office.accounts import block_account

    block_account(ports_for(state), operator(), account)
    typer.echo(f"{account} is blocked")


@app.command()
def unblock(account: opt.Name, state: State = None) -> None:
    """Let it place callbacks again."""
    from switchboard.desk.office.accounts import unblock_account

    unblock_account(ports_for(state), operator(), account)
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

    from switchboard.desk.office.accounts import top_up
    from switchboard.money import Money
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    money = Money.parse(amount, ports.books.balance(account).currency)
    payment = reference or uuid4().hex
    credited = top_up(ports, operator(), account, money, reference=payment, note=note)
    show_one(operators_account_body(credited, ports.clock.now()), as_json=as_json)


# An amount may begin with a minus.
@app.command(context_settings={"ignore_unknown_options": True})
def correct(
    account: opt.Name,
    amount: Annotated[str, typer.Argument(help="Like -4.50, or 4.50.")],
    note: Annotated[str, typer.Option(help="Why; it stays in the journal.")],
    reference: Annotated[
        str | None, typer.Option(help="Its own id: the same one is entered once, however often.")
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Correct the balance, up or down, by an entry of its own: none is ever changed."""
    from uuid import uuid4

    from switchboard.desk.office.accounts import correct as correct_balance
    from switchboard.money import Money
    from switchboard.wire import operators_account_body

    ports = ports_for(state)
    money = Money.parse(amount, ports.books.balance(account).currency)
    corrected = correct_balance(
        ports, operator(), account, money, reference=reference or uuid4().hex, note=note
    )
    show_one(operators_account_body(corrected, ports.clock.now()), as_json=as_json)
