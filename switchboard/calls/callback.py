"""A callback: one order to connect two phones, and the states it goes through (design §4)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from switchboard.calls.ending import Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.ledger.cover import Cover, summed
from switchboard.ledger.spend import Spend
from switchboard.numbering import PhoneNumber
from switchboard.rating.quote import Quote

DEFAULT_PATIENCE = timedelta(seconds=90)
# The kind of trigger of a call that asks for a code, and connects nobody.
CONFIRMATION = "confirmation"
_TRIGGERS = uuid.UUID("5f0c8a53-6a0e-4d55-9f1f-0a9d8a2f7c11")


class State(Enum):
    """Where a callback stands; it only ever moves down this list."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    CALLING_CUSTOMER = "calling_customer"
    CUSTOMER_ANSWERED = "customer_answered"
    COLLECTING = "collecting"
    CALLING_DESTINATION = "calling_destination"
    CONNECTED = "connected"
    ENDED = "ended"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def rank(self) -> int:
        """A later state has a higher rank; the three last ones are equal, and final."""
        return min(list(State).index(self), list(State).index(State.ENDED))

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self.rank == State.ENDED.rank


@dataclass(frozen=True, slots=True)
class Trigger:
    """What asked for a callback: the kind of door, and the id that the door's peer gave it."""

    kind: str
    identity: str

    @property
    def callback_id(self) -> str:
        """The id of the callback this trigger makes: the same trigger, the same callback."""
        return uuid.uuid5(_TRIGGERS, f"{self.kind}#{self.identity}").hex


def claim_mark(at: datetime) -> str:
    """What the nonce of a claim begins with: those of later claims sort behind those of earlier."""
    return f"{at:%Y%m%d%H%M%S%f}"


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a callback is tried again where its customer is not reached, and after how long.
    Each try is a callback of its own."""

    left: int
    after: timedelta


@dataclass(frozen=True, slots=True)
class Callback:
    """One order, and what became of it so far. `reached` tells when it came into each state.

    While `destination` is None the customer is asked for it. The quote is the one announced:
    the callback keeps it whatever the sheet does. `spend` is what it counts for of the account's
    daily limits. It may ring from `starts_at` on, at once without one. One that `asks_pin` is paid
    by the account of its service number until the customer's own is known by PIN. `service` is the
    number that was rung for it, if one was. `earlier` are the legs to destinations that were
    dialled before this one, in order, with what they cost; the quote is that of the last.
    """

    id: str
    account: str
    customer: PhoneNumber
    destination: PhoneNumber | None
    trigger: str
    language: str
    requested_at: datetime
    expires_at: datetime
    quote: Quote
    state: State = State.QUEUED
    reached: Mapping[State, datetime] = field(default_factory=dict)
    worker: str | None = None
    lease_until: datetime | None = None
    verdict: Verdict | None = None
    spend: Spend = field(default_factory=Spend)
    starts_at: datetime | None = None
    asks_pin: bool = False
    retries: Retries | None = None
    manners: Manners = AS_USUAL
    service: PhoneNumber | None = None
    earlier: tuple[LegRecord, ...] = ()

    @property
    def numbers(self) -> tuple[PhoneNumber, ...]:
        """The phones that it connects."""
        return tuple(one for one in (self.customer, self.destination) if one is not None)

    @property
    def earlier_s(self) -> Mapping[str, int]:
        """What the earlier legs burned, by bucket."""
        return summed(pair for leg in self.earlier for pair in leg.burned_s.items())

    def covered(self, cover: Cover) -> Quote:
        """What it costs on a hold with this cover, the earlier legs among it: what they burned
        covers nothing else."""
        earlier_micros = sum(leg.cost_micros for leg in self.earlier)
        return replace(self.quote, cover=cover.after(self.earlier_s), earlier_micros=earlier_micros)

    @property
    def confirms(self) -> bool:
        """Whether it only asks who answers for the code that confirms the phone."""
        return self.trigger == CONFIRMATION

    @property
    def patience(self) -> timedelta:
        """How long it may wait for a worker from the moment it may ring."""
        return self.expires_at - (self.starts_at or self.requested_at)

    @property
    def next_try(self) -> str:
        """The id of the callback that tries this one again: there is one at most."""
        return uuid.uuid5(_TRIGGERS, f"again#{self.id}").hex

    def wait_at(self, now: datetime) -> timedelta:
        """How long it is until it may ring; nothing where it may."""
        return timedelta() if self.starts_at is None else max(timedelta(), self.starts_at - now)

    def state_at(self, now: datetime) -> State:
        """The state, where a callback that nobody rang in time has expired by itself."""
        return State.EXPIRED if self.waits_at(now) and now >= self.expires_at else self.state

    def waits_at(self, now: datetime) -> bool:
        """Whether no worker has it, or the one that claimed it gave it up before it rang."""
        lapsed = self.lease_until is not None and self.lease_until < now
        return self.state is State.QUEUED or (self.state is State.CLAIMED and lapsed)
