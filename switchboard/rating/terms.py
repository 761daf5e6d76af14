"""The terms of a rate sheet: what holds for all of its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar
from zoneinfo import ZoneInfo

from switchboard.errors import Malformed
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import PLAIN, Charges

Choice = TypeVar("Choice", bound=Enum)
# ITU-T E.164 §6.2.1.
MOST_DIGITS = 15
LONGEST_SHEET_NAME = 100


class AtBoundary(Enum):
    """What a call pays that runs from one period of a sheet into the next: the price that was
    announced for all of it, or from there on the rate of the next period."""

    PIN = "pin"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Derivation:
    """Where the inherited rows of a sheet come from: each rate of the base sheet, with that
    sheet's own multiplier and addition in it, times this multiplier, plus this addition."""

    base: str
    multiplier_millionths: int = 1_000_000
    addition_picos: int = 0
    # The version of the base that they were taken from.
    version: str = ""

    def __post_init__(self) -> None:
        if self.multiplier_millionths < 0:
            raise Malformed("a multiplier is not negative")


@dataclass(frozen=True, slots=True)
class SheetTerms:
    """What holds for a whole sheet: its currency; the decimals that a price is rounded to, and how;
    the share of its own price, in percent, that the customer leg costs (0: it is free); the clocks
    and the holidays that windows go by; what happens at the boundary of two periods; how long a
    number is; the charges of rows that do not name their own; the sheet it derives from."""

    currency: str
    digits: int = 4
    customer_leg_percent: int = 100
    rounding: Rounding = Rounding.UP
    time_zone: str = "UTC"
    holidays: frozenset[date] = frozenset()
    at_boundary: AtBoundary = AtBoundary.PIN
    least_digits: int = 1
    most_digits: int = MOST_DIGITS
    defaults: Charges = PLAIN
    derivation: Derivation | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.digits <= 6:
            raise Malformed("a price is rounded to 0 to 6 decimals")
        if not 0 <= self.customer_leg_percent <= 1000:
            raise Malformed("the customer leg costs 0 to 1000 percent of its rate")
        if not 1 <= self.least_digits <= self.most_digits <= MOST_DIGITS:
            raise Malformed(
                f"a number has 1 to {MOST_DIGITS} digits, and at most not fewer than at least"
            )
        check_time_zone(self.time_zone)


def one_of(kind: type[Choice], text: str) -> Choice:
    """The choice that a text names. Malformed says which there are."""
    try:
        return kind(text.strip().lower())
    except ValueError:
        names = ", ".join(choice.value for choice in kind)
        raise Malformed(f"“{text[:20]}” is none of: {names}") from None


def check_sheet_name(name: str) -> str:
    """The name of a sheet. Malformed where it is empty, long, or cannot be shown."""
    if not 1 <= len(name) <= LONGEST_SHEET_NAME or name != name.strip() or not name.isprintable():
        raise Malformed(
            f"“{name[:40]}” is no name of a sheet: it has 1 to {LONGEST_SHEET_NAME} characters,"
            " and no space around it"
        )
    return name


def parse_holidays(texts: Iterable[str]) -> frozenset[date]:
    """Dates like 2026-12-25; `none` is no date."""
    try:
        return frozenset(date.fromisoformat(text) for text in texts if text != "none")
    except ValueError as error:
        raise Malformed(f"a holiday is a date like 2026-12-25: {error}") from None


def check_time_zone(name: str) -> str:
    """The name of an IANA time zone. Malformed where there is none of this name."""
    try:
        return ZoneInfo(name).key
    # The database is a folder of files: a name may be a directory of it, or lead out of it.
    except (KeyError, ValueError, OSError):
        raise Malformed(f"“{name[:40]}” is not a time zone: write one like Europe/Berlin") from None
