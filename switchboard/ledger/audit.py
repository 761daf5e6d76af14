"""The invariants of the books (design §5), each breach named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from switchboard.calls.cdr import Cdr
from switchboard.ledger.balance import Balance
from switchboard.ledger.cover import summed
from switchboard.ledger.entries import JournalEntry, Settlement
from switchboard.money import format_micros


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that does not hold for an account."""

    account: str
    rule: str
    found: str

    def __str__(self) -> str:
        return f"{self.account}: {self.rule}: {self.found}"


def audit(
    balance: Balance,
    entries: Iterable[JournalEntry],
    cdrs: Iterable[Cdr],
    buckets: Iterable[str] = (),
) -> Iterator[Breach]:
    """Every breach in the books of one account, whose buckets have these keys; none is the only
    good answer."""
    entries, cdrs = list(entries), list(cdrs)
    yield from _audit_sums(balance)
    posted = sum(entry.amount_micros for entry in entries)
    posted -= sum(cdr.settlement.total_micros for cdr in cdrs if _is_applied(cdr, balance))
    yield from _equal(balance, "posted = journal + CDRs", balance.posted_micros, posted)
    for cdr in cdrs:
        yield from _audit_cdr(balance, cdr)
    settlements = [cdr.settlement for cdr in cdrs if _is_applied(cdr, balance)]
    for bucket in buckets:
        granted_s = sum(entry.grants.get(bucket, 0) for entry in entries)
        yield from _audit_bucket(balance, bucket, granted_s, settlements)
    # Only these two take money without asking whether it is there.
    late = sum(cdr.settlement.late_micros or 0 for cdr in cdrs)
    taken = -sum(min(0, entry.amount_micros) for entry in entries)
    if balance.posted_micros + balance.credit_limit_micros + late + taken < 0:
        found = format_micros(balance.posted_micros)
        rule = "never beyond the limit but by a late record or an entry"
        yield Breach(balance.account, rule, found)


def _is_applied(cdr: Cdr, balance: Balance) -> bool:
    """A CDR whose hold is still there was written, but not yet charged."""
    hold = balance.holds.get(cdr.callback)
    return hold is None or hold.nonce != cdr.settlement.nonce


def _audit_sums(balance: Balance) -> Iterator[Breach]:
    held = sum(hold.amount_micros for hold in balance.holds.values())
    yield from _equal(balance, "held = sum of holds", balance.held_micros, held)
    avail = balance.posted_micros + balance.credit_limit_micros - balance.held_micros
    yield from _equal(balance, "avail = posted + limit - held", balance.avail_micros, avail)
    for counter in sorted({name for hold in balance.holds.values() for name in hold.counts}):
        running = [hold for hold in balance.holds.values() if counter in hold.counts]
        counted = sum(hold.amount_micros for hold in running)
        if balance.spent.get(counter, 0) < counted:
            found = format_micros(balance.spent.get(counter, 0))
            rule = f"what is held counts as spent on {counter}"
            yield Breach(balance.account, rule, f"{found}, but {format_micros(counted)} is held")
    covers = [hold.cover for hold in balance.holds.values()]
    held_s = summed(pair for cover in covers for pair in cover.counted(cover.taken_s).items())
    for counter, seconds in sorted(held_s.items()):
        if balance.spent.get(counter, 0) < seconds:
            found = f"{balance.spent.get(counter, 0)} s, but {seconds} s are held"
            yield Breach(balance.account, f"what is held counts as burned on {counter}", found)


def _audit_bucket(
    balance: Balance, bucket: str, granted_s: int, settlements: Iterable[Settlement]
) -> Iterator[Breach]:
    settlements = list(settlements)
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


def _equal(balance: Balance, rule: str, found: int, expected: int) -> Iterator[Breach]:
    if found != expected:
        shown = f"{format_micros(found)}, should be {format_micros(expected)}"
        yield Breach(balance.account, rule, shown)
