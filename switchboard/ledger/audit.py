"""The invariants of the books (design §5), each breach named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from switchboard.calls.cdr import Cdr
from switchboard.ledger.balance import Balance
from switchboard.ledger.entries import JournalEntry
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
    balance: Balance, entries: Iterable[JournalEntry], cdrs: Iterable[Cdr]
) -> Iterator[Breach]:
    """Every breach in the books of one account; none is the only good answer."""
    entries, cdrs = list(entries), list(cdrs)
    yield from _audit_sums(balance)
    posted = sum(entry.amount_micros for entry in entries)
    posted -= sum(cdr.settlement.total_micros for cdr in cdrs if _is_applied(cdr, balance))
    yield from _equal(balance, "posted = journal + CDRs", balance.posted_micros, posted)
    for cdr in cdrs:
        yield from _audit_cdr(balance, cdr)
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


def _audit_cdr(balance: Balance, cdr: Cdr) -> Iterator[Breach]:
    rated = sum(leg.cost_micros for leg in cdr.legs)
    rule = f"charged = rated in {cdr.callback}"
    yield from _equal(balance, rule, cdr.settlement.total_micros, rated)


def _equal(balance: Balance, rule: str, found: int, expected: int) -> Iterator[Breach]:
    if found != expected:
        shown = f"{format_micros(found)}, should be {format_micros(expected)}"
        yield Breach(balance.account, rule, shown)
