"""What explains a balance: journal entries, and the settlement of each callback."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from switchboard.ledger.cover import summed


class EntryKind(Enum):
    """What a journal entry is for."""

    OPENING = "opening"
    TOP_UP = "topup"
    VOUCHER = "voucher"
    CORRECTION = "correction"
    RECURRING = "recurring"
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A credit (positive) or a charge. `identity` is its real name, such as `topup#receipt-17`:
    the same identity is entered once, however often it is sent. Entries are only added. `grants`
    are the seconds of the buckets that came with it, by key."""

    account: str
    identity: str
    kind: EntryKind
    currency: str
    amount_micros: int
    entered_at: datetime
    note: str = ""
    grants: Mapping[str, int] = field(default_factory=dict)


class SettlementKind(Enum):
    """How a hold ended: its call was charged, cost nothing, or was lost and swept."""

    POST = "post"
    VOID = "void"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The one terminal decision on a hold; the first writer makes it.

    `late_micros` is what a record that came after an expiry added. It is charged even where it
    takes the balance below zero, and being set is the flag for it. Both go for the included
    seconds as well, which are burned by bucket; what is late of them may be negative.
    """

    kind: SettlementKind
    nonce: str
    charge_micros: int
    late_micros: int | None = None
    burned_s: Mapping[str, int] = field(default_factory=dict)
    late_s: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_micros(self) -> int:
        """All that was charged for the callback."""
        return self.charge_micros + (self.late_micros or 0)

    @property
    def total_s(self) -> Mapping[str, int]:
        """All the seconds that the callback burned, by bucket."""
        return summed([*self.burned_s.items(), *self.late_s.items()])
