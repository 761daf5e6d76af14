"""The forms of single values: money as decimal strings, times in UTC with a Z, days in ISO 8601."""

from datetime import UTC, date, datetime
from fractions import Fraction

from switchboard.money import format_micros
from switchboard.rating.columns import format_units

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Body = dict[str, Json]


def instant(at: datetime) -> str:
    """ISO 8601 to the millisecond: 2026-01-02T03:04:05.678Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def maybe_instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def maybe_micros(micros: int | None) -> str | None:
    return None if micros is None else format_micros(micros)


def exact(amount: Fraction) -> str:
    """A decimal string with two decimals at least and no more zeros."""
    decimals = 0
    while (amount * 10**decimals).denominator != 1:
        decimals += 1
    return format_units(int(amount * 10**decimals), decimals=decimals, least=2)


def maybe_day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()
