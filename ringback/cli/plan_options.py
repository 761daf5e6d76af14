"""What can be said of fees and buckets on the command line, and what it means."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import date

    from switchboard.billing.catalogue import Item, Proration
    from switchboard.billing.plans import Allowance

Many = list[str] | None

Price = Annotated[str | None, typer.Option(help="Of one period, like 9.99.")]
Currency = Annotated[str, typer.Option(help="ISO 4217, like EUR.")]
Prorate = Annotated[
    str | None,
    typer.Option(help="Where parts of a period count by days: of start,change,end; or none."),
]
Bucket = Annotated[
    Many,
    typer.Option(
        "--bucket",
        metavar="FIELD=VALUE,…",
        help="Like name=uk,group=uk,minutes=100; further fields: seconds, weight, increment, fees"
        " (yes or no), per-call and per-day (minutes), rollover (periods), prorated (yes or no),"
        " from, until (dates); repeatable.",
    ),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="The first day; today, if not given.")
]

_YES, _NO = {"yes", "true", "1"}, {"no", "false", "0"}


@dataclass(frozen=True, slots=True)
class FeeOptions:
    """What can be said of any fee, beside its price."""

    description: Annotated[str | None, typer.Option(help="What customers read.")] = None
    setup: Annotated[str | None, typer.Option(help="Charged once, at the start.")] = None
    every: Annotated[
        str | None, typer.Option(help="day, week, month, year, 3 months, 10 days …")
    ] = None
    anchor: Annotated[
        str | None,
        typer.Option(
            help="calendar: periods begin on the 1st, on Monday, on January 1st; anniversary: on"
            " the day on which the subscription began."
        ),
    ] = None
    prorate: Prorate = None
    digits: Annotated[int | None, typer.Option(help="Decimals that parts are rounded to.")] = None
    grace_days: Annotated[
        int | None, typer.Option(help="How long it goes on without being paid.")
    ] = None
    unpaid: Annotated[
        str | None,
        typer.Option(
            "--unpaid", help="Then: suspend-item, suspend-account; or go-negative at once."
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class NewPlanFee(FeeOptions):
    """The same of a new plan, of which accounts pay for the days that they have it."""

    prorate: Prorate = "start"


def fee_of(options: FeeOptions, known: "Item", *, price: str | None) -> "Item":
    """The item with its price and with what the options say of it."""
    from switchboard.billing.catalogue import Unpaid
    from switchboard.billing.periods import Anchor, Interval
    from switchboard.money import parse_units
    from switchboard.rating.terms import one_of

    def read(text: str | None, parse: Callable[[str], Any]) -> Any:
        return None if text is None else parse(text)

    changes = {
        "description": options.description,
        "digits": options.digits,
        "grace_days": options.grace_days,
        "price_micros": read(price, partial(parse_units, decimals=6)),
        "setup_micros": read(options.setup, partial(parse_units, decimals=6)),
        "interval": read(options.every, Interval.parse),
        "anchor": read(options.anchor, partial(one_of, Anchor)),
        "unpaid": read(options.unpaid, partial(one_of, Unpaid)),
        "proration": read(options.prorate, _proration),
    }
    return replace(known, **{name: new for name, new in changes.items() if new is not None})


def allowance_of(text: str) -> "Allowance":
    """A bucket as an option says it."""
    from switchboard.billing.plans import Allowance
    from switchboard.errors import Malformed

    fields: dict[str, str] = {}
    for pair in text.split(","):
        name, equals, value = pair.partition("=")
        if not equals or name.strip() in fields:
            raise Malformed(f"bucket “{text[:60]}”: “{pair[:40]}” is no new field=value")
        fields[name.strip()] = value.strip()
    try:
        given = {name: fields.pop(name) for name in ("name", "group")}
    except KeyError as missing:
        raise Malformed(f"bucket “{text[:60]}”: {missing} is missing") from None
    read = {name: _FIELDS[name](value) for name, value in fields.items() if name in _FIELDS}
    unknown = sorted({*fields} - {*_FIELDS})
    if unknown:
        raise Malformed(f"bucket “{text[:60]}”: there is no field {unknown[0]}")
    values: dict[str, Any] = dict(read.values())
    if "seconds" not in values:
        raise Malformed(f"bucket “{text[:60]}”: minutes or seconds are missing")
    return Allowance(given["name"], given["group"], **values)


def read_day(text: str | None) -> "date | None":
    """An ISO date of these two centuries. Malformed where it is none."""
    from datetime import date

    from ringback.cli.account_options import check_year
    from switchboard.errors import Malformed

    if text is None:
        return None
    try:
        read = date.fromisoformat(text.strip())
    except ValueError:
        raise Malformed(f"“{text[:40]}” is no date: write it like 2026-11-01") from None
    check_year(read.year)
    return read


def _proration(text: str) -> "tuple[Proration, ...]":
    from switchboard.billing.catalogue import Proration
    from switchboard.rating.terms import one_of

    if text.strip().lower() == "none":
        return ()
    named = {one_of(Proration, one.strip()) for one in text.split(",")}
    return tuple(one for one in Proration if one in named)


def _whole(text: str, *, times: int = 1) -> int:
    from switchboard.errors import Malformed

    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Malformed(f"“{text[:40]}” is no whole number")
    return int(text) * times


def _yes(text: str) -> bool:
    from switchboard.errors import Malformed

    if text.lower() not in _YES | _NO:
        raise Malformed(f"“{text[:40]}” is neither yes nor no")
    return text.lower() in _YES


_FIELDS: dict[str, Callable[[str], tuple[str, Any]]] = {
    "minutes": lambda text: ("seconds", _whole(text, times=60)),
    "seconds": lambda text: ("seconds", _whole(text)),
    "weight": lambda text: ("weight", _whole(text)),
    "increment": lambda text: ("increment_s", _whole(text)),
    "fees": lambda text: ("covers_fees", _yes(text)),
    "per-call": lambda text: ("per_call_s", _whole(text, times=60)),
    "per-day": lambda text: ("per_day_s", _whole(text, times=60)),
    "rollover": lambda text: ("rollover", _whole(text)),
    "prorated": lambda text: ("prorated", _yes(text)),
    "from": lambda text: ("from_on", read_day(text)),
    "until": lambda text: ("until_on", read_day(text)),
}
