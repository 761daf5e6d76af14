"""What can be said of a service number on the command line, and what it means."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ringback.cli.manner_options import Manner, manners_of

if TYPE_CHECKING:
    from switchboard.billing.opening_hours import OpeningHours
    from switchboard.billing.service_number import ServiceMode, ServiceNumber

Word = TypeVar("Word", bound=Enum)


Hours = Annotated[
    list[str] | None,
    typer.Option(help="Like “mon-fri 09:00-17:00”; several add up; “always” is the whole week."),
]
TimeZone = Annotated[str | None, typer.Option(help="By whose clocks, like Europe/London (UTC).")]


@dataclass(frozen=True, slots=True)
class NumberOptions:
    """What can be said of any service number."""

    mode: Annotated[
        str | None,
        typer.Option(
            metavar="ani|did|pin|ani-or-pin",
            help="Who pays is known by caller ID, by the number itself, by a PIN that is asked for,"
            " or by a PIN of unknown callers only. Goes by the other options where it is not"
            " given.",
        ),
    ] = None
    account: Annotated[str | None, typer.Option(help="Makes it a DID of this account.")] = None
    paid_by: Annotated[
        str | None,
        typer.Option(help="Makes it ask for PINs; this account pays until one is given."),
    ] = None
    rings: Annotated[str | None, typer.Option(help="A DID's preset phone to ring.")] = None
    rings_back: Annotated[
        str | None,
        typer.Option(
            metavar="caller|default-number", help="Which phone of a known caller is rung."
        ),
    ] = None
    delay: Annotated[
        float | None, typer.Option(help="Seconds before the ring back: the line must be free (2).")
    ] = None
    language: Annotated[
        str | None, typer.Option(help="Like fr; “account” takes the account's.")
    ] = None
    hours: Hours = None
    time_zone: TimeZone = None
    when_closed: Annotated[
        str | None,
        typer.Option(metavar="queue|refuse", help="What becomes of a ring out of hours."),
    ] = None
    retries: Annotated[
        int | None, typer.Option(help="How often a customer who is not reached is tried again (0).")
    ] = None
    retry_after: Annotated[
        float | None,
        typer.Option(help="Seconds before each retry (60)."),
    ] = None
    quiet: Annotated[
        float | None,
        typer.Option(help="Seconds in which another ring of the same caller is the same (30)."),
    ] = None
    choose_language: Annotated[
        list[str] | None,
        typer.Option(
            help="A language that callers may choose by key, in this order; repeatable. “none”:"
            " they are not asked."
        ),
    ] = None
    ask_account: Annotated[
        bool | None,
        typer.Option(
            "--ask-account/--no-ask-account",
            help="Whether an account number is asked for with a PIN.",
        ),
    ] = None
    manner: Manner = None


def changed_by(options: NumberOptions, old: "ServiceNumber", home: str) -> "ServiceNumber":
    """The number with what the options say; of one that changes its mode, only what the new mode
    needs. A phone to ring is read at home."""
    from switchboard.billing import service_number as service
    from switchboard.numbering import parse_number

    account = options.account or options.paid_by
    mode = _mode(options, old)
    rings = parse_number(options.rings, home) if options.rings else None
    changes: dict[str, Any] = {
        "mode": mode,
        "account": account or old.account,
        "rings": rings or old.rings,
        "rings_back": _word("--rings-back", service.RingsBack, options.rings_back),
        "when_closed": _word("--when-closed", service.WhenClosed, options.when_closed),
        "retries": options.retries,
        "asks_account": options.ask_account,
        "manners": manners_of(options.manner).over(old.manners),
        "delay": _seconds(options.delay),
        "retry_after": _seconds(options.retry_after),
        "quiet": _seconds(options.quiet),
    }
    given = {name: value for name, value in changes.items() if value is not None}
    if mode is not service.ServiceMode.DID:
        given["rings"] = rings
    if mode is service.ServiceMode.ANI:
        given["account"] = account
    if options.language is not None:
        given["language"] = None if options.language == "account" else options.language
    if options.choose_language:
        chosen = options.choose_language
        given["languages"] = () if chosen == ["none"] else tuple(chosen)
    return replace(old, **given, hours=hours_of(options.hours, options.time_zone, old.hours))


def hours_of(
    hours: list[str] | None, zone: str | None, old: "OpeningHours | None"
) -> "OpeningHours | None":
    """Opening hours with what was said of them; None is always open."""
    from switchboard.billing.opening_hours import OpeningHours, parse_opening

    if hours == ["always"]:
        return None
    if hours:
        windows = tuple(parse_opening(text) for text in hours)
        return OpeningHours(windows, zone or (old.time_zone if old else "UTC"))
    return replace(old, time_zone=zone) if old and zone else old


def _mode(options: NumberOptions, old: "ServiceNumber") -> "ServiceMode":
    from switchboard.billing.service_number import ServiceMode

    named = _word("--mode", ServiceMode, options.mode)
    if named is not None:
        return named
    if options.account or options.rings:
        return ServiceMode.DID
    return ServiceMode.PIN if options.paid_by and not old.mode.may_ask_pin else old.mode


def _word(option: str, kind: type[Word], text: str | None) -> Word | None:
    from switchboard.errors import Malformed

    if text is None:
        return None
    words = [one.value for one in kind]
    if text not in words:
        raise Malformed(f"{option} is “{text[:20]}”: write {' or '.join(words)}")
    return kind(text)


def _seconds(given: float | None) -> timedelta | None:
    return None if given is None else timedelta(seconds=given)
