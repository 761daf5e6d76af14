"""Where plans, the catalogue and subscriptions are kept."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from switchboard.billing.catalogue import Item
from switchboard.billing.plans import Group, Plan
from switchboard.billing.subscriptions import Subscription


class Catalogue(Protocol):
    """What can be subscribed to. Saving replaces what has the same name; removing says whether
    there was any."""

    def groups(self) -> Sequence[Group]:
        """Every group of destinations, by name."""

    def save_group(self, group: Group) -> None:
        """Keep a group."""

    def remove_group(self, name: str) -> bool:
        """Take a group away."""

    def plans(self) -> Sequence[Plan]:
        """Every plan, by name."""

    def save_plan(self, plan: Plan) -> None:
        """Keep a plan."""

    def remove_plan(self, name: str) -> bool:
        """Take a plan away."""

    def items(self) -> Sequence[Item]:
        """Every item, by name."""

    def save_item(self, item: Item) -> None:
        """Keep an item."""

    def remove_item(self, name: str) -> bool:
        """Take an item away."""


class Subscriptions(Protocol):
    """The subscriptions of accounts. Where the plans of a profile change, whatever it is that
    writes it makes the subscription named `plan` due in the same transaction."""

    def add(self, new: Subscription, due_at: datetime) -> bool:
        """Write a new subscription, if the account has none of this name; its number rings."""

    def find(self, account: str, name: str) -> Subscription | None:
        """A subscription as it stands, strongly consistent."""

    def of(self, account: str) -> Sequence[Subscription]:
        """The subscriptions of an account, by name."""

    def all(self) -> Iterator[Subscription]:
        """Every subscription, for listings and audits."""

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Account and name of those that are due, the longest overdue first; by an index, which
        may be a moment behind."""

    def advance(
        self,
        old: Subscription,
        new: Subscription,
        due_at: datetime | None,
        *,
        active: bool | None = None,
    ) -> bool:
        """Replace a subscription, if it is still the old one; `new` gets the next version. Its
        number rings from then on, or no longer; its account may call or not, where `active` says
        so and it was the other way: one transaction."""
