"""Subscriptions in DynamoDB; a sparse index knows which are due."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from switchboard.aws.balances import BALANCE
from switchboard.aws.forms import from_text, to_text, to_us
from switchboard.aws.models.accounts import AccountItem, IdentityItem
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.sales import SubscriptionItem
from switchboard.billing.account import Profile
from switchboard.billing.subscriptions import PLAN, Subscription

QUEUE = "recurring"


class DynamoSubscriptions:
    """`Subscriptions` over a table of its own, and those of accounts and identities."""

    def __init__(self, database: Database) -> None:
        self._items: Any = database.table(SubscriptionItem)
        self._accounts: Any = database.table(AccountItem)
        self._identities: Any = database.table(IdentityItem)
        self._connection = database.connection

    def add(self, new: Subscription, due_at: datetime) -> bool:
        """Write a new subscription, if the account has none of this name."""
        is_new = self._items.account.does_not_exist()
        return self._write(replace(new, version=1), due_at, is_new, rings=True)

    def find(self, account: str, name: str) -> Subscription | None:
        """A subscription as it stands, strongly consistent."""
        try:
            return _subscription(self._items.get(account, name, consistent_read=True))
        except self._items.DoesNotExist:
            return None

    def of(self, account: str) -> Sequence[Subscription]:
        """The subscriptions of an account, by name."""
        return [_subscription(one) for one in self._items.query(account, consistent_read=True)]

    def all(self) -> Iterator[Subscription]:
        """Every subscription."""
        return map(_subscription, self._items.scan(consistent_read=True))

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Account and name of those that are due, by the index."""
        found = self._items.by_due.query(QUEUE, self._items.due_at <= to_us(now))
        return ((item.account, item.name) for item in found)

    def advance(
        self,
        old: Subscription,
        new: Subscription,
        due_at: datetime | None,
        *,
        active: bool | None = None,
    ) -> bool:
        """Replace a subscription, if it is still the old one, with its number and its account."""
        changed = replace(new, version=old.version + 1)
        rings = new.gives if new.gives != old.gives else None
        unchanged = self._items.version == old.version
        return self._write(changed, due_at, unchanged, rings=rings, active=active)

    def _write(
        self,
        new: Subscription,
        due_at: datetime | None,
        condition: Any,
        *,
        rings: bool | None,
        active: bool | None = None,
    ) -> bool:
        item = self._items(
            new.account,
            new.name,
            subscription=to_text(new),
            version=new.version,
            queue=None if due_at is None else QUEUE,
            due_at=None if due_at is None else to_us(due_at),
        )

        def write() -> None:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(item, condition=condition)
                if rings is not None and new.number is not None:
                    suspended = self._identities.suspended
                    transaction.update(
                        self._identities(f"service#{new.number}"),
                        [suspended.remove() if rings else suspended.set(True)],
                        condition=self._identities.service.exists(),
                    )
                if active is not None:
                    status = self._accounts.active
                    transaction.update(
                        self._accounts(new.account, BALANCE),
                        [status.set(active)],
                        condition=status == (not active),
                    )

        # A repeated write fails on its own success: the same in everything is ours.
        return made(write) or self.find(new.account, new.name) == new


def wake_plan(transaction: TransactWrite, items: Any, old: Profile | None, new: Profile) -> None:
    """Make the subscription to a plan due where the plans of a profile change. Its version grows,
    so that a run which has read the old ones cannot put it to sleep again."""
    if new.plans == (() if old is None else old.plans):
        return
    actions = [
        items.queue.set(QUEUE),
        items.due_at.set(0),
        items.version.set((items.version | 0) + 1),
    ]
    transaction.update(items(new.account, PLAN), actions)


def _subscription(item: Any) -> Subscription:
    version = int(item.version)
    if item.subscription is None:
        return Subscription(item.account, item.name, version=version)
    return replace(from_text(item.subscription, Subscription), version=version)
