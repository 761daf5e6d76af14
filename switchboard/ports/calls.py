"""Where callbacks are kept, and what carries them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from switchboard.calls.beat import Beat
from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.trunk import Trunk
from switchboard.numbering import PhoneNumber
from switchboard.ports.pages import Page
from switchboard.rating.quote import Quote


class UnreadableRecord(Exception):
    """A record is there, and is none that we can read."""


class Callbacks(Protocol):
    """Callbacks and their states; a state never goes back."""

    def place(self, callback: Callback) -> bool:
        """Write a new callback, if its id is new."""

    def find(self, callback: str) -> Callback | None:
        """A callback as it stands, strongly consistent. UnreadableRecord where it is broken."""

    def claim(
        self, callback: str, worker: str, *, now: datetime, lease: timedelta
    ) -> Callback | None:
        """Take a callback that is queued in time, or whose claim by another lapsed before its
        phone rang; None where there is nothing to take. One whose start is not a second away may
        be taken: queues count in whole ones, and clocks differ."""

    def advance(self, callback: str, worker: str, state: State, at: datetime) -> bool:
        """Move on, if this worker has the callback and the state is a later one. What it counts
        for, when it starts, how often it is tried again, its manners and its service number are
        kept no longer: no other worker will have it."""

    def set_destination(
        self,
        callback: str,
        worker: str,
        destination: PhoneNumber,
        quote: Quote,
        *,
        instead_of: PhoneNumber | None = None,
        earlier: tuple[LegRecord, ...] = (),
    ) -> bool:
        """Fill in what the customer dialled, with its price, if this worker has the callback and
        what was dialled before is `instead_of`, and tell of the legs that are over. The state
        stays: a callback that was connected before shows as connected while the next destination
        is rung."""

    def identify(
        self, callback: str, worker: str, old_account: str, account: str, quote: Quote
    ) -> bool:
        """Have another account, or the same, pay a callback that asks for a PIN, if it is still
        paid by the old one, nothing is dialled, and this worker has it. It asks no more."""

    def finish(
        self, callback: str, state: State, verdict: Verdict, at: datetime, *, worker: str | None
    ) -> bool:
        """Move into a final state, if it is in none and `worker` has it (None: nobody has)."""

    def recent(self, account: str, *, limit: int, cursor: str | None) -> Page[Callback]:
        """The callbacks of an account, newest first. Malformed where the cursor is not ours."""


class Queue(Protocol):
    """Where orders wait for a worker."""

    def send(self, callback: str, *, delay: timedelta = timedelta()) -> None:
        """Offer a callback to the workers, after a while: 15 minutes at most, whatever is asked."""

    def depth(self) -> int:
        """About how many callbacks wait for a worker that takes them."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as received; it is deleted by its receipt."""

    body: str
    receipt: str = field(repr=False)


class NoQueue(Exception):
    """The queue is not there."""


class Inbox(Protocol):
    """The receiving end of a queue. A message that is not deleted comes again after a while; an
    order that has come too often is dead, and comes no more."""

    def receive(self, *, most: int) -> Sequence[Message]:
        """Up to `most` messages, as soon as there is one; none where none came for a while.
        NoQueue where it is not there."""

    def delete(self, message: Message) -> None:
        """Take a message off the queue for good."""


class ControlInbox(Inbox, Protocol):
    """A worker's own end of the way to it. A sweep that takes the worker for lost removes it."""

    def create(self) -> None:
        """Make the queue; one that is there stays as it is."""

    def remove(self) -> None:
        """Delete the queue with all that is in it; one that is gone is fine."""


@dataclass(frozen=True, slots=True)
class DeadOrder:
    """An order that came to workers again and again, and that none could serve."""

    callback: str
    sent_at: datetime
    receipt: str = field(repr=False, compare=False)


class DeadOrders(Protocol):
    """Where orders go that no worker could serve. The same callback may be there twice."""

    def taken(self, *, most: int | None = None) -> AbstractContextManager[Sequence[DeadOrder]]:
        """The dead orders, or so many and a few more, in the order in which they were sent.
        While the block lasts, half a minute at most, nobody else finds them; at its end those that
        were not removed are there again."""

    def remove(self, order: DeadOrder) -> None:
        """Take an order away for good; only while it is taken."""

    def depth(self) -> int:
        """About how many there are."""


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

    def all(self, *, fresh: bool = False) -> Sequence[Trunk]:
        """Every trunk, by priority and name. `fresh` asks again, where a callback may use an answer
        that is a few seconds old."""
