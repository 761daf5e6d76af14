"""Ports that a dry run writes to: what is written is known to it, and gone afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from switchboard.billing.account import Account, Profile
from switchboard.billing.buckets import Bucket
from switchboard.billing.subscriptions import PLAN, Subscription
from switchboard.ledger.entries import JournalEntry
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Ports


@dataclass(frozen=True, slots=True)
class _Clock:
    """Stands still."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What subscriptions and recurring charges ask of accounts, books and subscriptions."""

    ports: Ports
    entered: dict[tuple[str, str], JournalEntry] = field(default_factory=dict)
    moved: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    active: dict[str, bool] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)

    def stage(self, at: datetime | None = None) -> Ports:
        """The ports, of which recurring charges read what there is and change nothing; at another
        instant, where one is given."""
        played = dict.fromkeys(("accounts", "books", "subscriptions"), cast("Any", self))
        clock = self.ports.clock if at is None else _Clock(at)
        return replace(self.ports, **cast("Mapping[str, Any]", played), clock=clock)

    @property
    def entries(self) -> tuple[JournalEntry, ...]:
        """What would be entered, in order."""
        return tuple(self.entered.values())

    def get(self, account: str) -> Account:
        """An account as it would be."""
        known = self.ports.accounts.get(account)
        micros = sum(
            entry.amount_micros for entry in self.entered.values() if entry.account == account
        )
        balance = replace(
            known.balance.post(micros), active=self.active.get(account, known.balance.active)
        )
        profile = self.profiles.get(account, known.profile)
        return replace(known, profile=profile, balance=balance)

    def change(self, old: Profile, new: Profile) -> None:
        """It always would; its plan is looked at anew."""
        self.profiles[new.account] = new
        if new.plans != old.plans:
            known = self.find(new.account, PLAN) or Subscription(new.account, PLAN)
            self.advance(known, known, None)

    def look_up(self, sender: PhoneNumber | None, service: PhoneNumber) -> Directory:
        """Who stands behind both numbers."""
        return self.ports.accounts.look_up(sender, service)

    def enter(
        self, entry: JournalEntry, _buckets: Sequence[Bucket] = (), *, covered: bool = False
    ) -> bool:
        """Whether it would be entered."""
        available_micros = self.get(entry.account).balance.avail_micros
        short = covered and available_micros < -entry.amount_micros
        if short or self.entry(entry.account, entry.identity) is not None:
            return False
        self.entered[entry.account, entry.identity] = entry
        return True

    def entry(self, account: str, identity: str) -> JournalEntry | None:
        """The entry as it would be."""
        known = self.entered.get((account, identity))
        return known or self.ports.books.entry(account, identity)

    def end_buckets(self, _account: str, _buckets: Sequence[Bucket], _at: datetime) -> None:
        """Nothing asks for them again."""

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """What is due."""
        return self.ports.subscriptions.due(now)

    def of(self, account: str) -> Sequence[Subscription]:
        """The subscriptions of an account as they would be."""
        known = {one.name: one for one in self.ports.subscriptions.of(account)}
        known |= {name: one for (owner, name), one in self.moved.items() if owner == account}
        return [known[name] for name in sorted(known)]

    def find(self, account: str, name: str) -> Subscription | None:
        """The subscription as it would be."""
        known = self.moved.get((account, name))
        return known or self.ports.subscriptions.find(account, name)

    def add(self, new: Subscription, _due_at: datetime) -> bool:
        """Whether it would be new."""
        if self.find(new.account, new.name) is not None:
            return False
        return self.advance(new, new, None)

    def advance(
        self,
        old: Subscription,
        new: Subscription,
        _due_at: datetime | None,
        *,
        active: bool | None = None,
    ) -> bool:
        """It always would."""
        self.moved[old.account, old.name] = replace(new, version=old.version + 1)
        if active is not None:
            self.active[old.account] = active
        return True
