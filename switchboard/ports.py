"""What the core asks of the world: stores, queues and clocks, as protocols.

A conditional write answers True where it was made and False where its condition failed; it may
be repeated safely after a lost reply. What does not exist is None, or NotFound where it must.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from switchboard.billing.account import Account, Profile, ServiceNumber
from switchboard.billing.batches import Batch, BatchState
from switchboard.billing.classes import Classes
from switchboard.billing.vouchers import Redemption, Voucher
from switchboard.calls.beat import Beat
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Verdict
from switchboard.calls.trunk import Trunk
from switchboard.clock import Clock
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.entries import JournalEntry
from switchboard.ledger.spend import NO_LIMITS
from switchboard.numbering import PhoneNumber
from switchboard.rating.deck.reading import Template
from switchboard.rating.quote import Quote
from switchboard.rating.sheet import RateSheet

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list; `cursor` asks for the next part, None is the end."""

    items: Sequence[Item]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Directory:
    """Who stands behind two numbers: the account that a sender acts for, the service number."""

    account: str | None
    service: ServiceNumber | None


class Accounts(Protocol):
    """Who pays."""

    def open(self, profile: Profile, balance: Balance) -> None:
        """Add an account. AlreadyExists where its id, its login or one of its numbers is taken."""

    def get(self, account: str) -> Account:
        """An account with its balance, in one read. NotFound where there is none."""

    def change(self, old: Profile, new: Profile) -> None:
        """Replace a profile. Conflict where it is no longer `old`; AlreadyExists as in `open`."""

    def all(self) -> Iterator[Account]:
        """Every account, for listings and audits."""

    def look_up(self, sender: PhoneNumber, service: PhoneNumber) -> Directory:
        """Who stands behind both numbers, in one read."""

    def by_number(self, number: PhoneNumber) -> str | None:
        """The account that a caller ID acts for."""

    def by_login(self, login: str) -> str | None:
        """The account that signs in with this name."""

    def by_pin(self, pin_hash: str) -> str | None:
        """The account whose PIN has this keyed hash."""

    def add_service_number(self, service: ServiceNumber) -> None:
        """Add a number that customers ring or text. AlreadyExists where it is in use."""

    def service_numbers(self) -> Sequence[ServiceNumber]:
        """Every service number."""


class Books(Protocol):
    """Balances, their holds, the journal, and the settlements (which are the CDRs)."""

    def balance(self, account: str) -> Balance:
        """The balance, strongly consistent. NotFound where there is none."""

    def set_active(self, account: str, *, active: bool) -> None:
        """Block an account, or let it call again."""

    def set_limits(self, old: Balance, *, credit_limit_micros: int, max_callbacks: int) -> bool:
        """Change both limits, if the credit limit is still the old one."""

    def set_spend_limits(self, old: Balance, limits: Mapping[str, int]) -> bool:
        """Change what may be spent a day by scope, if the limits are still the old ones."""

    def reserve(
        self, account: str, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS
    ) -> bool:
        """Make a hold, if the account is active, has the money, has a free place among its
        callbacks, and none for this one; if these are its spend limits, and those that the hold
        counts for have room for it: one conditional write."""

    def extend(
        self,
        account: str,
        callback: str,
        old: Hold,
        new: Hold,
        limits: Mapping[str, int] = NO_LIMITS,
    ) -> bool:
        """Put the larger `new` in the place of `old`, if the account has the difference, is
        active, the hold is still at the old request of the same nonce, and the limits as in
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
        *,
        forget: Collection[str] = (),
    ) -> bool:
        """Apply a settlement to exactly this hold: give it back and post the charge, in the
        balance and in what the hold counts for. Daily counters in `forget` are dropped."""

    def post_late(self, cdr: Cdr) -> bool:
        """Put a CDR with `late_micros` in the place of one without, and post what is late: one
        transaction. It may take a balance below zero; daily counters stay as they are."""

    def enter(self, entry: JournalEntry) -> bool:
        """Add a journal entry and post it, if its identity is new: one transaction."""

    def entries(self, account: str) -> Iterator[JournalEntry]:
        """The journal of an account, by identity."""

    def cdrs(self, account: str) -> Iterator[Cdr]:
        """Every CDR of an account, newest request first."""


class Sheets(Protocol):
    """Rate sheets; a version never changes, and publishing one is one pointer."""

    def publish(self, sheet: RateSheet, *, after: str | None = None) -> None:
        """Store this version, where it is not stored yet, and make it the one that new quotes
        use. With `after`, Conflict where that is no longer the published one."""

    def version(self, name: str, version: str) -> RateSheet:
        """A version that was published once. NotFound where there is none."""

    def current(self, name: str, *, fresh: bool = False) -> RateSheet:
        """The published version; it reads its rows where they are asked for. `fresh` asks again,
        where a quote may use an answer that is a few seconds old. NotFound where no sheet has
        this name."""

    def versions(self, name: str) -> Sequence[str]:
        """Every stored version of a sheet, in their order."""

    def names(self) -> Sequence[str]:
        """Every sheet."""


class Templates(Protocol):
    """How the decks of known sellers are read."""

    def save(self, template: Template) -> None:
        """Keep a template, in the place of one of the same name."""

    def get(self, name: str) -> Template:
        """The template of this name. NotFound where there is none."""

    def all(self) -> Sequence[Template]:
        """Every template, by name."""


class Callbacks(Protocol):
    """Callbacks and their states; a state never goes back."""

    def place(self, callback: Callback) -> bool:
        """Write a new callback, if its id is new."""

    def find(self, callback: str) -> Callback | None:
        """A callback as it stands, strongly consistent."""

    def claim(
        self, callback: str, worker: str, *, now: datetime, lease: timedelta
    ) -> Callback | None:
        """Take a callback that is queued in time, or whose claim by another lapsed before its
        phone rang; None where there is nothing to take."""

    def advance(self, callback: str, worker: str, state: State, at: datetime) -> bool:
        """Move on, if this worker has the callback and the state is a later one. What it counts
        for is kept no longer: no other worker will reserve for it."""

    def set_destination(
        self, callback: str, worker: str, destination: PhoneNumber, quote: Quote
    ) -> bool:
        """Fill in what the customer dialled, with its price."""

    def finish(
        self, callback: str, state: State, verdict: Verdict, at: datetime, *, worker: str | None
    ) -> bool:
        """Move into a final state, if it is in none and `worker` has it (None: nobody has)."""

    def recent(self, account: str, *, limit: int, cursor: str | None) -> Page[Callback]:
        """The callbacks of an account, newest first. Malformed where the cursor is not ours."""


class Queue(Protocol):
    """Where orders wait for a worker."""

    def send(self, callback: str) -> None:
        """Offer a callback to the workers."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as received; it is deleted by its receipt."""

    body: str
    receipt: str = field(repr=False)


class Inbox(Protocol):
    """The receiving end of a queue. A message that is not deleted comes again after a while."""

    def receive(self, *, most: int) -> Sequence[Message]:
        """Up to `most` messages, as soon as there is one; none where none came for a while."""

    def delete(self, message: Message) -> None:
        """Take a message off the queue for good."""


class Control(Protocol):
    """The way to one worker."""

    def hang_up(self, worker: str, callback: str) -> None:
        """Ask a worker to end a callback. Nothing happens where the worker is gone."""

    def forget(self, worker: str) -> None:
        """Take away what leads to a worker that is gone."""


class Workers(Protocol):
    """The heartbeats."""

    def beat(self, beat: Beat) -> None:
        """Tell that a worker lives, and how far its calls are."""

    def all(self) -> Sequence[Beat]:
        """The last heartbeat of every worker that has not said goodbye."""

    def forget(self, beat: Beat) -> None:
        """Take a heartbeat away, unless a newer one has come: its worker said goodbye, or its
        calls were swept."""


class Trunks(Protocol):
    """The carriers."""

    def save(self, trunk: Trunk) -> None:
        """Add a trunk, or replace the one of this name."""

    def remove(self, name: str) -> bool:
        """Take a trunk away; whether there was one."""

    def all(self) -> Sequence[Trunk]:
        """Every trunk, first choice first."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be added with what it begins with."""

    profile: Profile
    balance: Balance
    entry: JournalEntry | None


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

    def add_accounts(self, openings: Sequence[Opening]) -> bool:
        """Add up to 24 accounts that have no identity but their PIN, if all of them and their PINs
        are new: one transaction."""

    def add_vouchers(self, vouchers: Sequence[Voucher]) -> bool:
        """Add up to 100 vouchers, if the PIN of each is new: one transaction."""

    def remove_members(self, batch: Batch) -> None:
        """Remove the accounts or vouchers that were made in a batch which was never ready."""

    def voucher(self, pin_hash: str) -> Voucher | None:
        """The voucher whose PIN has this keyed hash, strongly consistent."""

    def redeem(self, redemption: Redemption) -> bool:
        """Mark the voucher, enter its value and replace the profile: one transaction, made if the
        voucher is unused and the profile still the old one, and nobody is at either."""


class Settings(Protocol):
    """What the operator set for the whole system."""

    def classes(self) -> Classes:
        """The classes of destinations; the built-in ones until they are changed."""

    def save_classes(self, classes: Classes) -> None:
        """Replace them. Others see it within seconds."""


class Passwords(Protocol):
    """Passwords, only ever as hashes."""

    def hash(self, password: str) -> str:
        """A hash to keep."""

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of this hash; takes as long where there is none."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All that a use case may ask for, wired once a door."""

    accounts: Accounts
    books: Books
    sheets: Sheets
    callbacks: Callbacks
    queue: Queue
    control: Control
    workers: Workers
    trunks: Trunks
    templates: Templates
    pins: Pins
    settings: Settings
    clock: Clock
