"""The catalogue and subscriptions in memory."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from switchboard.billing.account import Profile
from switchboard.billing.catalogue import Item
from switchboard.billing.plans import Group, Plan
from switchboard.billing.subscriptions import PLAN, Subscription

if TYPE_CHECKING:
    from tests.fakes.ports import MemoryAccounts

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class MemoryCatalogue:
    kept: dict[str, dict[str, Group | Plan | Item]] = field(
        default_factory=lambda: {"groups": {}, "plans": {}, "items": {}}
    )

    def groups(self) -> Sequence[Group]:
        return self._all("groups")

    def save_group(self, group: Group) -> None:
        self.kept["groups"][group.name] = group

    def remove_group(self, name: str) -> bool:
        return self.kept["groups"].pop(name, None) is not None

    def plans(self) -> Sequence[Plan]:
        return self._all("plans")

    def save_plan(self, plan: Plan) -> None:
        self.kept["plans"][plan.name] = plan

    def remove_plan(self, name: str) -> bool:
        return self.kept["plans"].pop(name, None) is not None

    def items(self) -> Sequence[Item]:
        return self._all("items")

    def save_item(self, item: Item) -> None:
        self.kept["items"][item.name] = item

    def remove_item(self, name: str) -> bool:
        return self.kept["items"].pop(name, None) is not None

    def _all(self, kind: str) -> list:
        return [self.kept[kind][name] for name in sorted(self.kept[kind])]


@dataclass
class MemorySubscriptions:
    accounts: "MemoryAccounts"
    kept: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    due_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, new: Subscription, due_at: datetime) -> bool:
        with self.lock:
            added = replace(new, version=1)
            if self.kept.get((new.account, new.name), added) != added:
                return False
            self._keep(added, due_at)
            self._ring(added, rings=True)
            return True

    def find(self, account: str, name: str) -> Subscription | None:
        return self.kept.get((account, name))

    def of(self, account: str) -> Sequence[Subscription]:
        return [self.kept[key] for key in sorted(self.kept) if key[0] == account]

    def all(self) -> Iterator[Subscription]:
        return iter([self.kept[key] for key in sorted(self.kept)])

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        with self.lock:
            due = sorted((at, key) for key, at in self.due_at.items() if at <= now)
        return iter([key for _, key in due])

    def advance(
        self,
        old: Subscription,
        new: Subscription,
        due_at: datetime | None,
        *,
        active: bool | None = None,
    ) -> bool:
        changed = replace(new, version=old.version + 1)
        with self.lock:
            kept = self.kept[old.account, old.name]
            books = self.accounts.books
            if kept == changed:
                return True
            if kept.version != old.version:
                return False
            if active is not None and books.balance(old.account).active == active:
                return False
            self._keep(changed, due_at)
            if new.gives != old.gives:
                self._ring(changed, rings=new.gives)
            if active is not None:
                books.set_active(old.account, active=active)
            return True

    def wake_plan(self, old: Profile | None, new: Profile) -> None:
        with self.lock:
            if new.plans == (() if old is None else old.plans):
                return
            key = (new.account, PLAN)
            known = self.kept.get(key, Subscription(*key))
            self._keep(replace(known, version=known.version + 1), AT_ONCE)

    def _keep(self, kept: Subscription, due_at: datetime | None) -> None:
        key = (kept.account, kept.name)
        self.kept[key] = kept
        self.due_at.pop(key, None)
        if due_at is not None:
            self.due_at[key] = due_at

    def _ring(self, kept: Subscription, *, rings: bool) -> None:
        if kept.number is not None:
            service = self.accounts.services[kept.number]
            self.accounts.services[kept.number] = replace(service, suspended=not rings)
