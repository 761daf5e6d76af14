"""Batches: accounts or vouchers that are made together, each with its PIN."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from switchboard.billing.account import check_id
from switchboard.billing.pins import check_room
from switchboard.errors import Malformed

MOST = 1_000_000
LONGEST_NAME = 48


class BatchKind(Enum):
    """What a batch is made of."""

    ACCOUNTS = "accounts"
    VOUCHERS = "vouchers"


class BatchState(Enum):
    """Where a batch stands. Only in a ready one PINs are good for anything; one whose making broke
    off is never ready."""

    MAKING = "making"
    READY = "ready"
    BLOCKED = "blocked"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Batch:
    """What holds for each of its accounts or vouchers.

    An account opens with the value, on the sheet and the plan, and is valid until an instant or
    for days from its first use. A voucher tops up by the value, can be redeemed until an instant,
    moves the account to the sheet and the plan if it has any, and makes an account whose time
    ends last for the days at least. `run` tells the run that makes it from any other.
    """

    name: str
    kind: BatchKind
    count: int
    length: int
    currency: str
    made_at: datetime
    value_micros: int = 0
    sheet: str | None = None
    plan: str | None = None
    valid_until: datetime | None = None
    valid_days: int | None = None
    run: str = ""
    state: BatchState = BatchState.MAKING

    def __post_init__(self) -> None:
        check_id("batch", self.name)
        if len(self.name) > LONGEST_NAME:
            raise Malformed(f"the name of a batch has at most {LONGEST_NAME} characters")
        if not 1 <= self.count <= MOST:
            raise Malformed(f"a batch has 1 to {MOST:,} PINs")
        check_room(self.count, self.length)
        if self.value_micros < 0:
            raise Malformed("a value is not negative")
        if self.kind is BatchKind.VOUCHERS and not self.value_micros:
            raise Malformed("a voucher has a value")
        if self.kind is BatchKind.ACCOUNTS and self.sheet is None:
            raise Malformed("accounts need a sheet")
        if self.valid_until is not None and self.valid_until <= self.made_at:
            raise Malformed("the validity would be over already")
        if self.valid_days is not None and not 1 <= self.valid_days <= 36_500:
            raise Malformed("a validity is 1 to 36,500 days")

    def member(self, serial: int) -> str:
        """The id of an account or a voucher of it; serials begin with 1."""
        return f"{self.name}-{serial:06d}"
