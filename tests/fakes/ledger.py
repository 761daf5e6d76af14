"""The books in memory."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from switchboard.aws.cdr_rows import cdr_row
from switchboard.aws.forms import pack
from switchboard.billing.buckets import Bucket, end_at
from switchboard.calls.cdr import Cdr
from switchboard.errors import NotFound, Refusal
from switchboard.ledger.balance import NO_SECONDS, Balance, Hold
from switchboard.ledger.entries import JournalEntry
from switchboard.ledger.spend import NO_LIMITS
from switchboard.ports import Page
from switchboard.tables.cells import Cell
from tests.fakes.pages import page_of


@dataclass
class MemoryBooks:
    """Each method is one step: nothing comes between, as with a conditional write."""

    balances: dict[str, Balance] = field(default_factory=dict)
    journal: dict[tuple[str, str], JournalEntry] = field(default_factory=dict)
    closed: dict[tuple[str, str], Cdr] = field(default_factory=dict)
    buckets: dict[str, dict[str, Bucket]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def balance(self, account: str) -> Balance:
        if account not in self.balances:
            raise NotFound(f"there is no account {account}")
        return self.balances[account]

    def set_active(self, account: str, *, active: bool) -> None:
        with self.lock:
            self.balances[account] = replace(self.balance(account), active=active)

    def set_limits(self, old: Balance, *, credit_limit_micros: int, max_callbacks: int) -> bool:
        with self.lock:
            now = self.balance(old.account)
            if (now.credit_limit_micros, now.avail_micros) != (
                old.credit_limit_micros,
                old.avail_micros,
            ):
                return False
            limited = now.limit(credit_limit_micros)
            self.balances[old.account] = replace(limited, max_callbacks=max_callbacks)
            return True

    def set_spend_limits(self, old: Balance, limits: Mapping[str, int]) -> bool:
        with self.lock:
            now = self.balance(old.account)
            if now.limits != old.limits:
                return False
            self.balances[old.account] = replace(now, limits=dict(limits))
            return True

    def reserve(
        self, account: str, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS
    ) -> bool:
        return self._try(account, lambda balance: balance.reserve(callback, hold, limits))

    def extend(
        self,
        account: str,
        callback: str,
        old: Hold,
        new: Hold,
        limits: Mapping[str, int] = NO_LIMITS,
    ) -> bool:
        assert (old.nonce, old.request + 1) == (new.nonce, new.request)
        return self._try(account, lambda balance: balance.extend(callback, new, limits))

    def adopt(self, account: str, callback: str, old: Hold, nonce: str) -> bool:
        return self._try(account, lambda balance: balance.adopt(callback, old, nonce))

    def release(
        self,
        account: str,
        callback: str,
        hold: Hold,
        charge_micros: int,
        burned_s: Mapping[str, int] = NO_SECONDS,
        *,
        forget: Collection[str] = (),
    ) -> bool:
        return self._try(
            account,
            lambda balance: balance.release(callback, hold, charge_micros, burned_s).forget(forget),
        )

    def close(self, cdr: Cdr) -> bool:
        with self.lock:
            return self.closed.setdefault((cdr.account, cdr.callback), cdr) is cdr

    def cdr(self, account: str, callback: str, requested_at: datetime) -> Cdr | None:
        return self.closed.get((account, callback))

    def post_late(self, cdr: Cdr) -> bool:
        with self.lock:
            key = (cdr.account, cdr.callback)
            if self.closed[key].settlement.late_micros is not None:
                return False
            late = cdr.settlement
            assert late.late_micros is not None
            self.balances[cdr.account] = self.balance(cdr.account).post(
                -late.late_micros, late.late_s
            )
            self.closed[key] = cdr
            return True

    def enter(
        self, entry: JournalEntry, buckets: Sequence[Bucket] = (), *, covered: bool = False
    ) -> bool:
        with self.lock:
            balance = self.balance(entry.account)
            short = covered and balance.avail_micros < -entry.amount_micros
            if short or (entry.account, entry.identity) in self.journal:
                return False
            posted = balance.post(entry.amount_micros)
            self.balances[entry.account] = posted.grant({one.key: one.seconds for one in buckets})
            self.journal[entry.account, entry.identity] = entry
            granted = self.buckets.setdefault(entry.account, {})
            granted.update({bucket.key: bucket for bucket in buckets})
            return True

    def end_buckets(self, account: str, buckets: Sequence[Bucket], at: datetime) -> None:
        with self.lock:
            kept = self.buckets.get(account, {})
            kept.update({one.key: end_at(one, at) for one in buckets if one.key in kept})

    def drop_buckets(self, account: str, buckets: Sequence[str]) -> None:
        with self.lock:
            kept = self.buckets.get(account, {})
            self.buckets[account] = {key: one for key, one in kept.items() if key not in buckets}
            balance = self.balance(account)
            left = {key: s for key, s in balance.included_s.items() if key not in buckets}
            self.balances[account] = replace(balance, included_s=left)

    def entry(self, account: str, identity: str) -> JournalEntry | None:
        return self.journal.get((account, identity))

    def entries(self, account: str) -> Iterator[JournalEntry]:
        return iter([entry for key, entry in sorted(self.journal.items()) if key[0] == account])

    def entry_page(
        self, account: str, *, limit: int, cursor: str | None = None, until: datetime | None = None
    ) -> Page[JournalEntry]:
        found = sorted(
            (one for one in self.entries(account) if until is None or one.entered_at < until),
            key=lambda entry: (entry.entered_at, entry.identity),
            reverse=True,
        )
        return page_of(found, [one.identity for one in found], limit=limit, cursor=cursor)

    def cdrs(
        self, account: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Cdr]:
        mine = [
            cdr
            for cdr in self.closed.values()
            if cdr.account == account
            and (since is None or since <= cdr.requested_at)
            and (until is None or cdr.requested_at < until)
        ]
        return iter(sorted(mine, key=lambda cdr: (cdr.requested_at, cdr.callback), reverse=True))

    def cdr_rows(
        self, account: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[list[Cell]]:
        return (cdr_row(pack(cdr)) for cdr in self.cdrs(account, since=since, until=until))

    def cdr_page(
        self,
        account: str,
        *,
        limit: int,
        cursor: str | None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[Cdr]:
        mine = list(self.cdrs(account, since=since, until=until))
        return page_of(mine, [cdr.callback for cdr in mine], limit=limit, cursor=cursor)

    def _try(self, account, change) -> bool:
        with self.lock:
            try:
                self.balances[account] = change(self.balance(account))
            except NotFound:
                raise
            except Refusal:
                return False
            return True
