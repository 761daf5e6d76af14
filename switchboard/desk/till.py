"""The till: takes a hold for a callback, makes it grow, and settles it once (design §5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from switchboard.calls.cdr import Cdr
from switchboard.errors import Conflict
from switchboard.ledger.balance import NO_SECONDS, Balance, Hold
from switchboard.ledger.cover import NO_COVER, Cover
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.ledger.spend import Spend
from switchboard.ports import Books

# Each failed try means that somebody else's write came through on the same balance.
TRIES = 20
NOT_COUNTED = Spend()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a callback would hold: money and cover, and the money that it cannot do without."""

    amount_micros: int
    least_micros: int = 0
    cover: Cover = NO_COVER


# What is wanted of an account as it stands; of one that nobody has read yet, None.
Wish = Callable[[Balance | None], Wanted]


@dataclass(frozen=True, slots=True)
class Till:
    """The money of running callbacks. Every method may be repeated after a lost reply or a crash:
    it is answered, and nothing happens twice."""

    books: Books

    def reserve(
        self,
        account: str,
        callback: str,
        wish: Wish,
        nonce: str,
        expires_at: datetime,
        *,
        spend: Spend = NOT_COUNTED,
    ) -> Hold:
        """The hold that was made: what is wanted, or whatever the account has left, if that is at
        least what is needed. A hold that an earlier attempt left behind is taken over as it is.

        Refuses as `Balance.check` does, and where a later attempt has its hold already.
        """
        wanted = wish(None)
        hold = Hold(
            wanted.amount_micros, nonce, expires_at, counts=spend.counters, cover=wanted.cover
        )
        for _ in range(TRIES):
            if self.books.reserve(account, callback, hold, spend.limits):
                return hold
            balance = self.books.balance(account)
            kept = balance.holds.get(callback)
            if kept is None:
                wanted, spend = wish(balance), replace(spend, limits=balance.limits)
                balance.check(callback, wanted.least_micros, spend.counters)
                most_micros = balance.most_micros(spend.counters)
                hold = replace(
                    hold,
                    amount_micros=min(wanted.amount_micros, most_micros),
                    counts=spend.counters,
                    cover=wanted.cover,
                )
            elif kept.nonce == hold.nonce:
                return kept
            elif kept.nonce > hold.nonce:
                raise Conflict("a later attempt has this callback")
            elif self.books.adopt(account, callback, kept, hold.nonce):
                return replace(kept, nonce=hold.nonce)
        raise Conflict("the balance is being changed by too many at once")

    def extend(
        self,
        account: str,
        callback: str,
        old: Hold,
        wish: Wish,
        expires_at: datetime,
        *,
        spend: Spend = NOT_COUNTED,
    ) -> Hold | None:
        """The hold after it grew to what is wanted, or as far as money and limits go; the same
        amount with a later expiry where there is no more. It counts for all of `spend` then. None
        where the hold is gone, the account is blocked, or a limit has no room for what is held:
        what was held before is all there is."""
        wanted = wish(None)
        for _ in range(TRIES):
            new = replace(
                old,
                amount_micros=max(old.amount_micros, wanted.amount_micros),
                cover=wanted.cover,
                expires_at=expires_at,
                request=old.request + 1,
                counts=tuple(dict.fromkeys([*old.counts, *spend.counters])),
            )
            if self.books.extend(account, callback, old, new, spend.limits):
                return new
            balance = self.books.balance(account)
            kept = balance.holds.get(callback)
            if kept is not None and kept.nonce == old.nonce and kept.request == new.request:
                return kept
            spend = replace(spend, limits=balance.limits)
            most_micros = balance.most_micros({*old.counts, *spend.counters}, old)
            if kept != old or not balance.active or most_micros < old.amount_micros:
                return None
            wanted = wish(balance)
            wanted = replace(wanted, amount_micros=min(wanted.amount_micros, most_micros))
        return None

    def settle(self, cdr: Cdr) -> Cdr:
        """Write the CDR and apply it to its hold; gives the CDR that counts.

        The first CDR of a callback decides. Where a sweep was first, what the worker's own has
        in excess of it is posted late, and the CDR says so.
        """
        return self.apply(self.close(cdr), cdr)

    def close(self, cdr: Cdr) -> Cdr:
        """Write the CDR; gives the one that counts, which is the first of its callback."""
        return cdr if self.books.close(cdr) else self._kept(cdr)

    def apply(self, kept: Cdr, cdr: Cdr) -> Cdr:
        """Charge the hold by the CDR that counts, and post late what `cdr` has in excess of it."""
        settled = kept.settlement
        self._release(kept, settled.nonce, settled.charge_micros, settled.burned_s)
        if settled.nonce != cdr.settlement.nonce:
            self._release(cdr, cdr.settlement.nonce, 0)
        return self._post_late(kept, cdr)

    def drop(self, account: str, callback: str, hold: Hold) -> None:
        """Give a hold back for nothing, where no phone rang and no CDR is written."""
        self.books.release(account, callback, hold, 0)

    def _release(
        self, cdr: Cdr, nonce: str, charge_micros: int, burned_s: Mapping[str, int] = NO_SECONDS
    ) -> None:
        """Charge exactly the hold of this nonce; where it is gone, that has happened before."""
        for _ in range(TRIES):
            balance = self.books.balance(cdr.account)
            hold = balance.holds.get(cdr.callback)
            if hold is None or hold.nonce != nonce:
                return
            past = balance.past_counters(hold)
            if self.books.release(
                cdr.account, cdr.callback, hold, charge_micros, burned_s, forget=past
            ):
                return
        raise Conflict("the balance is being changed by too many at once")

    def _post_late(self, kept: Cdr, late: Cdr) -> Cdr:
        """What a worker's own record has in excess of a sweep's. It is posted once, so that a
        second sweep, which knows no more than that worker will, does not add to the first."""
        excess_micros = late.settlement.charge_micros - kept.settlement.charge_micros
        excess_s = _excess_s(late.settlement, kept.settlement)
        swept = [cdr.settlement.kind is SettlementKind.EXPIRE for cdr in (kept, late)]
        posted_before = kept.settlement.late_micros is not None
        has_more = excess_micros > 0 or sum(excess_s.values()) > 0
        if swept != [True, False] or posted_before or not has_more:
            return kept
        settlement = replace(kept.settlement, late_micros=excess_micros, late_s=excess_s)
        posted = replace(late, settlement=settlement)
        return posted if self.books.post_late(posted) else self._kept(late)

    def _kept(self, cdr: Cdr) -> Cdr:
        kept = self.books.cdr(cdr.account, cdr.callback, cdr.requested_at)
        assert kept is not None, "a CDR is never removed"
        return kept


def _excess_s(late: Settlement, kept: Settlement) -> Mapping[str, int]:
    excess = {
        bucket: late.burned_s.get(bucket, 0) - kept.burned_s.get(bucket, 0)
        for bucket in {**kept.burned_s, **late.burned_s}
    }
    return {bucket: seconds for bucket, seconds in excess.items() if seconds}
