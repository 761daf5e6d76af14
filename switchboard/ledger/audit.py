"""The invariants of the books (design §5), each breach named."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.billing.account import Account, AccountType
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.leg import price_leg
from switchboard.ledger.balance import Balance
from switchboard.ledger.cover import summed
from switchboard.ledger.entries import JournalEntry, Settlement
from switchboard.money import format_micros

# A sweep comes every minute or so, and takes what has outlived its time.
SWEPT_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that does not hold for an account."""

    account: str
    rule: str
    found: str

    def __str__(self) -> str:
        return f"{self.account}: {self.rule}: {self.found}"


def audit(
    account: Account,
    entries: Iterable[JournalEntry],
    cdrs: Iterable[Cdr],
    callbacks: Iterable[Callback],
    now: datetime,
) -> Iterator[Breach]:
    """Every breach in the books of one account; none is the only good answer."""
    balance, entries, cdrs = account.balance, list(entries), list(cdrs)
    yield from _audit_sums(balance)
    yield from _audit_holds(balance, now)
    posted = sum(entry.amount_micros for entry in entries)
    posted -= sum(cdr.settlement.total_micros for cdr in cdrs if _is_applied(cdr, balance))
    yield from _equal(balance, "posted = journal + CDRs", balance.posted_micros, posted)
    for cdr in cdrs:
        yield from _audit_cdr(balance, cdr)
    yield from _audit_buckets(account, entries, cdrs)
    yield from _audit_callbacks(balance, cdrs, callbacks)
    yield from _audit_limit(account, entries, cdrs)


def _is_applied(cdr: Cdr, balance: Balance) -> bool:
    """A CDR whose hold is still there was written, but not yet charged."""
    hold = balance.holds.get(cdr.callback)
    return hold is None or hold.nonce != cdr.settlement.nonce


def _audit_sums(balance: Balance) -> Iterator[Breach]:
    held = sum(hold.amount_micros for hold in balance.holds.values())
    yield from _equal(balance, "held = sum of holds", balance.held_micros, held)
    avail = balance.posted_micros + balance.credit_limit_micros - balance.held_micros
    yield from _equal(balance, "avail = posted + limit - held", balance.avail_micros, avail)


def _audit_holds(balance: Balance, now: datetime) -> Iterator[Breach]:
    for counter in sorted({name for hold in balance.holds.values() for name in hold.counts}):
        running = [hold for hold in balance.holds.values() if counter in hold.counts]
        counted = sum(hold.amount_micros for hold in running)
        if balance.spent.get(counter, 0) < counted:
            found = format_micros(balance.spent.get(counter, 0))
            rule = f"what is held counts as spent on {counter}"
            yield Breach(balance.account, rule, f"{found}, but {format_micros(counted)} is held")
    for callback, hold in balance.holds.items():
        if hold.expires_at + SWEPT_WITHIN < now:
            rule = f"a sweep ends what outlives its time: the hold of {callback}"
            yield Breach(balance.account, rule, f"it ended at {hold.expires_at:%Y-%m-%dT%H:%M:%SZ}")
    covers = [hold.cover for hold in balance.holds.values()]
    held_s = summed(pair for cover in covers for pair in cover.counted(cover.taken_s).items())
    for counter, seconds in sorted(held_s.items()):
        if balance.spent.get(counter, 0) < seconds:
            found = f"{balance.spent.get(counter, 0)} s, but {seconds} s are held"
            yield Breach(balance.account, f"what is held counts as burned on {counter}", found)


def _audit_buckets(
    account: Account, entries: Sequence[JournalEntry], cdrs: Sequence[Cdr]
) -> Iterator[Breach]:
    applied = [cdr.settlement for cdr in cdrs if _is_applied(cdr, account.balance)]
    for bucket in account.buckets:
        granted_s = sum(entry.grants.get(bucket.key, 0) for entry in entries)
        yield from _audit_bucket(account.balance, bucket.key, granted_s, applied)


def _audit_bucket(
    balance: Balance, bucket: str, granted_s: int, settlements: Sequence[Settlement]
) -> Iterator[Breach]:
    left_s = balance.included_s.get(bucket, 0)
    held_s = sum(hold.cover.taken_s.get(bucket, 0) for hold in balance.holds.values())
    burned_s = sum(one.total_s.get(bucket, 0) for one in settlements)
    if left_s + held_s + burned_s != granted_s:
        found = f"{left_s} + {held_s} + {burned_s} s, should be {granted_s} s"
        yield Breach(balance.account, f"left + held + burned = granted in {bucket}", found)
    if left_s + sum(one.late_s.get(bucket, 0) for one in settlements) < 0:
        rule = f"no bucket below zero but by a late record: {bucket}"
        yield Breach(balance.account, rule, f"{left_s} s")


def _audit_cdr(balance: Balance, cdr: Cdr) -> Iterator[Breach]:
    rated = sum(leg.cost_micros for leg in cdr.legs)
    rule = f"charged = rated in {cdr.callback}"
    yield from _equal(balance, rule, cdr.settlement.total_micros, rated)
    burned_s = sum(cdr.settlement.total_s.values())
    covered_s = sum(leg.covered_s for leg in cdr.legs)
    if burned_s != covered_s:
        found = f"{burned_s} s, should be {covered_s} s"
        yield Breach(balance.account, f"burned = covered in {cdr.callback}", found)


def _audit_callbacks(
    balance: Balance, cdrs: Sequence[Cdr], callbacks: Iterable[Callback]
) -> Iterator[Breach]:
    """Exactly one record of each callback that rang, and priced as that was quoted."""
    for callback_id, records in Counter(cdr.callback for cdr in cdrs).items():
        if records > 1:
            rule = f"one record a callback: {callback_id}"
            yield Breach(balance.account, rule, f"it has {records}")
    known = {cdr.callback: cdr for cdr in cdrs}
    for callback in callbacks:
        cdr = known.pop(callback.id, None)
        if cdr is not None:
            yield from _audit_prices(balance, cdr, callback)
        # Where a sweep broke off, the hold leads the next one to what it left.
        elif _is_missed(callback) and callback.id not in balance.holds:
            yield Breach(
                balance.account, f"a callback that rang has a record: {callback.id}", "none"
            )
    for callback_id in known:
        yield Breach(balance.account, f"a record is of a callback: {callback_id}", "there is none")


def _is_missed(callback: Callback) -> bool:
    return callback.state.final and State.CALLING_CUSTOMER in callback.reached


def _audit_prices(balance: Balance, cdr: Cdr, callback: Callback) -> Iterator[Breach]:
    quote = callback.quote
    for leg, price in ((cdr.customer, quote.customer), (cdr.destination, quote.destination)):
        # What buckets covered is priced by the hold, which is gone. The quote is that of the number
        # that was dialled last, which was not called where that could not be paid for.
        if leg is None or price is None or leg.covered_s or leg.number not in callback.numbers:
            continue
        rule = f"the {leg.party.value} leg of {callback.id} costs what was quoted"
        quoted = price_leg(leg, price)
        yield from _equal(balance, rule, leg.cost_micros, quoted.cost_micros)


def _audit_limit(
    account: Account, entries: Sequence[JournalEntry], cdrs: Sequence[Cdr]
) -> Iterator[Breach]:
    balance = account.balance
    if account.profile.type is AccountType.PREPAID and balance.credit_limit_micros:
        found = format_micros(balance.credit_limit_micros)
        yield Breach(balance.account, "a prepaid account has no credit limit", found)
    # These take money without asking whether it is there, or take credit that is in use.
    late = sum(cdr.settlement.late_micros or 0 for cdr in cdrs)
    taken = -sum(min(0, entry.amount_micros) for entry in entries)
    excused = balance.credit_limit_micros + balance.lowered_micros + late + taken
    if balance.posted_micros + excused < 0:
        found = format_micros(balance.posted_micros)
        rule = "never beyond the limit but by a late record, an entry or a lower limit"
        yield Breach(balance.account, rule, found)


def _equal(balance: Balance, rule: str, found: int, expected: int) -> Iterator[Breach]:
    if found != expected:
        shown = f"{format_micros(found)}, should be {format_micros(expected)}"
        yield Breach(balance.account, rule, shown)
