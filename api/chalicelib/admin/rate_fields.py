"""What is asked for of a rate sheet and of its rates, and what it means."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.admin.forms import Choices, Entered, Field, switch
from chalicelib.admin.reading import lines_of, whole
from chalicelib.translation import mark
from switchboard.desk.rates import TermsChange
from switchboard.errors import Malformed
from switchboard.money import parse_units
from switchboard.rating.columns import CHARGE_COLUMNS, format_units
from switchboard.rating.deck.fields import LONGEST_DESTINATION, LONGEST_S
from switchboard.rating.deck.periods import format_days, format_hours, parse_window
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import FACTOR_DECIMALS, RATE_DECIMALS, Charges, RateRow, Window
from switchboard.rating.terms import (
    AtBoundary,
    Derivation,
    SheetTerms,
    check_time_zone,
    parse_holidays,
)
from switchboard.tables.dates import instant_of

ROUNDINGS: Choices = (
    ("up", mark("up")),
    ("half-up", mark("half up")),
    ("half-even", mark("half to even")),
    ("down", mark("down")),
)
BOUNDARIES: Choices = (
    ("pin", mark("the price that was announced")),
    ("split", mark("the price of each period")),
)
LABELS: Mapping[str, str] = {
    "connection_fee": mark("Connection fee"),
    "initial": mark("First seconds"),
    "increment": mark("Then by seconds"),
    "free_seconds": mark("Free seconds"),
    "grace_period": mark("Free if shorter than (seconds)"),
    "minimum_charge": mark("At least"),
    "maximum_charge": mark("At most"),
    "rate_multiplier": mark("Rate times"),
    "rate_addition": mark("Rate plus"),
    "surcharge_after": mark("Surcharge after seconds"),
    "surcharge": mark("Surcharge"),
    "disconnect_fee": mark("Disconnect fee"),
    "post_call_surcharge_percent": mark("Percent on top"),
}
# What most decks have; the others are folded away.
USUAL = ("connection_fee", "initial", "increment")


def terms_fields(terms: SheetTerms) -> tuple[Field, ...]:
    """What holds for a whole sheet, but for its defaults."""
    return (
        _number("digits", mark("Decimals of a price"), terms.digits, mark("0 to 6.")),
        _select("rounding", mark("Rounded"), terms.rounding.value, ROUNDINGS),
        _number(
            "customer_leg_percent",
            mark("Customer's own phone, percent"),
            terms.customer_leg_percent,
            mark("Of its rate; 0: calling the customer is free."),
        ),
        Field(
            "time_zone",
            mark("Time zone"),
            value=terms.time_zone,
            required=True,
            read=check_time_zone,
            hint=mark("Of days, hours and holidays, like Europe/London."),
        ),
        Field(
            "holidays",
            mark("Holidays"),
            "lines",
            value="\n".join(day.isoformat() for day in sorted(terms.holidays)),
            longest=8_000,
            read=lambda text: parse_holidays(lines_of(text)),
            hint=mark("Dates like 2026-12-25, one a line."),
        ),
        _select(
            "at_boundary",
            mark("A call into the next period pays"),
            terms.at_boundary.value,
            BOUNDARIES,
        ),
        _number("least_digits", mark("Shortest number, digits"), terms.least_digits),
        _number("most_digits", mark("Longest number, digits"), terms.most_digits),
    )


def terms_change(entered: Entered) -> TermsChange:
    """What those fields change."""
    return TermsChange(
        digits=entered["digits"],
        customer_leg_percent=entered["customer_leg_percent"],
        rounding=Rounding(entered["rounding"]),
        time_zone=entered["time_zone"],
        holidays=entered["holidays"] or frozenset(),
        at_boundary=AtBoundary(entered["at_boundary"]),
        least_digits=entered["least_digits"],
        most_digits=entered["most_digits"],
    )


def charge_fields(charges: Charges, currency: str) -> Iterator[Field]:
    """What is charged beside the rate; empty fields are left to the sheet."""
    for column, (name, decimals) in CHARGE_COLUMNS.items():
        value = getattr(charges, name)
        shown = "" if value is None else format_units(value, decimals=decimals)
        kind = "amount" if decimals == RATE_DECIMALS else "text" if decimals else "number"
        yield Field(
            column, LABELS[column], kind, shown, unit=currency, longest=40, read=_units(decimals)
        )


def charges_of(entered: Entered) -> Charges:
    """What those fields say."""
    given = ((name, entered[column]) for column, (name, _) in CHARGE_COLUMNS.items())
    return Charges(**{name: None if value == "" else value for name, value in given})


def row_fields(row: RateRow, terms: SheetTerms, *, prefix: bool = False) -> tuple[Field, ...]:
    """All that a row of rates says; its prefix, where that is asked for."""
    zone = ZoneInfo(terms.time_zone)
    charges = {one.name: one for one in charge_fields(row.charges, terms.currency)}
    usual = [charges.pop(name) for name in USUAL]
    clocks = mark("By the clocks of the sheet, like 2026-12-01 or 2026-12-01 08:00.")
    return (
        *([_prefix(row.prefix)] if prefix else ()),
        Field("destination", mark("Name"), value=row.destination, longest=LONGEST_DESTINATION),
        Field(
            "rate",
            mark("A minute"),
            "amount",
            format_units(row.rate_picos, decimals=RATE_DECIMALS) if row.prefix else "",
            unit=terms.currency,
            required=True,
            read=_units(RATE_DECIMALS),
        ),
        *usual,
        switch("blocked", mark("Calls are not possible"), row.blocked),
        _instant("effective_from", mark("Counts from"), row.effective_from, zone, clocks),
        _instant("effective_until", mark("Counts until"), row.effective_until, zone, clocks),
        _days(row.window),
        _hours(row.window),
        Field("weight", mark("Weight"), "number", str(row.weight), read=_weight, hint=_WEIGHT),
        Field("step_from", mark("Step from second"), "number", str(row.step_from_s), read=whole),
        *charges.values(),
    )


def row_of(entered: Entered, prefix: str) -> RateRow:
    """What those fields say."""
    return RateRow(
        prefix=prefix,
        rate_picos=entered["rate"],
        destination=entered["destination"],
        charges=charges_of(entered),
        blocked=entered["blocked"],
        effective_from=entered["effective_from"] or None,
        effective_until=entered["effective_until"] or None,
        window=parse_window(entered["days"], entered["hours"]),
        weight=entered["weight"] or 0,
        step_from_s=entered["step_from"] or 0,
    )


def since_field(terms: SheetTerms, hint: str) -> Field:
    """From when a change counts."""
    zone = ZoneInfo(terms.time_zone)
    return _instant("since", mark("From"), None, zone, hint)


def derivation_fields(derivation: Derivation, currency: str) -> tuple[Field, ...]:
    """How the rates of a base sheet become those of another."""
    multiplier = format_units(derivation.multiplier_millionths, decimals=FACTOR_DECIMALS)
    addition = format_units(derivation.addition_picos, decimals=RATE_DECIMALS)
    return (
        Field(
            "multiplier",
            mark("Its rates times"),
            value=multiplier,
            required=True,
            read=_units(FACTOR_DECIMALS),
            hint=mark("Like 1.2 for a fifth more."),
        ),
        Field(
            "addition",
            mark("Plus, a minute"),
            "amount",
            addition,
            unit=currency,
            required=True,
            read=_units(RATE_DECIMALS),
        ),
    )


def read_instant(text: str, terms: SheetTerms) -> datetime:
    """An instant by the clocks of a sheet. Malformed where it is none."""
    return _read_instant(text, ZoneInfo(terms.time_zone))


def percent_field(name: str, label: str, hint: str) -> Field:
    """A percentage, in millionths of one percent."""
    return Field(name, label, read=_units(FACTOR_DECIMALS), longest=20, hint=hint)


def amount_field(name: str, label: str, currency: str, hint: str) -> Field:
    """An amount in 10^-12 of a currency."""
    read = _units(RATE_DECIMALS)
    return Field(name, label, "amount", unit=currency, longest=40, read=read, hint=hint)


def read_prefix(text: str) -> str:
    """A prefix, with or without its plus. Malformed where it is none."""
    digits = text.removeprefix("+").replace(" ", "")
    return RateRow(digits, 0).prefix


_WEIGHT = mark("Of several periods at one time, the highest counts.")


def _prefix(value: str) -> Field:
    hint = mark("The beginning of the numbers, with their country: 4477.")
    label = mark("Prefix")
    return Field(
        "prefix", label, value=value, required=True, longest=24, read=read_prefix, hint=hint
    )


def _number(name: str, label: str, value: int, hint: str = "") -> Field:
    return Field(name, label, "number", str(value), required=True, longest=9, read=whole, hint=hint)


def _select(name: str, label: str, value: str, choices: Choices) -> Field:
    return Field(name, label, "select", value=value, choices=choices, required=True)


def _units(decimals: int) -> Callable[[str], Any]:
    return partial(parse_units, decimals=decimals) if decimals else _seconds


def _seconds(text: str) -> int:
    seconds = whole(text)
    if seconds > LONGEST_S:
        raise Malformed(f"no call is longer than {LONGEST_S} seconds")
    return seconds


def _weight(text: str) -> int:
    return -whole(text[1:]) if text.startswith("-") else whole(text)


def _instant(name: str, label: str, at: datetime | None, zone: ZoneInfo, hint: str) -> Field:
    shown = ""
    if at is not None:
        local = at.astimezone(zone)
        # In the hour that comes twice, the second one is told by its distance from UTC.
        fitting = local if local.fold else local.replace(tzinfo=None)
        precise = local.second or local.microsecond
        shown = fitting.isoformat(" ", "auto" if precise else "minutes")
    read = partial(_read_instant, zone=zone)
    return Field(name, label, value=shown, longest=40, read=read, hint=hint)


def _read_instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        return instant_of(text, None, zone)
    except Malformed:
        raise Malformed(f"“{text[:40]}” is no time, like 2026-12-01 08:00") from None


def _days(window: Window) -> Field:
    hint = mark("Like mon-fri, or sat,sun,holiday; empty: every day.")
    return Field("days", mark("Days"), value=format_days(window), read=_of_window(0), hint=hint)


def _hours(window: Window) -> Field:
    hint = mark("Like 08:00-19:00; empty: the whole day.")
    return Field("hours", mark("Hours"), value=format_hours(window), read=_of_window(1), hint=hint)


def _of_window(place: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        parse_window(*(text if at == place else "" for at in range(2)))
        return text

    return read
