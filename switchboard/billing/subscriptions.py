"""Subscriptions: what an account is charged for each period, and how far that is done."""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Self

from switchboard.billing.account import Since
from switchboard.billing.periods import Period, local_date, prorated
from switchboard.billing.plans import check_name
from switchboard.errors import Malformed
from switchboard.money import LARGEST_MICROS
from switchboard.numbering import PhoneNumber

# The one that follows the plan of the account's profile.
PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Deal:
    """So many of an item, at its price or at another."""

    item: str
    quantity: int = 1
    price_micros: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= 10_000:
            raise Malformed("a quantity is 1 to 10,000")
        if self.price_micros is not None and not 0 <= self.price_micros <= LARGEST_MICROS:
            raise Malformed("a price is not negative")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted from a day on: another deal, or none."""

    on: date
    deal: Deal | None


@dataclass(frozen=True, slots=True)
class Paid:
    """A span of days under the identity of the entry that charged it; `micros` buy `days`."""

    identity: str
    span: Period
    micros: int
    days: int

    def amount(self, digits: int) -> int:
        """What it costs."""
        return prorated(self.micros, self.span.days, self.days, digits)

    def unused(self, on: date, digits: int) -> int:
        """What its days from this one on have cost, as far as it was paid for."""
        return prorated(self.micros, (self.span.ends_on - on).days, self.days, digits)


class State(Enum):
    """Whether a subscription is paid for; one that is suspended or ended gives nothing."""

    ACTIVE = "active"
    UNPAID = "unpaid"
    SUSPENDED = "suspended"
    ENDED = "ended"

    @property
    def goes_on(self) -> bool:
        """Whether there is anything to come without a wish."""
        return self is not State.ENDED


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an account subscribes to, by a name that is its own. All days are the account's.

    Everything before `next_on` is charged or was free. Periods count from `anchored_on`; with
    `rest`, the next span is the rest of a period whose deal changed. `number` is the DID that
    rings as long as it is neither suspended nor ended. `blocks`: it blocked its account. The one
    named `plan` has no wishes of its own: it does what the profile's plans say, and has done so
    up to `followed_on`.
    """

    account: str
    name: str
    deal: Deal | None = None
    state: State = State.ENDED
    started_on: date | None = None
    anchored_on: date | None = None
    next_on: date | None = None
    wish: Wish | None = None
    paid: Paid | None = None
    part: int = 0
    rest: bool = False
    set_up: bool = False
    unpaid_since: date | None = None
    blocks: bool = False
    number: PhoneNumber | None = None
    followed_on: date | None = None
    ended_on: date | None = None
    version: int = 0

    def __post_init__(self) -> None:
        check_name("subscription", self.name)

    @classmethod
    def new(
        cls, account: str, name: str, deal: Deal, on: date, number: PhoneNumber | None = None
    ) -> Self:
        """One that begins on this day."""
        blank = cls(account, name, number=number)
        return blank.begin(deal, on)

    @property
    def gives(self) -> bool:
        """Whether the account has what it subscribes to."""
        return self.state in (State.ACTIVE, State.UNPAID)

    @property
    def follows(self) -> bool:
        """Whether the profile says what is wanted."""
        return self.name == PLAN

    def begin(self, deal: Deal, on: date) -> Self:
        """Begun, or begun again."""
        return replace(
            self,
            deal=deal,
            state=State.ACTIVE,
            started_on=on,
            anchored_on=on,
            next_on=on,
            unpaid_since=None,
            rest=False,
            ended_on=None,
        )

    def change(self, deal: Deal, on: date) -> Self:
        """With another deal for what is charged from this day on."""
        return replace(self, deal=deal, next_on=on, rest=True)

    def end(self, on: date) -> Self:
        """Ended before this day."""
        return replace(
            self, state=State.ENDED, next_on=None, unpaid_since=None, rest=False, ended_on=on
        )

    def span_name(self, due_on: date) -> str:
        """The name of the span whose charge is due on this day: spans of one day are told apart by
        a number. What was suspended keeps it until it is paid, on whatever day."""
        part = self.part_on(due_on)
        return f"{due_on}#{part}" if part else f"{due_on}"

    def identity(self, due_on: date) -> str:
        """The identity of the charge that is due on this day."""
        return f"recurring#{self.name}#{self.span_name(due_on)}"

    def part_on(self, begins_on: date) -> int:
        """How many spans that began on this day are charged."""
        same = self.paid is not None and self.paid.span.begins_on == begins_on
        return self.part + 1 if same else 0

    def wanted(self, plans: tuple[Since, ...], time_zone: str, today: date) -> Wish | None:
        """The next wish: its own, or what the plans of its profile say. A plan that was put into
        days that are done begins, or ends, today."""
        if not self.follows:
            return self.wish
        wishes = [_wish(since, time_zone) for since in plans]
        done = self.followed_on or date.min
        coming = [wish for wish in wishes if wish.on > done]
        now = next((wish for wish in reversed(wishes) if wish.on <= today), Wish(today, None))
        due = [wish for wish in coming if wish.on <= today]
        if not due and _item(now) != self._item:
            return Wish(today, now.deal)
        # Of several on one day the last one counts.
        return next((last for last in reversed(coming) if last.on == coming[0].on), None)

    @property
    def _item(self) -> str | None:
        return self.deal.item if self.deal is not None and self.state.goes_on else None


def _wish(since: Since, time_zone: str) -> Wish:
    deal = None if since.name is None else Deal(since.name)
    return Wish(local_date(since.from_at, time_zone), deal)


def _item(wish: Wish) -> str | None:
    return None if wish.deal is None else wish.deal.item
