"""Stores that have each lost one of their conditions: what a simulation must notice.

Not among them are second locks on one door. A store that extends a hold whatever its nonce: once
an attempt has rung, no other adopts its hold, and before that nothing grows. One that adopts a hold
whatever its request, for the same reason; or whatever its nonce, since who finds the nonce of a
later attempt gives up, and in the moment between the two a later claim would have to come and go.
"""

from dataclasses import replace

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.leg import LegRecord
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.errors import Conflict
from switchboard.ledger.balance import NO_SECONDS, Balance, Hold
from switchboard.ledger.entries import JournalEntry
from switchboard.ledger.spend import NO_LIMITS
from switchboard.ports import Ports
from tests.fakes.ports import MemoryBooks, MemoryCallbacks


class ReserveWithoutFunds(MemoryBooks):
    def reserve(self, account, callback, hold, limits=NO_LIMITS):
        return self._try(
            account, lambda now: _rich(now, lambda rich: rich.reserve(callback, hold, limits))
        )


class ReserveWithoutPlaces(MemoryBooks):
    def reserve(self, account, callback, hold, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            made = replace(now, max_callbacks=99).reserve(callback, hold, limits)
            return replace(made, max_callbacks=now.max_callbacks)

        return self._try(account, change)


class ReserveForTheBlocked(MemoryBooks):
    def reserve(self, account, callback, hold, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            return replace(
                replace(now, active=True).reserve(callback, hold, limits), active=now.active
            )

        return self._try(account, change)


class ReserveTwice(MemoryBooks):
    def reserve(self, account, callback, hold, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            others = {name: kept for name, kept in now.holds.items() if name != callback}
            return replace(now, holds=others).reserve(callback, hold, limits)

        return self._try(account, change)


class ReserveBeyondTheLimits(MemoryBooks):
    def reserve(self, account, callback, hold, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            now._check_limits(limits)
            return _unlimited(now, lambda free: free.reserve(callback, hold))

        return self._try(account, change)


class ReserveByOldLimits(MemoryBooks):
    def reserve(self, account, callback, hold, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            made = replace(now, limits=limits).reserve(callback, hold, limits)
            return replace(made, limits=now.limits)

        return self._try(account, change)


class ExtendBeyondTheLimits(MemoryBooks):
    def extend(self, account, callback, old, new, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            now._check_limits(limits)
            return _unlimited(now, lambda free: free.extend(callback, new))

        return self._try(account, change)


class ExtendByOldLimits(MemoryBooks):
    def extend(self, account, callback, old, new, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            made = replace(now, limits=limits).extend(callback, new, limits)
            return replace(made, limits=now.limits)

        return self._try(account, change)


class ExtendWithoutFunds(MemoryBooks):
    def extend(self, account, callback, old, new, limits=NO_LIMITS):
        return self._try(
            account, lambda now: _rich(now, lambda rich: rich.extend(callback, new, limits))
        )


class ExtendWithoutRequest(MemoryBooks):
    """What grows is what its caller believes, as in a store that has no arithmetic."""

    def extend(self, account, callback, old, new, limits=NO_LIMITS):
        grown = new.amount_micros - old.amount_micros

        def change(now: Balance) -> Balance:
            now.check(callback, grown)
            kept = now.holds.get(callback)
            if kept is None or kept.nonce != old.nonce:
                return now
            return now._hold(callback, old, new)

        return self._try(account, change)


class AdoptWhateverIsThere(MemoryBooks):
    def adopt(self, account: str, callback: str, old: Hold, nonce: str) -> bool:
        return self._try(account, lambda now: now._hold(callback, old, replace(old, nonce=nonce)))


class ReleaseWithoutNonce(MemoryBooks):
    def release(self, account, callback, hold, charge_micros, burned_s=NO_SECONDS, *, forget=()):
        kept = self.balance(account).holds.get(callback)
        if kept is None or kept.request != hold.request:
            return False
        return super().release(account, callback, kept, charge_micros, burned_s, forget=forget)


class ReleaseWithoutRequest(MemoryBooks):
    """What is given back is what its caller believes to be held."""

    def release(self, account, callback, hold, charge_micros, burned_s=NO_SECONDS, *, forget=()):
        def change(now: Balance) -> Balance:
            kept = now.holds.get(callback)
            if kept is None or kept.nonce != hold.nonce:
                raise Conflict("that hold has changed")
            believed = replace(now, holds={**now.holds, callback: hold})
            return believed.release(callback, hold, charge_micros, burned_s).forget(forget)

        return self._try(account, change)


class ReleaseWithoutHold(MemoryBooks):
    def release(self, account, callback, hold, charge_micros, burned_s=NO_SECONDS, *, forget=()):
        def change(now: Balance) -> Balance:
            kept = replace(now, holds={**now.holds, callback: hold})
            return kept.release(callback, hold, charge_micros, burned_s).forget(forget)

        return self._try(account, change)


class CloseAgain(MemoryBooks):
    def close(self, cdr: Cdr) -> bool:
        self.closed[cdr.account, cdr.callback] = cdr
        return True


class PostLateAgain(MemoryBooks):
    def post_late(self, cdr: Cdr) -> bool:
        kept = self.closed[cdr.account, cdr.callback]
        settlement = replace(kept.settlement, late_micros=None)
        self.closed[cdr.account, cdr.callback] = replace(kept, settlement=settlement)
        return super().post_late(cdr)


class EnterAgain(MemoryBooks):
    def enter(self, entry: JournalEntry, buckets=(), *, covered=False) -> bool:
        self.journal.pop((entry.account, entry.identity), None)
        return super().enter(entry, buckets, covered=covered)


class TakeWithoutSeconds(MemoryBooks):
    """Buckets have whatever a hold takes, as long as their limits a day allow it."""

    def _try(self, account, change):
        return super()._try(account, lambda now: _full(now, change))


class TakeBeyondTheDay(MemoryBooks):
    """No limit a day counts when a hold is made."""

    def reserve(self, account, callback, hold, limits=NO_LIMITS):
        def change(now: Balance) -> Balance:
            counters = hold.cover.limits_s
            counted = {counter: now.spent.get(counter, 0) for counter in counters}
            fresh = replace(now, spent={**now.spent, **dict.fromkeys(counters, 0)})
            made = fresh.reserve(callback, hold, limits)
            sums = {counter: made.spent[counter] + before for counter, before in counted.items()}
            return replace(made, spent={**made.spent, **sums})

        return self._try(account, change)


class GiveEverythingBack(MemoryBooks):
    def release(self, account, callback, hold, charge_micros, burned_s=NO_SECONDS, *, forget=()):
        return super().release(account, callback, hold, charge_micros, forget=forget)


class LateWithoutSeconds(MemoryBooks):
    def post_late(self, cdr: Cdr) -> bool:
        before = self.balance(cdr.account).included_s
        made = super().post_late(cdr)
        self.balances[cdr.account] = replace(self.balance(cdr.account), included_s=before)
        return made


class ClaimAgain(MemoryCallbacks):
    def claim(self, callback, worker, *, now, lease):
        found = self.placed.get(callback)
        if found is not None:
            self.placed[callback] = replace(found, state=State.QUEUED)
        return super().claim(callback, worker, now=now, lease=lease)


class AdvanceForAnybody(MemoryCallbacks):
    def advance(self, callback, worker, state, at):
        owner = self.placed[callback].worker
        return super().advance(callback, owner, state, at)


def _rich(now: Balance, change) -> Balance:
    """Change a balance as if it had all the money in the world."""
    more = 10**12
    changed = change(replace(now, avail_micros=now.avail_micros + more))
    return replace(changed, avail_micros=changed.avail_micros - more)


def _unlimited(now: Balance, change) -> Balance:
    """Change a balance as if it had no daily limits."""
    return replace(change(replace(now, limits={})), limits=now.limits)


def _full(now: Balance, change) -> Balance:
    """Change a balance as if its buckets could not be emptied."""
    more = 10**6
    full = {bucket: left + more for bucket, left in now.included_s.items()}
    changed = change(replace(now, included_s=full))
    left = {bucket: left - more for bucket, left in changed.included_s.items()}
    return replace(changed, included_s=left)


class UnorderedPurse(Purse):
    """Its nonce does not tell which of two attempts came later."""

    def __init__(self, ports: Ports, callback: Callback, nonce: str, terms: PurseTerms) -> None:
        super().__init__(ports, callback, nonce, terms)
        self._nonce = nonce


class ForgetfulPurse(Purse):
    """What an earlier destination cost is not covered by its hold any more."""

    def end_destination(self, leg: LegRecord, customer_s: int) -> Callback:
        ended = super().end_destination(leg, customer_s)
        self._callback = replace(self._callback, earlier=())
        return ended

    def add_destination(self, dialled: Callback, customer_s: int) -> None:
        super().add_destination(replace(dialled, earlier=()), customer_s)


# As what `Story` takes them.
ALL: tuple[dict[str, type], ...] = (
    {"books": ReserveWithoutFunds},
    {"books": ReserveWithoutPlaces},
    {"books": ReserveForTheBlocked},
    {"books": ReserveTwice},
    {"books": ReserveBeyondTheLimits},
    {"books": ReserveByOldLimits},
    {"books": ExtendBeyondTheLimits},
    {"books": ExtendByOldLimits},
    {"books": ExtendWithoutFunds},
    {"books": ExtendWithoutRequest},
    {"books": AdoptWhateverIsThere},
    {"books": ReleaseWithoutNonce},
    {"books": ReleaseWithoutRequest},
    {"books": ReleaseWithoutHold},
    {"books": CloseAgain},
    {"books": PostLateAgain},
    {"books": EnterAgain},
    {"callbacks": ClaimAgain},
    {"callbacks": AdvanceForAnybody},
    {"purse": UnorderedPurse},
    {"purse": ForgetfulPurse},
)
# Those that only show where there are buckets.
OF_BUCKETS: tuple[dict[str, type], ...] = (
    {"books": TakeWithoutSeconds},
    {"books": TakeBeyondTheDay},
    {"books": GiveEverythingBack},
    {"books": LateWithoutSeconds},
)
