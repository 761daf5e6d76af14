"""Where accounts and their money are kept."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchboard.billing.account import Account, Profile
from switchboard.billing.batches import Batch, BatchState
from switchboard.billing.buckets import Bucket
from switchboard.billing.service_number import ServiceNumber
from switchboard.billing.vouchers import Redemption, Voucher
from switchboard.calls.cdr import Cdr
from switchboard.ledger.balance import NO_SECONDS, Balance, Hold
from switchboard.ledger.entries import JournalEntry
from switchboard.ledger.spend import NO_LIMITS
from switchboard.numbering import PhoneNumber
from switchboard.ports.pages import Page
from switchboard.tables.cells import Cell


@dataclass(frozen=True, slots=True)
class Directory:
    """Who stands behind two numbers: the account that a sender acts for, the service number."""

    account: str | None
    service: ServiceNumber | None


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be opened, with what it begins with; `entry` explains the balance."""

    profile: Profile
    balance: Balance
    entry: JournalEntry | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Which accounts, in which order: those of an owner by id; else all by id, or by name without
    regard to capitals, those that begin like this."""

    owner: str | None = None
    by_name: bool = False
    begins: str = ""


class Accounts(Protocol):
    """Who pays."""

    def open(self, *openings: Opening) -> None:
        """Add accounts with their identities and opening entries, all of it or nothing: one
        transaction of at most 100 items, which are three an account and one an identity.
        AlreadyExists where an id, a login, a number or a PIN is taken."""

    def get(self, account: str) -> Account:
        """An account with its balance and its buckets, in one read. NotFound where there is
        none."""

    def change(self, old: Profile, new: Profile) -> None:
        """Replace a profile. Conflict where it is no longer `old`; AlreadyExists as in `open`."""

    def all(self) -> Iterator[Account]:
        """Every account, for listings and audits."""

    def page(self, listing: Listing, *, limit: int, cursor: str | None) -> Page[Account]:
        """A part of a list of accounts, without their buckets. A new account may be a moment late.
        Malformed where the cursor is not one of ours."""

    def look_up(self, sender: PhoneNumber | None, service: PhoneNumber) -> Directory:
        """Who stands behind both numbers, in one read; behind one, where the sender is unknown."""

    def by_number(self, number: PhoneNumber) -> str | None:
        """The account that a caller ID acts for."""

    def by_login(self, login: str) -> str | None:
        """The account that signs in with this name."""

    def by_pin(self, pin_hash: str) -> str | None:
        """The account whose PIN has this keyed hash."""

    def add_service_number(self, service: ServiceNumber) -> None:
        """Add a number that customers ring or text. AlreadyExists where it is in use."""

    def change_service_number(self, old: ServiceNumber, new: ServiceNumber) -> bool:
        """Replace a service number, if it is still `old`."""

    def remove_service_number(self, number: PhoneNumber) -> bool:
        """Take a service number away; whether there was one."""

    def is_service_number(self, number: PhoneNumber) -> bool:
        """Whether customers ring or text this number, as it was known within half a minute: asked
        for each callback, it seldom costs a read."""

    def service_numbers(self) -> Sequence[ServiceNumber]:
        """Every service number: looks through all accounts, so that no page asks for it."""

    def service_page(
        self, digits: str = "", *, limit: int, cursor: str | None
    ) -> Page[ServiceNumber]:
        """A part of the service numbers that have these digits, in their order. A part may be
        shorter than the limit, and not the last."""


class Books(Protocol):
    """Balances, their holds, the journal, and the settlements (which are the CDRs)."""

    def balance(self, account: str) -> Balance:
        """The balance, strongly consistent. NotFound where there is none."""

    def set_active(self, account: str, *, active: bool) -> None:
        """Block an account, or let it call again."""

    def set_limits(self, old: Balance, *, credit_limit_micros: int, max_callbacks: int) -> bool:
        """Change both limits, if the credit limit and what is available are still the old ones: of
        both together comes how far the account may be beyond a lower limit."""

    def set_spend_limits(self, old: Balance, limits: Mapping[str, int]) -> bool:
        """Change what may be spent a day by scope, if the limits are still the old ones."""

    def reserve(
        self, account: str, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS
    ) -> bool:
        """Make a hold, if the account is active, has the money, has a free place among its
        callbacks, and none for this one; if these are its spend limits, those that the hold
        counts for have room for it, and its buckets have the seconds: one conditional write."""

    def extend(
        self,
        account: str,
        callback: str,
        old: Hold,
        new: Hold,
        limits: Mapping[str, int] = NO_LIMITS,
    ) -> bool:
        """Put the larger `new` in the place of `old`, if account and buckets have the difference,
        it is active, the hold is still at the old request of the same nonce, and the limits as in
        `reserve`; what `new` counts for and `old` did not, it counts for whole."""

    def adopt(self, account: str, callback: str, old: Hold, nonce: str) -> bool:
        """Give the hold of a lost attempt to another, if it has not changed."""

    def close(self, cdr: Cdr) -> bool:
        """Write the CDR, if there is none for this callback: the first writer decides."""

    def cdr(self, account: str, callback: str, requested_at: datetime) -> Cdr | None:
        """The CDR of a callback, strongly consistent."""

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
        """Apply a settlement to exactly this hold: give it back, post the charge and keep what was
        burned, in the balance and in what the hold counts for. Daily counters in `forget` are
        dropped."""

    def post_late(self, cdr: Cdr) -> bool:
        """Put a CDR with `late_micros` in the place of one without, and post what is late: one
        transaction. It may take balance and buckets below zero; daily counters stay as they
        are."""

    def enter(
        self, entry: JournalEntry, buckets: Sequence[Bucket] = (), *, covered: bool = False
    ) -> bool:
        """Add a journal entry and post it with the buckets that it grants, if its identity is new;
        where it has to be `covered`, only if the money is available: one transaction."""

    def end_buckets(self, account: str, buckets: Sequence[Bucket], at: datetime) -> None:
        """Let buckets expire at an instant, if they are there still and last longer. What is left
        of them stays in the balance, good for nothing."""

    def drop_buckets(self, account: str, buckets: Sequence[str]) -> None:
        """Forget buckets of these keys with what is left of them: one transaction. Those that are
        gone already are no matter."""

    def entry(self, account: str, identity: str) -> JournalEntry | None:
        """The entry of this identity, strongly consistent."""

    def entries(self, account: str) -> Iterator[JournalEntry]:
        """The journal of an account, by identity."""

    def entry_page(
        self, account: str, *, limit: int, cursor: str | None = None, until: datetime | None = None
    ) -> Page[JournalEntry]:
        """A part of the journal of an account, newest first, of entries before an instant; one that
        was made a moment ago may be missing. Malformed where the cursor is not one of such a
        list."""

    def cdrs(
        self, account: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Cdr]:
        """Every CDR of an account, newest request first, of requests since an instant and before
        another."""

    def cdr_rows(
        self, account: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[list[Cell]]:
        """The same, each as a row of a file (calls/cdr_file.py): in a third of the time."""

    def cdr_page(
        self,
        account: str,
        *,
        limit: int,
        cursor: str | None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[Cdr]:
        """A part of an account's CDRs, newest request first: of requests since an instant, and
        before another. Malformed where the cursor is not one of such a list."""


class Pins(Protocol):
    """Batches of PINs, and the vouchers that were made in them."""

    def start(self, batch: Batch) -> bool:
        """Write a new batch, if its name is new."""

    def move(self, batch: str, old: BatchState, new: BatchState) -> bool:
        """Move a batch from one state into another, if it is in the first."""

    def batch(self, name: str) -> Batch | None:
        """A batch as it stands, strongly consistent."""

    def batches(self) -> Sequence[Batch]:
        """Every batch, by name."""

    def batch_page(self, *, limit: int, cursor: str | None) -> Page[Batch]:
        """A part of the batches, the newest first; one that was made a moment ago may be missing.
        Malformed where the cursor is not one of ours."""

    def add_vouchers(self, vouchers: Sequence[Voucher]) -> bool:
        """Add up to 100 vouchers, if the PIN of each is new: one transaction."""

    def remove_members(self, batch: Batch) -> None:
        """Remove the accounts or vouchers that were made in a batch which was never ready."""

    def voucher(self, pin_hash: str) -> Voucher | None:
        """The voucher whose PIN has this keyed hash, strongly consistent."""

    def redeem(self, redemption: Redemption) -> bool:
        """Mark the voucher, enter its value and replace the profile: one transaction, made if the
        voucher is unused and the profile still the old one, and nobody is at either."""
