"""Batches, vouchers and settings in memory."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from switchboard.billing.batches import Batch, BatchState
from switchboard.billing.classes import DEFAULT_CLASSES, Classes
from switchboard.billing.vouchers import Redemption, Voucher
from switchboard.calls.routing import RoutingTerms
from switchboard.calls.tracing import TraceSwitch
from switchboard.calls.velocity import Velocity
from switchboard.errors import AlreadyExists
from switchboard.ports import Page
from tests.fakes.pages import page_of

if TYPE_CHECKING:
    from tests.fakes.ports import MemoryAccounts


@dataclass
class MemoryPins:
    accounts: "MemoryAccounts"
    kept: dict[str, Batch] = field(default_factory=dict)
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self, batch: Batch) -> bool:
        with self.lock:
            return self.kept.setdefault(batch.name, batch) == batch

    def move(self, batch: str, old: BatchState, new: BatchState) -> bool:
        with self.lock:
            found = self.kept.get(batch)
            if found is None or found.state not in (old, new):
                return False
            self.kept[batch] = replace(found, state=new)
            return True

    def batch(self, name: str) -> Batch | None:
        return self.kept.get(name)

    def batches(self) -> Sequence[Batch]:
        return [self.kept[name] for name in sorted(self.kept)]

    def batch_page(self, *, limit: int, cursor: str | None) -> Page[Batch]:
        newest = sorted(self.batches(), key=lambda batch: batch.made_at, reverse=True)
        return page_of(newest, [batch.name for batch in newest], limit=limit, cursor=cursor)

    def add_vouchers(self, vouchers: Sequence[Voucher]) -> bool:
        with self.lock:
            if any(one.pin_hash in self.vouchers for one in vouchers):
                return False
            self.vouchers.update({one.pin_hash: one for one in vouchers})
            return True

    def remove_members(self, batch: Batch) -> None:
        with self.lock:
            self.vouchers = {
                key: one for key, one in self.vouchers.items() if one.batch != batch.name
            }
            for name, profile in list(self.accounts.profiles.items()):
                if profile.batch == batch.name:
                    del self.accounts.profiles[name]
                    del self.accounts.books.balances[name]
                    self.accounts.books.journal.pop((name, "opening#balance"), None)

    def voucher(self, pin_hash: str) -> Voucher | None:
        return self.vouchers.get(pin_hash)

    def redeem(self, redemption: Redemption) -> bool:
        with self.lock:
            voucher, old, new = redemption.voucher, redemption.old, redemption.new
            if self.vouchers[voucher.pin_hash].redeemed_by is not None:
                return False
            if new != old and self.accounts.profiles[old.account] != old:
                return False
            if not self.accounts.books.enter(redemption.entry):
                raise AlreadyExists("an entry of an unused voucher")
            self.accounts.profiles[new.account] = new
            self.accounts.wake_plan(old, new)
            self.vouchers[voucher.pin_hash] = voucher
            return True


@dataclass
class MemorySettings:
    kept: Classes = DEFAULT_CLASSES
    terms: RoutingTerms = field(default_factory=RoutingTerms)
    limits: Velocity = field(default_factory=Velocity)
    switches: tuple[TraceSwitch, ...] = ()

    def classes(self, *, fresh: bool = False) -> Classes:
        return self.kept

    def save_classes(self, classes: Classes) -> None:
        self.kept = classes

    def velocity(self, *, fresh: bool = False) -> Velocity:
        return self.limits

    def save_velocity(self, velocity: Velocity) -> None:
        self.limits = velocity

    def routing(self, *, fresh: bool = False) -> RoutingTerms:
        return self.terms

    def save_routing(self, terms: RoutingTerms) -> None:
        self.terms = terms

    def traces(self, *, fresh: bool = False) -> tuple[TraceSwitch, ...]:
        return self.switches

    def save_traces(self, switches: tuple[TraceSwitch, ...]) -> None:
        self.switches = switches
