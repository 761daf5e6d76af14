"""The catalogue: what is charged again and again, at which price, and what if it is not paid."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from switchboard.billing.periods import MONTH, MOST_DIGITS, Anchor, Cycle, Interval
from switchboard.billing.plans import check_name
from switchboard.errors import Malformed
from switchboard.money import LARGEST_MICROS, check_currency


class Proration(Enum):
    """Where a part of a period is charged, or given back, by its days."""

    START = "start"
    CHANGE = "change"
    END = "end"


class Unpaid(Enum):
    """What happens to an item that a prepaid account cannot pay, when its grace is over; or, at
    once, that the account goes below zero for it."""

    SUSPEND_ITEM = "suspend-item"
    SUSPEND_ACCOUNT = "suspend-account"
    GO_NEGATIVE = "go-negative"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is charged each period, at its beginning, and once at the start (`setup`).

    `proration` says where parts of a period count by days: one that is not in it charges a whole
    period for a part, gives nothing back, or lets a change wait for the next period. An item that
    names a plan grants its buckets with each period that is paid. One that is retired is not sold
    any more, and goes on for those who have it.
    """

    name: str
    currency: str
    price_micros: int
    description: str = ""
    setup_micros: int = 0
    interval: Interval = MONTH
    anchor: Anchor = Anchor.CALENDAR
    proration: tuple[Proration, ...] = (Proration.START, Proration.CHANGE, Proration.END)
    digits: int = 2
    grace_days: int = 3
    unpaid: Unpaid = Unpaid.SUSPEND_ITEM
    plan: str | None = None
    retired: bool = False

    def __post_init__(self) -> None:
        check_name("item", self.name)
        check_currency(self.currency)
        for micros in (self.price_micros, self.setup_micros):
            if not 0 <= micros <= LARGEST_MICROS:
                raise Malformed(f"item {self.name}: a price is not negative")
        if not 0 <= self.digits <= MOST_DIGITS:
            raise Malformed(f"item {self.name}: prices are rounded to 0 to {MOST_DIGITS} decimals")
        if not 0 <= self.grace_days <= 366:
            raise Malformed(f"item {self.name}: grace is 0 to 366 days")

    @property
    def title(self) -> str:
        """What a customer reads."""
        return self.description or self.name

    def prorates(self, at: Proration) -> bool:
        """Whether days count there."""
        return at in self.proration

    def cycle(self, anchored_on: date) -> Cycle:
        """Its periods, for something that began on this day."""
        return Cycle.of(self.interval, self.anchor, anchored_on)
