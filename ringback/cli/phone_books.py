"""`ringback accounts phonebook`, `numbers` and `confirm-number`: names, speed dials and phones."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli import account_options as opt
from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.numbering import PhoneNumber

Many = list[str] | None


def add_to(app: typer.Typer) -> None:
    """Add the commands to those of accounts."""
    app.command("phonebook")(phone_book)
    app.command("numbers")(arrange)
    app.command("confirm-number")(confirm)


def phone_book(
    account: opt.Name,
    name: Annotated[
        Many, typer.Option("--name", metavar="NAME=NUMBER", help="Add or change; repeatable.")
    ] = None,
    remove: Annotated[Many, typer.Option("--remove", metavar="NAME", help="Repeatable.")] = None,
    dial: Annotated[
        Many,
        typer.Option(metavar="KEY=NUMBER", help="A speed dial, 1 to 99; repeatable."),
    ] = None,
    remove_dial: Annotated[Many, typer.Option(metavar="KEY", help="Repeatable.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """An account's phone book and speed dials, changed where something is given."""
    from switchboard.desk.office.phone_books import set_lines

    ports = ports_for(state)
    home = ports.accounts.get(account).profile.country
    names: dict[str, PhoneNumber | None] = dict.fromkeys(remove or ())
    names |= dict(_pair(pair, home) for pair in name or ())
    dials: dict[int, PhoneNumber | None] = {_key(gone): None for gone in remove_dial or ()}
    dials |= {_key(key): number for key, number in (_pair(pair, home) for pair in dial or ())}
    book = set_lines(ports, operator(), account, names=names, dials=dials)
    rows = [{"key": key, "number": str(number)} for key, number in book.lines().items()]
    show_list(rows, ("key", "number"), as_json=as_json)


def arrange(
    account: opt.Name,
    default: Annotated[
        str | None, typer.Option(help="Of its phones, the one that is called by default.")
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The phones that act for an account; `accounts set --number` adds one without a code."""
    from switchboard.desk.callback_numbers import arrange_numbers
    from switchboard.numbering import parse_number
    from switchboard.wire import numbers_body

    ports = ports_for(state)
    profile = ports.accounts.get(account).profile
    if default is not None:
        first = parse_number(default, profile.country)
        profile = arrange_numbers(ports, account, (first, *profile.numbers)).profile
    show_one(numbers_body(profile), as_json=as_json)


def confirm(
    account: opt.Name,
    number: Annotated[str, typer.Argument(help="The phone to be added.")],
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Ring a phone, at no cost to the account, and add it when the code is keyed in there."""
    from ringback.wiring import pin_key
    from switchboard.desk.callback_numbers import CodeMaker
    from switchboard.desk.office.phone_books import call_for_code
    from switchboard.numbering import parse_number
    from switchboard.wire import instant

    ports = ports_for(state)
    phone = parse_number(number, ports.accounts.get(account).profile.country)
    maker = CodeMaker(pin_key(os.environ))
    call = call_for_code(ports, operator(), maker, account, phone)
    body = {
        "number": str(phone),
        "code": call.code.digits,
        "expires_at": instant(call.code.expires_at),
        "callback": call.callback.id,
    }
    show_one(body, as_json=as_json)


def _pair(pair: str, home: str) -> "tuple[str, PhoneNumber]":
    from switchboard.errors import Malformed
    from switchboard.numbering import parse_number

    name, equals, number = pair.rpartition("=")
    if not equals:
        raise Malformed(f"“{pair[:40]}”: write it like Mum=+442071234567")
    return name.strip(), parse_number(number, home)


def _key(text: str) -> int:
    from switchboard.errors import Malformed

    if not (text.isascii() and text.isdigit()):
        raise Malformed(f"“{text[:40]}” is no speed dial: they are 1 to 99")
    return int(text)
