"""What operators do with subscriptions, as values: foretold by the very rules that do it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Protocol

from switchboard.billing.periods import local_date, midnight
from switchboard.billing.subscriptions import PLAN, Deal, Subscription
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.recurring import settle
from switchboard.desk.rehearsal import Rehearsal
from switchboard.desk.subscriptions import change_subscription, end_subscription, subscribe
from switchboard.errors import Conflict, Malformed, Refusal
from switchboard.ledger.entries import JournalEntry
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports

# Later than that, too much comes between.
FORETOLD = timedelta(days=366)
# Each settles half a year of days.
TRIES = 3


class Deed(Protocol):
    """Something that is done with a subscription of an account, from today or another day on."""

    @property
    def name(self) -> str:
        """As the audit log calls it."""

    @property
    def account(self) -> str:
        """Whose."""

    @property
    def on(self) -> date | None:
        """From when; today, where nothing is said."""

    def do(self, ports: Ports) -> Subscription:
        """Do it, with all that is due by it."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A new subscription."""

    account: str
    deal: Deal
    called: str | None = None
    on: date | None = None
    number: PhoneNumber | None = None
    name: ClassVar[str] = "subscribe"

    def do(self, ports: Ports) -> Subscription:
        """The subscription, begun."""
        return subscribe(
            ports, self.account, self.deal, name=self.called, on=self.on, number=self.number
        )


@dataclass(frozen=True, slots=True)
class Rearrange:
    """Another deal for a subscription."""

    account: str
    subscription: str
    change: Callable[[Deal], Deal]
    on: date | None = None
    name: ClassVar[str] = "change subscription"

    def do(self, ports: Ports) -> Subscription:
        """The subscription, changed."""
        return change_subscription(ports, self.account, self.subscription, self.change, on=self.on)


@dataclass(frozen=True, slots=True)
class End:
    """No more of a subscription."""

    account: str
    subscription: str
    on: date | None = None
    name: ClassVar[str] = "end subscription"

    def do(self, ports: Ports) -> Subscription:
        """The subscription, ended."""
        return end_subscription(ports, self.account, self.subscription, on=self.on)


@dataclass(frozen=True, slots=True)
class TakePlan:
    """Another plan for an account, or none."""

    account: str
    plan: str | None
    on: date | None = None
    name: ClassVar[str] = "set plan"

    def do(self, ports: Ports) -> Subscription:
        """The subscription that follows the account's plan. Conflict where it is that plan
        already."""
        profile, now = ports.accounts.get(self.account).profile, ports.clock.now()
        from_at = now if self.on is None else midnight(self.on, profile.time_zone)
        if profile.plan_at(from_at) == self.plan and profile.first_plan is None:
            has = "no plan" if self.plan is None else f"the plan {self.plan}"
            raise Conflict(f"account {self.account} has {has} already")
        change_profile(ports, self.account, Changes(plan=self.plan or "", from_at=from_at))
        settle(ports, self.account, PLAN)
        found = ports.subscriptions.find(self.account, PLAN)
        assert found is not None, "whoever had a plan ever has its subscription"
        return found


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a deed enters at once, and on the `later` day that it counts from, as things stand now;
    with the subscription and the balance as they are when it was done."""

    after: Subscription
    balance: Money
    at_once: tuple[JournalEntry, ...]
    later: date | None = None
    then: tuple[JournalEntry, ...] = ()


def foretell(ports: Ports, deed: Deed) -> Foretold:
    """What a deed would do, which refuses what it refuses; nothing is written."""
    now = ports.clock.now()
    time_zone = ports.accounts.get(deed.account).profile.time_zone
    today = local_date(now, time_zone)
    if deed.on is not None and deed.on > today + FORETOLD:
        raise Malformed(f"{deed.on} is more than a year ahead: say it then")
    rehearsal = Rehearsal(ports)
    stage = rehearsal.stage()
    after = deed.do(stage)
    at_once = rehearsal.entries
    balance = stage.accounts.get(deed.account).balance.posted
    if deed.on is None or deed.on <= today:
        return Foretold(after, balance, at_once)
    begins_at = midnight(deed.on, time_zone)
    _catch_up(rehearsal, after, begins_at)
    before = len(rehearsal.entries)
    settle(rehearsal.stage(begins_at), after.account, after.name)
    return Foretold(after, balance, at_once, deed.on, rehearsal.entries[before:])


def _catch_up(rehearsal: Rehearsal, known: Subscription, until: datetime) -> None:
    """Charge what comes due before that instant, as the runs until then will."""
    stage = rehearsal.stage(until - timedelta.resolution)
    for _ in range(TRIES):
        with suppress(Refusal):
            settle(stage, known.account, known.name)
            return
