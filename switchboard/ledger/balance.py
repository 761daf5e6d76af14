"""A balance with its holds, and every change it can go through (design §5)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Self

from switchboard.errors import (
    AccountBlocked,
    Conflict,
    NotEnoughCredit,
    SpendLimitReached,
    TooManyCallbacks,
)
from switchboard.ledger.cover import NO_COVER, Cover
from switchboard.ledger.spend import ALL, NO_LIMITS, day_of, scope_of
from switchboard.money import LARGEST_MICROS, Money

NO_SECONDS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Hold:
    """Money set aside for a running call, and the included seconds that cover it.

    The nonce names the attempt that made it: a settlement touches only the hold that carries
    its nonce. The nonce of a later attempt sorts behind that of an earlier one. `request` counts
    the extensions, so that a retried one is answered, not repeated. `counts` are the daily
    counters that the money is part of.
    """

    amount_micros: int
    nonce: str
    expires_at: datetime
    request: int = 0
    counts: tuple[str, ...] = ()
    cover: Cover = NO_COVER

    @property
    def counters(self) -> frozenset[str]:
        """The daily counters of the money and of the seconds."""
        return frozenset(self.counts) | frozenset(self.cover.limits_s)

    def unused_s(self, burned_s: Mapping[str, int]) -> Mapping[str, int]:
        """What is left of the seconds that it took, by bucket, where so many were burned."""
        taken = self.cover.taken_s.items()
        return {bucket: seconds - burned_s.get(bucket, 0) for bucket, seconds in taken}


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has: posted, what of it is held, and what is left to spend.

    `avail_micros` is posted + credit limit - held; it is kept, not computed, because the store's
    conditions have no arithmetic. `limits` is what may be spent a day by scope, and `spent` what
    was charged or is held, by counter; nothing is counted that has no limit. `included_s` is what
    is left, and not held, of the seconds in each bucket of the account, by the bucket's key; those
    of a bucket with a limit a day are counted in `spent` too. `lowered_micros` is what of the
    credit limit was in use when it was lowered: so far the account may be beyond it. A change
    returns the next balance or refuses.
    """

    account: str
    currency: str
    posted_micros: int = 0
    held_micros: int = 0
    avail_micros: int = 0
    credit_limit_micros: int = 0
    active: bool = True
    max_callbacks: int = 5
    holds: Mapping[str, Hold] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)
    included_s: Mapping[str, int] = field(default_factory=dict)
    lowered_micros: int = 0

    @property
    def posted(self) -> Money:
        """The sum of all entries: what a statement shows."""
        return Money(self.currency, self.posted_micros)

    @property
    def available(self) -> Money:
        """What can still be spent."""
        return Money(self.currency, self.avail_micros)

    def check(self, callback: str, needed_micros: int, counters: Iterable[str] = ()) -> None:
        """Refuse a new callback that needs so much: blocked, too many at once, too little money,
        or too little left of the limits that it counts for."""
        if not self.active:
            raise AccountBlocked("this account is blocked")
        if callback not in self.holds and len(self.holds) >= self.max_callbacks:
            raise TooManyCallbacks(f"{len(self.holds)} callbacks are under way, no more at once")
        if self.avail_micros < needed_micros:
            needed = Money(self.currency, needed_micros)
            raise NotEnoughCredit(
                f"not enough credit: {self.available} left, at least {needed} needed"
            )
        for counter in counters:
            if self._left_micros(counter) < needed_micros:
                raise SpendLimitReached(self._why_no_more(counter))

    def most_micros(self, counters: Iterable[str], old: Hold | None = None) -> int:
        """The largest hold that money and limits allow, in the place of `old` if there is one."""
        before_micros = 0 if old is None else old.amount_micros
        counted = () if old is None else old.counts
        left = (
            self._left_micros(counter) + (before_micros if counter in counted else 0)
            for counter in counters
        )
        return min([self.avail_micros + before_micros, *left])

    def reserve(self, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS) -> Self:
        """Set money aside for a callback that has none yet. Conflict where these are no longer the
        limits."""
        if callback in self.holds:
            raise Conflict("this callback has a hold already")
        self._check_limits(limits)
        self.check(callback, hold.amount_micros, hold.counts)
        self._check_cover(NO_COVER, hold.cover)
        return self._hold(callback, None, hold)

    def extend(self, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS) -> Self:
        """Replace a hold by a larger one with the same nonce and the next request number. It may
        count for more than before. Conflict where these are no longer the limits."""
        old = self.holds.get(callback)
        if old is None or old.nonce != hold.nonce or old.request != hold.request - 1:
            raise Conflict("this is not the next request of that hold")
        self._check_limits(limits)
        self.check(callback, hold.amount_micros - old.amount_micros)
        for counter in hold.counts:
            if self.most_micros([counter], old) < hold.amount_micros:
                raise SpendLimitReached(self._why_no_more(counter))
        self._check_cover(old.cover, hold.cover)
        return self._hold(callback, old, hold)

    def adopt(self, callback: str, old: Hold, nonce: str) -> Self:
        """Hand a hold of a lost attempt to a new one."""
        if self.holds.get(callback) != old:
            raise Conflict("that hold has changed")
        return self._hold(callback, old, replace(old, nonce=nonce))

    def release(
        self,
        callback: str,
        hold: Hold,
        charge_micros: int,
        burned_s: Mapping[str, int] = NO_SECONDS,
    ) -> Self:
        """Give the hold back, post what the call cost, and keep what it burned of each bucket."""
        if self.holds.get(callback) != hold:
            raise Conflict("that hold has changed")
        unused_s = hold.unused_s(burned_s)
        kept_s = {bucket: -seconds for bucket, seconds in unused_s.items()}
        counted = dict.fromkeys(hold.counts, charge_micros - hold.amount_micros)
        return replace(
            self,
            posted_micros=self.posted_micros - charge_micros,
            held_micros=self.held_micros - hold.amount_micros,
            avail_micros=self.avail_micros + hold.amount_micros - charge_micros,
            holds={key: kept for key, kept in self.holds.items() if key != callback},
            spent=self._counted({**counted, **hold.cover.counted(kept_s)}),
            included_s=self._included(unused_s),
        )

    def past_counters(self, hold: Hold) -> tuple[str, ...]:
        """The counters of days before that of `hold` on which no hold counts any more."""
        day = min(map(day_of, hold.counters), default="")
        running = {counter for kept in self.holds.values() for counter in kept.counters}
        return tuple(
            counter for counter in self.spent if day_of(counter) < day and counter not in running
        )

    def forget(self, counters: Collection[str]) -> Self:
        """Drop counters that nobody asks for any more."""
        kept = {counter: spent for counter, spent in self.spent.items() if counter not in counters}
        return replace(self, spent=kept)

    def post(self, amount_micros: int, burned_s: Mapping[str, int] = NO_SECONDS) -> Self:
        """Add an entry; a negative amount takes. Seconds are burned without asking for them."""
        return replace(
            self,
            posted_micros=self.posted_micros + amount_micros,
            avail_micros=self.avail_micros + amount_micros,
            included_s=self._included({key: -seconds for key, seconds in burned_s.items()}),
        )

    def grant(self, grants: Mapping[str, int]) -> Self:
        """Fill buckets with seconds."""
        return replace(self, included_s={**self.included_s, **grants})

    def limit(self, credit_limit_micros: int) -> Self:
        """Change the credit limit. What was in use of it stays excused: no more than it is lowered
        by, and no more than is missing, should all that is held be charged."""
        grown_micros = credit_limit_micros - self.credit_limit_micros
        avail_micros = self.avail_micros + grown_micros
        return replace(
            self,
            credit_limit_micros=credit_limit_micros,
            avail_micros=avail_micros,
            lowered_micros=max(0, min(self.lowered_micros - grown_micros, -avail_micros)),
        )

    def _hold(self, callback: str, old: Hold | None, new: Hold) -> Self:
        before_micros = 0 if old is None else old.amount_micros
        grown_micros = new.amount_micros - before_micros
        counted = () if old is None else old.counts
        added = {
            counter: grown_micros if counter in counted else new.amount_micros
            for counter in new.counts
        }
        more_s = new.cover.beyond(NO_COVER if old is None else old.cover)
        return replace(
            self,
            held_micros=self.held_micros + grown_micros,
            avail_micros=self.avail_micros - grown_micros,
            holds={**self.holds, callback: new},
            spent=self._counted({**added, **new.cover.counted(more_s)}),
            included_s=self._included({bucket: -seconds for bucket, seconds in more_s.items()}),
        )

    def _counted(self, added: Mapping[str, int]) -> Mapping[str, int]:
        sums = {counter: self.spent.get(counter, 0) + more for counter, more in added.items()}
        return {**self.spent, **sums}

    def _included(self, added: Mapping[str, int]) -> Mapping[str, int]:
        sums = {key: self.included_s.get(key, 0) + seconds for key, seconds in added.items()}
        return {**self.included_s, **sums}

    def _check_cover(self, old: Cover, new: Cover) -> None:
        more_s = new.beyond(old)
        for bucket, seconds in more_s.items():
            if self.included_s.get(bucket, 0) < seconds:
                raise Conflict(f"bucket {bucket} has less left than that")
        for counter, seconds in new.counted(more_s).items():
            if self.spent.get(counter, 0) + seconds > new.limits_s[counter]:
                raise Conflict(f"the limit of {counter} leaves less than that")

    def _left_micros(self, counter: str) -> int:
        limit_micros = self.limits.get(scope_of(counter), LARGEST_MICROS)
        return limit_micros - self.spent.get(counter, 0)

    def _check_limits(self, limits: Mapping[str, int]) -> None:
        if dict(limits) != dict(self.limits):
            raise Conflict("the spend limits have changed")

    def _why_no_more(self, counter: str) -> str:
        limit = Money(self.currency, self.limits[scope_of(counter)])
        left = Money(self.currency, max(0, self._left_micros(counter)))
        what = "" if scope_of(counter) == ALL else f" for {scope_of(counter)} numbers"
        return f"the limit of {limit} a day{what} leaves {left}"
