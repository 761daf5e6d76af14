"""What is asked for of fees, buckets and groups of destinations, and what it means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from chalicelib.admin.forms import Choices, Entered, Field, switch
from chalicelib.admin.reading import day, lines_of, whole
from chalicelib.translation import mark
from switchboard.billing.catalogue import Item, Proration, Unpaid
from switchboard.billing.classes import check_prefix
from switchboard.billing.periods import Anchor, Interval
from switchboard.billing.plans import Allowance, check_name
from switchboard.errors import Malformed
from switchboard.money import check_currency, format_micros, parse_units

ANCHORS: Mapping[Anchor, str] = {
    Anchor.CALENDAR: mark("with the calendar: the 1st, Monday, January 1st"),
    Anchor.ANNIVERSARY: mark("on the day on which it began"),
}
PRORATIONS: Mapping[Proration, str] = {
    Proration.START: mark("the first period costs its days only"),
    Proration.CHANGE: mark("a change counts at once, by days; else from the next period on"),
    Proration.END: mark("days that are not used are given back at the end"),
}
UNPAID: Mapping[Unpaid, str] = {
    Unpaid.SUSPEND_ITEM: mark("it is suspended"),
    Unpaid.SUSPEND_ACCOUNT: mark("the account is blocked"),
    Unpaid.GO_NEGATIVE: mark("it is charged at once, also below zero"),
}
_MINUTES = re.compile(r"([0-9]{1,7})(?::([0-5][0-9]))?", re.ASCII)
_PREFIXES = mark("Like 44 or +4477, one a line. A number is in it that begins with one of them.")
_EVERY = mark("Like month, week, year, day, 3 months or 10 days.")


def name_field(what: str, hint: str = "") -> Field:
    """What something new is called."""
    read = partial(check_name, what)
    hint = hint or mark("Small letters, digits, dashes and underscores; it stays as it is.")
    return Field("name", mark("Name"), required=True, longest=32, read=read, hint=hint)


def currency_field(value: str) -> Field:
    """What a new fee is in."""
    return Field(
        "currency",
        mark("Currency"),
        value=value,
        required=True,
        longest=3,
        read=check_currency,
        hint=mark("Three letters, like EUR; accounts in it can have this. It stays as it is."),
    )


def fee_fields(item: Item) -> tuple[Field, ...]:
    """A price, and when and how it is charged."""
    return (
        Field("description", mark("Description"), value=item.description, hint=_READ),
        _price("price", mark("Price of a period"), item.price_micros, required=True),
        _price("setup", mark("Set-up fee"), item.setup_micros, mark("Once, at the start.")),
        Field(
            "every",
            mark("Period"),
            value=str(item.interval),
            required=True,
            longest=20,
            read=Interval.parse,
            hint=_EVERY,
        ),
        _select("anchor", mark("Periods begin"), item.anchor.value, _named(ANCHORS)),
        Field(
            "proration",
            mark("Parts of a period"),
            "checks",
            values=tuple(one.value for one in item.proration),
            choices=_named(PRORATIONS),
        ),
        _number("digits", mark("Decimals of parts"), item.digits, mark("0 to 6.")),
        _select(
            "unpaid",
            mark("If a prepaid account cannot pay"),
            item.unpaid.value,
            _named(UNPAID),
        ),
        _number("grace_days", mark("After so many days of grace"), item.grace_days),
    )


def fee_of(entered: Entered, known: Item) -> Item:
    """The item as the fields say it."""
    return replace(
        known,
        description=entered["description"],
        price_micros=entered["price"],
        setup_micros=entered["setup"] or 0,
        interval=entered["every"],
        anchor=Anchor(entered["anchor"]),
        proration=tuple(one for one in Proration if one.value in entered["proration"]),
        digits=entered["digits"],
        unpaid=Unpaid(entered["unpaid"]),
        grace_days=entered["grace_days"],
    )


def bucket_fields(bucket: Allowance, groups: Sequence[str]) -> tuple[Field, ...]:
    """What is included, and how it is used up; without its name."""
    return (
        group_field(bucket.group, groups),
        minutes_field(bucket.seconds),
        weight_field(bucket.weight),
        _number(
            "increment", mark("Increment in seconds"), bucket.increment_s, mark("1: exact seconds.")
        ),
        switch("covers_fees", mark("Connection fees are covered, too"), bucket.covers_fees),
        _minutes("per_call", mark("Most minutes of a call"), bucket.per_call_s),
        _minutes("per_day", mark("Most minutes of a day"), bucket.per_day_s),
        _number(
            "rollover",
            mark("Rolls over"),
            bucket.rollover,
            mark("For so many further periods; 0: what is not used is lost."),
        ),
        switch(
            "prorated",
            mark("A first period that is not whole has fewer minutes"),
            bucket.prorated,
        ),
        _day("from_on", mark("From"), bucket.from_on, mark("The first day; empty: always.")),
        _day("until_on", mark("Until"), bucket.until_on, mark("The first day without it.")),
    )


def bucket_of(name: str, entered: Entered) -> Allowance:
    """The bucket as the fields say it."""
    return Allowance(
        name,
        entered["group"],
        entered["minutes"],
        entered["weight"],
        entered["increment"],
        entered["covers_fees"],
        entered["per_call"] or None,
        entered["per_day"] or None,
        entered["rollover"],
        entered["prorated"],
        entered["from_on"] or None,
        entered["until_on"] or None,
    )


def group_field(value: str, groups: Sequence[str]) -> Field:
    """Where minutes are for."""
    return _select("group", mark("To destinations of"), value, [(one, one) for one in groups])


def minutes_field(seconds: int | None = None) -> Field:
    """How much is included."""
    return _minutes("minutes", mark("Minutes"), seconds, mark("Like 100, or 1:30."), required=True)


def weight_field(weight: int = 0) -> Field:
    """When it is used up."""
    hint = mark("Buckets of higher weight are used up first, then those that end sooner.")
    return _number("weight", mark("Weight"), weight, hint)


def prefixes_field(prefixes: Sequence[str], *, required: bool) -> Field:
    """Which numbers are meant."""
    return Field(
        "prefixes",
        mark("Prefixes"),
        "lines",
        value="\n".join(prefixes),
        required=required,
        longest=20_000,
        read=lambda text: tuple(dict.fromkeys(map(check_prefix, lines_of(text)))),
        hint=_PREFIXES,
    )


def date_of(text: str) -> date:
    """A day. Malformed where it is none that anybody can mean."""
    return day(text).date()


def micros(text: str) -> int:
    """An amount that is not negative."""
    read = parse_units(text, decimals=6)
    if read < 0:
        raise Malformed("a price is not negative")
    return read


def minutes(text: str) -> int:
    """Minutes, or minutes and seconds, as seconds."""
    matched = _MINUTES.fullmatch(text)
    seconds = int(matched[1]) * 60 + int(matched[2] or 0) if matched else 0
    if not seconds:
        raise Malformed(f"“{text[:20]}” is no time: write minutes, like 100, or 1:30")
    return seconds


def shown_minutes(seconds: int) -> str:
    """The same as it is written."""
    whole_minutes, rest = divmod(seconds, 60)
    return f"{whole_minutes}:{rest:02}" if rest else str(whole_minutes)


_READ = mark("What customers read.")


def _price(name: str, label: str, value: int, hint: str = "", *, required: bool = False) -> Field:
    shown = format_micros(value) if value or required else ""
    return Field(name, label, value=shown, required=required, longest=20, read=micros, hint=hint)


def _number(name: str, label: str, value: int, hint: str = "") -> Field:
    return Field(name, label, "number", str(value), required=True, longest=6, read=whole, hint=hint)


def _minutes(
    name: str, label: str, seconds: int | None, hint: str = "", *, required: bool = False
) -> Field:
    shown = "" if seconds is None else shown_minutes(seconds)
    hint = hint or mark("Empty: no limit.")
    return Field(name, label, value=shown, required=required, longest=12, read=minutes, hint=hint)


def _day(name: str, label: str, value: date | None, hint: str) -> Field:
    shown = "" if value is None else value.isoformat()
    return Field(name, label, "date", shown, read=date_of, hint=hint)


def _select(name: str, label: str, value: str, choices: Choices) -> Field:
    return Field(name, label, "select", value, choices=choices, required=True)


def _named(words: Mapping[Anchor, str] | Mapping[Proration, str] | Mapping[Unpaid, str]) -> Choices:
    return [(one.value, said) for one, said in words.items()]
