"""`ringback accounts`: who pays."""

from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.common import AsJson, State, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.billing.account import AccountType
    from switchboard.numbering import PhoneNumber

app = typer.Typer(help="Accounts: who pays.", no_args_is_help=True)

COLUMNS = ("account", "type", "status", "balance", "held", "available", "currency", "numbers")

Name = Annotated[str, typer.Argument(metavar="ACCOUNT")]
Numbers = Annotated[
    list[str] | None, typer.Option("--number", help="A caller ID that acts for it; repeatable.")
]
Login = Annotated[
    str | None,
    typer.Option(
        help="A login for the pages and the API; its password is asked for, or taken"
        " from $RINGBACK_PASSWORD."
    ),
]


@app.command()
def add(
    account: Name,
    sheet: Annotated[str, typer.Option(help="The rate sheet that prices both legs.")],
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217; the sheet's, if not given.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The customer's name.")] = None,
    type: Annotated[str, typer.Option(help="prepaid or postpaid.")] = "prepaid",  # noqa: A002  the option's name
    balance: Annotated[str, typer.Option(help="Opening balance.")] = "0",
    credit_limit: Annotated[str, typer.Option(help="Postpaid: how far below zero.")] = "0",
    max_callbacks: Annotated[int, typer.Option(help="At once.")] = 5,
    country: Annotated[str, typer.Option(help="Where its local numbers are, like GB.")] = "US",
    number: Numbers = None,
    login: Login = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Open an account."""
    from switchboard.billing.account import Profile
    from switchboard.desk.accounts import Terms, open_account
    from switchboard.money import check_currency, parse_units
    from switchboard.wire import account_body

    ports = ports_for(state)
    priced_in = ports.sheets.current(sheet).terms.currency
    profile = Profile(
        account=account,
        name=name or account,
        currency=check_currency(currency or priced_in),
        sheet=sheet,
        type=_type(type),
        country=country.upper(),
        numbers=_parse(number, country),
        login=login,
        password_hash=_password_hash() if login else None,
    )
    terms = Terms(
        opening_micros=parse_units(balance, decimals=6),
        credit_limit_micros=parse_units(credit_limit, decimals=6),
        max_callbacks=max_callbacks,
    )
    show_one(account_body(open_account(ports, profile, terms)), as_json=as_json)


@app.command("list")
def list_accounts(state: State = None, as_json: AsJson = False) -> None:
    """Every account with its money."""
    from switchboard.desk.accounts import all_accounts
    from switchboard.wire import account_body

    rows = [account_body(account) for account in all_accounts(ports_for(state))]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command()
def show(account: Name, state: State = None, as_json: AsJson = False) -> None:
    """One account."""
    from switchboard.wire import account_body

    show_one(account_body(ports_for(state).accounts.get(account)), as_json=as_json)


@app.command("set")
def change(
    account: Name,
    name: str | None = None,
    sheet: str | None = None,
    country: str | None = None,
    credit_limit: str | None = None,
    max_callbacks: int | None = None,
    number: Numbers = None,
    remove_number: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    login: Login = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given; money is changed by `topup` only."""
    from switchboard.desk.accounts import Changes, change_profile, set_limits
    from switchboard.money import parse_units
    from switchboard.wire import account_body

    ports = ports_for(state)
    home = country or ports.accounts.get(account).profile.country
    changes = Changes(
        name=name,
        sheet=sheet,
        country=country.upper() if country else None,
        login=login,
        password_hash=_password_hash() if login else None,
        add_numbers=_parse(number, home),
        remove_numbers=_parse(remove_number, home),
    )
    changed = change_profile(ports, account, changes)
    if credit_limit is not None or max_callbacks is not None:
        limit = None if credit_limit is None else parse_units(credit_limit, decimals=6)
        changed = set_limits(ports, account, credit_limit_micros=limit, max_callbacks=max_callbacks)
    show_one(account_body(changed), as_json=as_json)


@app.command()
def block(account: Name, state: State = None) -> None:
    """Let it place no more callbacks; a running one ends when what is held for it is used."""
    ports_for(state).books.set_active(account, active=False)
    typer.echo(f"{account} is blocked")


@app.command()
def unblock(account: Name, state: State = None) -> None:
    """Let it place callbacks again."""
    ports_for(state).books.set_active(account, active=True)
    typer.echo(f"{account} is active")


@app.command()
def topup(
    account: Name,
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
    from switchboard.wire import account_body

    ports = ports_for(state)
    money = Money.parse(amount, ports.books.balance(account).currency)
    credited = top_up(ports, account, money, reference=reference or uuid4().hex, note=note)
    show_one(account_body(credited), as_json=as_json)


def _type(text: str) -> "AccountType":
    from switchboard.billing.account import AccountType
    from switchboard.errors import Malformed

    try:
        return AccountType(text)
    except ValueError:
        raise Malformed(f"“{text}” is neither prepaid nor postpaid") from None


def _parse(numbers: list[str] | None, home: str) -> "tuple[PhoneNumber, ...]":
    from switchboard.numbering import parse_number

    return tuple(parse_number(number, home.upper()) for number in numbers or ())


def _password_hash() -> str:
    import os

    from ringback.wiring import passwords
    from switchboard.errors import Malformed

    password = os.environ.get("RINGBACK_PASSWORD") or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    if len(password) < 8:
        raise Malformed("a password has at least 8 characters")
    return passwords().hash(password)
