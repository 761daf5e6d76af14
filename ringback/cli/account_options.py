"""What can be said of an account on the command line, and what it means."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from switchboard.billing.account import AccountType
    from switchboard.desk.profiles import Changes
    from switchboard.numbering import PhoneNumber

Many = list[str] | None

Name = Annotated[str, typer.Argument(metavar="ACCOUNT")]
Title = Annotated[str | None, typer.Option("--name", help="The customer's name.")]
Type = Annotated[str | None, typer.Option("--type", help="prepaid or postpaid.")]
Country = Annotated[str | None, typer.Option(help="Where its local numbers are, like GB.")]
Language = Annotated[str | None, typer.Option(help="What it is spoken to in, like en.")]
TimeZone = Annotated[str | None, typer.Option(help="When its days begin, like Europe/London.")]
Email = Annotated[str | None, typer.Option(help="An empty one takes it away.")]
TaxId = Annotated[str | None, typer.Option(help="An empty one takes it away.")]
Plan = Annotated[str | None, typer.Option(help="Its plan; an empty one takes it away.")]
CreditLimit = Annotated[str | None, typer.Option(help="Postpaid: how far below zero.")]
MaxCallbacks = Annotated[int | None, typer.Option(help="How many callbacks at once.")]
DailyLimit = Annotated[
    str | None, typer.Option(help="What it may spend a day, by its time zone; none: no limit.")
]
ClassLimit = Annotated[
    Many,
    typer.Option(
        metavar="CLASS=AMOUNT",
        help="What it may spend a day on a class of destinations, like premium=5.00 or"
        " international=none; repeatable.",
    ),
]
Allow = Annotated[
    Many,
    typer.Option(
        metavar="PREFIX",
        help="It may call these prefixes only (* is all numbers), but for longer ones that are"
        " forbidden; repeatable.",
    ),
]
Forbid = Annotated[
    Many,
    typer.Option(
        metavar="PREFIX", help="It may not call this prefix, but for longer ones; repeatable."
    ),
]
AllowClass = Annotated[
    Many,
    typer.Option(
        metavar="CLASS", help="It may call a class that is blocked for others; repeatable."
    ),
]
Numbers = Annotated[
    Many, typer.Option("--number", help="A caller ID that acts for it; repeatable.")
]
ValidUntil = Annotated[
    str | None, typer.Option(metavar="ISO", help="A date, or an instant, by its time zone.")
]
ValidDays = Annotated[int | None, typer.Option(help="Valid for days from its first use.")]
Login = Annotated[
    str | None,
    typer.Option(
        help="A login for the pages and the API; its password is asked for, or taken"
        " from $RINGBACK_PASSWORD."
    ),
]
LossGuard = Annotated[
    bool | None,
    typer.Option(
        "--loss-guard/--no-loss-guard",
        help="Whether calls are refused that cost more than they are sold for.",
    ),
]
OwnPhonesOnly = Annotated[
    bool | None,
    typer.Option(
        "--own-phones-only/--any-phones",
        help="Whether an order may name only phones of its own to be rung first.",
    ),
]
Pin = Annotated[
    bool, typer.Option("--pin", help="Give it a PIN, asked for or taken from $RINGBACK_PIN.")
]


def changes_of(given: Mapping[str, Any], *, country: str, time_zone: str) -> "Changes":
    """What the options, by their names, say is to change; numbers are read in the country, dates
    in the time zone. Asks for the password of a login, and for a PIN."""
    from ringback.cli.manner_options import manners_of
    from switchboard.desk.profiles import Changes, prefix_of

    def prefixes(name: str) -> tuple[str, ...]:
        return tuple(map(prefix_of, given.get(name) or ()))

    def date(name: str) -> "datetime | None":
        return read_date(given[name], time_zone) if given.get(name) else None

    alike = (
        "name language time_zone email tax_id login sheet plan valid_days loss_guard"
        " own_phones_only"
    ).split()
    return Changes(
        **{name: given.get(name) for name in alike},
        type=_type(given["type"]) if given.get("type") else None,
        country=given["country"].upper() if given.get("country") else None,
        password_hash=_password_hash() if given.get("login") else None,
        pin_hash="" if given.get("no_pin") else _pin_hash() if given.get("pin") else None,
        from_at=date("from_date"),
        valid_until=date("valid_until"),
        add_numbers=_numbers(given.get("number"), country),
        remove_numbers=_numbers(given.get("remove_number"), country),
        allow=prefixes("allow"),
        forbid=prefixes("forbid"),
        forget_prefixes=prefixes("forget_prefix"),
        allow_classes=tuple(given.get("allow_class") or ()),
        block_classes=tuple(given.get("block_class") or ()),
        manners=manners_of(given.get("manner")),
    )


def limits_of(daily_limit: str | None, class_limits: Many) -> dict[str, int | None]:
    """The daily limits that the options set, in micro-units by scope; None takes one away."""
    from switchboard.errors import Malformed
    from switchboard.ledger.spend import ALL
    from switchboard.money import parse_units

    given = {} if daily_limit is None else {ALL: daily_limit}
    for pair in class_limits or ():
        name, equals, amount = pair.partition("=")
        if not equals:
            raise Malformed(f"“{pair[:40]}” is no limit of a class: write it like premium=5.00")
        given[name.strip()] = amount
    return {
        scope: None if amount.strip().lower() == "none" else parse_units(amount, decimals=6)
        for scope, amount in given.items()
    }


def read_date(text: str, time_zone: str) -> "datetime":
    """An ISO date or instant; what has no offset is by the clocks of this time zone."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from switchboard.billing.account import check_time_zone
    from switchboard.errors import Malformed

    try:
        read = datetime.fromisoformat(text.strip())
        if read.tzinfo is None:
            read = read.replace(tzinfo=ZoneInfo(check_time_zone(time_zone)))
        read = read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"“{text[:40]}” is no date: write 2026-11-01 or 2026-11-01T18:30") from None
    check_year(read.year)
    return read


def check_year(year: int) -> None:
    """Malformed where nobody can mean this year: the calendar ends soon after, or long before."""
    from switchboard.errors import Malformed

    if not 2000 <= year < 2200:
        raise Malformed(f"the year {year:04} is not between 2000 and 2199")


def in_short(body: Mapping[str, Any]) -> dict[str, Any]:
    """An account for people: its subscriptions and its included minutes in a few words."""
    return {
        **body,
        "subscriptions": [
            f"{one['subscription']}:{one['status']}" for one in body["subscriptions"]
        ],
        "included": [
            f"{one['bucket']}:{one['left_seconds'] // 60}of{one['seconds'] // 60}min"
            for one in body["included"]
        ],
    }


def ask_pin() -> str:
    """The PIN in $RINGBACK_PIN, or what a person types unseen."""
    pin: str = os.environ.get("RINGBACK_PIN") or typer.prompt("PIN", hide_input=True)
    return pin


def _type(text: str) -> "AccountType":
    from switchboard.billing.account import AccountType
    from switchboard.errors import Malformed

    try:
        return AccountType(text)
    except ValueError:
        raise Malformed(f"“{text}” is neither prepaid nor postpaid") from None


def _numbers(numbers: Many, home: str) -> "tuple[PhoneNumber, ...]":
    from switchboard.numbering import parse_number

    return tuple(parse_number(number, home.upper()) for number in numbers or ())


def _pin_hash() -> str:
    from ringback.wiring import pin_key

    return pin_key(os.environ).hash(ask_pin())


def _password_hash() -> str:
    from ringback.wiring import passwords
    from switchboard.errors import Malformed

    password = os.environ.get("RINGBACK_PASSWORD") or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    if len(password) < 8:
        raise Malformed("a password has at least 8 characters")
    return passwords().hash(password)
