"""Ports that a dry run writes to: what is written is known to it, and gone afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from switchboard.billing.account import Account
from switchboard.billing.buckets import Bucket
from switchboard.billing.subscriptions import Subscription
from switchboard.ledger.entries import JournalEntry
from switchboard.ports import Ports


@dataclass(frozen=True, slots=True)
class _Rehearsal:
    """What recurring charges ask of accounts, books and subscriptions."""

    ports: Ports
    entered: dict[tuple[str, str], JournalEntry] = field(default_factory=dict)
    moved: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    active: dict[str, bool] = field(default_factory=dict)

    def get(self, account: str) -> Account:
        """An account as it would be."""
        known = self.ports.accounts.get(account)
        micros = sum(
            entry.amount_micros for entry in self.entered.values() if entry.account == account
        )
        balance = replace(
            known.balance.post(micros), active=self.active.get(account, known.balance.active)
        )
        return replace(known, balance=balance)

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

    def find(self, account: str, name: str) -> Subscription | None:
        """The subscription as it would be."""
        known = self.moved.get((account, name))
        return known or self.ports.subscriptions.find(account, name)

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


def rehearsed(ports: Ports) -> Ports:
    """The ports, of which a run of recurring charges reads what there is and changes nothing."""
    rehearsal: Mapping[str, Any] = dict.fromkeys(
        ("accounts", "books", "subscriptions"), cast("Any", _Rehearsal(ports))
    )
    return replace(ports, **rehearsal)
