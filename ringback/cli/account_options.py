"""What can be said of an account on the command line, and what it means."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.manner_options import Manner, manners_of
from ringback.cli.secret import ask_secret

if TYPE_CHECKING:
    from datetime import datetime

    from switchboard.billing.account import AccountType
    from switchboard.desk.profiles import Changes
    from switchboard.numbering import PhoneNumber

Many = list[str] | None

Name = Annotated[str, typer.Argument(metavar="ACCOUNT")]

Type = typer.Option("--type", help="prepaid or postpaid.")
Country = typer.Option(help="Where its local numbers are, like GB.")
TimeZone = typer.Option(help="When its days begin, like Europe/London.")
CreditLimit = typer.Option(help="Postpaid: how far below zero.")
MaxCallbacks = typer.Option(help="How many callbacks at once.")


@dataclass(frozen=True, slots=True)
class AccountOptions:
    """What can be said of any account."""

    name: Annotated[str | None, typer.Option("--name", help="The customer's name.")] = None
    type: Annotated[str | None, Type] = None
    credit_limit: Annotated[str | None, CreditLimit] = None
    max_callbacks: Annotated[int | None, MaxCallbacks] = None
    daily_limit: Annotated[
        str | None, typer.Option(help="What it may spend a day, by its time zone; none: no limit.")
    ] = None
    class_limit: Annotated[
        Many,
        typer.Option(
            metavar="CLASS=AMOUNT",
            help="What it may spend a day on a class of destinations, like premium=5.00 or"
            " international=none; repeatable.",
        ),
    ] = None
    allow: Annotated[
        Many,
        typer.Option(
            metavar="PREFIX",
            help="It may call these prefixes only (* is all numbers), but for longer ones that are"
            " forbidden; repeatable.",
        ),
    ] = None
    forbid: Annotated[
        Many,
        typer.Option(
            metavar="PREFIX", help="It may not call this prefix, but for longer ones; repeatable."
        ),
    ] = None
    allow_class: Annotated[
        Many,
        typer.Option(
            metavar="CLASS", help="It may call a class that is blocked for others; repeatable."
        ),
    ] = None
    plan: Annotated[str | None, typer.Option(help="Its plan; an empty one takes it away.")] = None
    country: Annotated[str | None, Country] = None
    language: Annotated[str | None, typer.Option(help="What it is spoken to in, like en.")] = None
    time_zone: Annotated[str | None, TimeZone] = None
    email: Annotated[str | None, typer.Option(help="An empty one takes it away.")] = None
    tax_id: Annotated[str | None, typer.Option(help="An empty one takes it away.")] = None
    number: Annotated[
        Many, typer.Option("--number", help="A caller ID that acts for it; repeatable.")
    ] = None
    login: Annotated[
        str | None,
        typer.Option(
            help="A login for the pages and the API; its password is asked for, or taken"
            " from $RINGBACK_PASSWORD."
        ),
    ] = None
    pin: Annotated[
        bool, typer.Option("--pin", help="Give it a PIN, asked for or taken from $RINGBACK_PIN.")
    ] = False
    valid_until: Annotated[
        str | None, typer.Option(metavar="ISO", help="A date, or an instant, by its time zone.")
    ] = None
    valid_days: Annotated[int | None, typer.Option(help="Valid for days from its first use.")] = (
        None
    )
    loss_guard: Annotated[
        bool | None,
        typer.Option(
            "--loss-guard/--no-loss-guard",
            help="Whether calls are refused that cost more than they are sold for.",
        ),
    ] = None
    own_phones_only: Annotated[
        bool | None,
        typer.Option(
            "--own-phones-only/--any-phones",
            help="Whether an order may name only phones of its own to be rung first.",
        ),
    ] = None
    owner: Annotated[
        str | None,
        typer.Option(help="The user of the console that it belongs to; an empty one: none."),
    ] = None
    manner: Manner = None


@dataclass(frozen=True, slots=True)
class NewAccount(AccountOptions):
    """What can be said of an account that is opened."""

    type: Annotated[str, Type] = "prepaid"
    credit_limit: Annotated[str, CreditLimit] = "0"
    max_callbacks: Annotated[int, MaxCallbacks] = 5
    country: Annotated[str, Country] = "US"
    time_zone: Annotated[str, TimeZone] = "UTC"


@dataclass(frozen=True, slots=True)
class TakenAway:
    """What can be taken away from an account."""

    forget_prefix: Annotated[
        Many, typer.Option(help="Neither allowed nor forbidden any more; repeatable.")
    ] = None
    block_class: Annotated[Many, typer.Option(help="Take back --allow-class; repeatable.")] = None
    remove_number: Annotated[Many, typer.Option(help="Repeatable.")] = None
    no_pin: Annotated[bool, typer.Option("--no-pin", help="Take its PIN away.")] = False
    no_login: Annotated[
        bool,
        typer.Option("--no-login", help="Take its login away; who is signed in is so no more."),
    ] = False


def changes_of(
    given: AccountOptions,
    *,
    country: str,
    time_zone: str,
    taken: TakenAway = TakenAway(),
    sheet: str | None = None,
    from_date: str | None = None,
) -> "Changes":
    """What the options say is to change; numbers are read in the country, dates in the time zone.
    Asks for the password of a login, and for a PIN."""
    from switchboard.desk.profiles import Changes, prefix_of

    def prefixes(texts: Many) -> tuple[str, ...]:
        return tuple(map(prefix_of, texts or ()))

    def date(text: str | None) -> "datetime | None":
        return read_date(text, time_zone) if text else None

    alike = (
        "name language time_zone email tax_id plan valid_days loss_guard own_phones_only owner"
    ).split()
    return Changes(
        **{name: getattr(given, name) for name in alike},
        type=_type(given.type) if given.type else None,
        country=given.country.upper() if given.country else None,
        login="" if taken.no_login else given.login or None,
        password_hash=_password_hash() if given.login else None,
        pin_hash="" if taken.no_pin else _pin_hash() if given.pin else None,
        sheet=sheet,
        from_at=date(from_date),
        valid_until=date(given.valid_until),
        add_numbers=_numbers(given.number, country),
        remove_numbers=_numbers(taken.remove_number, country),
        allow=prefixes(given.allow),
        forbid=prefixes(given.forbid),
        forget_prefixes=prefixes(taken.forget_prefix),
        allow_classes=tuple(given.allow_class or ()),
        block_classes=tuple(taken.block_class or ()),
        manners=manners_of(given.manner),
    )


def limits_of(options: AccountOptions) -> dict[str, int | None]:
    """The daily limits that the options set, in micro-units by scope; None takes one away."""
    from switchboard.desk.accounts import read_class_limit, read_limit
    from switchboard.ledger.spend import ALL

    daily = {} if options.daily_limit is None else {ALL: read_limit(options.daily_limit)}
    return daily | dict(map(read_class_limit, options.class_limit or ()))


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
    """The PIN of an account."""
    return ask_secret("PIN", "RINGBACK_PIN")


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
    from switchboard.desk.profiles import check_password

    password = ask_secret("Password", "RINGBACK_PASSWORD", twice=True)
    return passwords().hash(check_password(password))
