"""A balance with its holds, and every change it can go through (design §5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from switchboard.errors import AccountBlocked, Conflict, NotEnoughCredit, TooManyCallbacks
from switchboard.money import Money


@dataclass(frozen=True, slots=True)
class Hold:
    """Money set aside for a running call.

    The nonce names the attempt that made it: a settlement touches only the hold that carries
    its nonce. The nonce of a later attempt sorts behind that of an earlier one. `request` counts
    the extensions, so that a retried one is answered, not repeated.
    """

    amount_micros: int
    nonce: str
    expires_at: datetime
    request: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has: posted, what of it is held, and what is left to spend.

    `avail_micros` is posted + credit limit - held; it is kept, not computed, because the store's
    conditions have no arithmetic. A change returns the next balance or refuses.
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

    @property
    def posted(self) -> Money:
        """The sum of all entries: what a statement shows."""
        return Money(self.currency, self.posted_micros)

    @property
    def available(self) -> Money:
        """What can still be spent."""
        return Money(self.currency, self.avail_micros)

    def check(self, callback: str, needed_micros: int) -> None:
        """Refuse a new callback that needs so much: blocked, too many at once, too little money."""
        if not self.active:
            raise AccountBlocked("this account is blocked")
        if callback not in self.holds and len(self.holds) >= self.max_callbacks:
            raise TooManyCallbacks(f"{len(self.holds)} callbacks are under way, no more at once")
        if self.avail_micros < needed_micros:
            needed = Money(self.currency, needed_micros)
            raise NotEnoughCredit(
                f"not enough credit: {self.available} left, at least {needed} needed"
            )

    def reserve(self, callback: str, hold: Hold) -> Self:
        """Set money aside for a callback that has none yet."""
        if callback in self.holds:
            raise Conflict("this callback has a hold already")
        self.check(callback, hold.amount_micros)
        return self._hold(callback, hold, hold.amount_micros)

    def extend(self, callback: str, hold: Hold) -> Self:
        """Replace a hold by a larger one with the same nonce and the next request number."""
        old = self.holds.get(callback)
        if old is None or old.nonce != hold.nonce or old.request != hold.request - 1:
            raise Conflict("this is not the next request of that hold")
        grown_micros = hold.amount_micros - old.amount_micros
        self.check(callback, grown_micros)
        return self._hold(callback, hold, grown_micros)

    def adopt(self, callback: str, old: Hold, nonce: str) -> Self:
        """Hand a hold of a lost attempt to a new one."""
        if self.holds.get(callback) != old:
            raise Conflict("that hold has changed")
        return self._hold(callback, replace(old, nonce=nonce), 0)

    def release(self, callback: str, hold: Hold, charge_micros: int) -> Self:
        """Give the hold back and post what the call cost."""
        if self.holds.get(callback) != hold:
            raise Conflict("that hold has changed")
        return replace(
            self,
            posted_micros=self.posted_micros - charge_micros,
            held_micros=self.held_micros - hold.amount_micros,
            avail_micros=self.avail_micros + hold.amount_micros - charge_micros,
            holds={key: kept for key, kept in self.holds.items() if key != callback},
        )

    def post(self, amount_micros: int) -> Self:
        """Add an entry; a negative amount takes."""
        return replace(
            self,
            posted_micros=self.posted_micros + amount_micros,
            avail_micros=self.avail_micros + amount_micros,
        )

    def limit(self, credit_limit_micros: int) -> Self:
        """Change the credit limit."""
        return replace(
            self,
            credit_limit_micros=credit_limit_micros,
            avail_micros=self.avail_micros + credit_limit_micros - self.credit_limit_micros,
        )

    def _hold(self, callback: str, hold: Hold, grown_micros: int) -> Self:
        return replace(
            self,
            held_micros=self.held_micros + grown_micros,
            avail_micros=self.avail_micros - grown_micros,
            holds={**self.holds, callback: hold},
        )
