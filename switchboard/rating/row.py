"""One row of a rate sheet, as it stands in a file: what is None takes the sheet's default."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from enum import Enum

from switchboard.errors import Malformed

# Rates carry twelve decimals, six more than money has: a price is rounded once, at its end.
RATE_DECIMALS = 12
# A percentage and a multiplier carry six.
FACTOR_DECIMALS = 6


class Day(Enum):
    """A day of the week, or a holiday of the sheet's own calendar."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Window:
    """When a row counts, by the clocks of the sheet's time zone: on these days (none: all), from
    `start` up to, but not including, `end`. Where the end is not later than the start it is on
    the next day; 00:00 to 00:00 is the whole day."""

    days: frozenset[Day] = frozenset()
    start: time = time(0)
    end: time = time(0)

    @property
    def minutes_a_week(self) -> int:
        """How wide the window is; a holiday adds nothing, since it comes once in a while."""
        minutes = 60 * (self.end.hour - self.start.hour) + self.end.minute - self.start.minute
        days = len(self.days - {Day.HOLIDAY}) if self.days else len(Day) - 1
        return days * (minutes if minutes > 0 else minutes + 24 * 60)


@dataclass(frozen=True, slots=True)
class Charges:
    """How a leg is charged. Amounts are in 10^-12 of the sheet's currency (rates a minute), times
    in whole seconds, percent and multiplier in millionths (1_000_000 is one, or one percent).

    None takes the sheet's default, and where that is None too, the plainest: nothing is added,
    billing goes by the second, and the initial block is one increment.
    """

    connection_fee_picos: int | None = None
    initial_s: int | None = None
    increment_s: int | None = None
    free_s: int | None = None
    grace_s: int | None = None
    minimum_picos: int | None = None
    maximum_picos: int | None = None
    multiplier_millionths: int | None = None
    addition_picos: int | None = None
    surcharge_after_s: int | None = None
    surcharge_picos: int | None = None
    disconnect_fee_picos: int | None = None
    post_call_percent_millionths: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and value < 0 and field.name != "addition_picos":
                raise Malformed(f"{field.name.rpartition('_')[0]} is not negative")
        for name in ("initial_s", "increment_s"):
            if getattr(self, name) == 0:
                raise Malformed(f"{name.removesuffix('_s')} is at least one second")

    def over(self, default: "Charges") -> "Charges":
        """These charges, with what is None taken from `default`."""
        mine = {field.name: getattr(self, field.name) for field in fields(self)}
        return Charges(
            **{n: getattr(default, n) if value is None else value for n, value in mine.items()}
        )

    def in_sheet(self, default: "Charges") -> "Charges":
        """What is charged by a row of these in a sheet of these defaults."""
        known = self.over(default)
        initial_s = known.increment_s if known.initial_s is None else known.initial_s
        return replace(known, initial_s=initial_s)


# Everything as the sheet has it.
PLAIN = Charges()


@dataclass(frozen=True, slots=True)
class RateRow:
    """One row. Several rows of a prefix with different windows are its periods, with different
    `step_from_s` the steps of one period; instants say from when up to when a row counts."""

    prefix: str
    rate_picos: int
    destination: str = ""
    charges: Charges = PLAIN
    blocked: bool = False
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    window: Window = Window()
    weight: int = 0
    step_from_s: int = 0
    # Taken over from the base of a derived sheet, and taken anew whenever that is published.
    inherited: bool = False

    def __post_init__(self) -> None:
        if not (self.prefix.isascii() and self.prefix.isdigit() and len(self.prefix) <= 15):
            raise Malformed(f"prefix “{self.prefix[:20]}” is not 1 to 15 digits")
        if self.rate_picos < 0 or self.step_from_s < 0:
            raise Malformed("a rate and the start of a step are not negative")
        ends = (self.effective_from, self.effective_until)
        if None not in ends and ends[0] >= ends[1]:  # type: ignore[operator]  # None was looked for
            raise Malformed("a row is effective from before it is effective until")
