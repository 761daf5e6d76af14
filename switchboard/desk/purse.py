"""The purse of one running callback: its hold, and how long that lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.calls.callback import Callback, State, claim_mark
from switchboard.calls.ending import Party
from switchboard.clock import Clock
from switchboard.desk.till import Till
from switchboard.errors import NotEnoughCredit, SpendLimitReached
from switchboard.ledger.balance import Hold
from switchboard.rating.quote import Quote


@dataclass(frozen=True, slots=True)
class PurseTerms:
    """How much is set aside at a time: `quantum` of talk, and what the legs may ring before it.
    A hold grows `margin` before it is used up."""

    quantum: timedelta = timedelta(minutes=5)
    ring_limit: timedelta = timedelta(seconds=60)
    margin: timedelta = timedelta(seconds=15)


class Purse:
    """Holds money for a callback, never more than its account has, and never less than it used."""

    def __init__(
        self, till: Till, clock: Clock, callback: Callback, nonce: str, terms: PurseTerms
    ) -> None:
        self.quote: Quote = callback.quote
        self._spend = callback.spend
        self._till = till
        self._clock = clock
        self._callback = callback
        # A claim that follows another is later by a lease at least: nonces sort as claims do.
        self._nonce = f"{claim_mark(callback.reached[State.CLAIMED])}-{nonce}"
        self._terms = terms
        self._hold: Hold | None = None
        self._answered: dict[Party, datetime] = {}

    @property
    def nonce(self) -> str:
        """What this attempt's hold and settlement are known by."""
        return self._nonce

    @property
    def hold(self) -> Hold:
        """The hold as it is now; only once the purse is open."""
        assert self._hold is not None, "a purse is opened before it is used"
        return self._hold

    def of(self, callback: Callback) -> "Purse":
        """A purse of the same attempt at the same legs, not yet open, that another account pays."""
        other = Purse(self._till, self._clock, callback, "", self._terms)
        other._nonce = self._nonce
        other._answered = self._answered
        other._quote_as_begun(other.quote)
        return other

    def open(self) -> None:
        """Reserve both legs for a quantum, or for what the account can pay. Refuses where that is
        less than one increment of each."""
        wanted = Hold(self._wanted_micros(0, 0), self._nonce, self._expiry(rings=2))
        self._hold = self._till.reserve(
            self._callback.account,
            self._callback.id,
            wanted,
            least_micros=self.quote.least_micros,
            spend=self._spend,
        )

    def begin(self, party: Party, answered_at: datetime) -> None:
        """A leg was answered: a price that is split at the boundary of periods counts from now."""
        self._answered[party] = answered_at
        self._quote_as_begun(self.quote)

    def add_destination(self, dialled: Callback, customer_s: int) -> None:
        """Hold money for the destination leg too, which was dialled after the customer leg had
        run for so long. Refuses where that is less than one increment of it."""
        self._quote_as_begun(dialled.quote)
        self._spend = dialled.spend
        self.top_up(customer_s, 0)
        if not {*self._spend.counters} <= {*self.hold.counts}:
            raise SpendLimitReached("a daily limit has no room for a call to this number")
        if self.hold.amount_micros < self.quote.start_micros(customer_s):
            raise NotEnoughCredit("not enough credit for a call to this number")

    def top_up(self, customer_s: int, destination_s: int) -> None:
        """Extend the hold for another quantum after so many seconds, as far as the money goes.
        Where nothing can be had, what was held before stays."""
        grown = self._till.extend(
            self._callback.account,
            self._callback.id,
            self.hold,
            self._wanted_micros(customer_s, destination_s),
            self._expiry(rings=1),
            spend=self._spend,
        )
        self._hold = grown or self.hold

    def talk_s(self, customer_s: int, destination_s: int) -> int:
        """How many seconds more both legs may run on what is held."""
        return max(
            0,
            self.quote.talk_s(
                self.hold.amount_micros, customer_s=customer_s, destination_s=destination_s
            ),
        )

    def waiting_s(self) -> int:
        """How many seconds the customer leg may run in all before the other one answers."""
        return max(0, self.quote.waiting_s(self.hold.amount_micros))

    def _quote_as_begun(self, quote: Quote) -> None:
        answered = self._answered
        self.quote = quote.begun(answered.get(Party.CUSTOMER), answered.get(Party.DESTINATION))

    def _wanted_micros(self, customer_s: int, destination_s: int) -> int:
        talk_s = int((self._terms.quantum + self._terms.margin).total_seconds())
        ring_s = int(self._terms.ring_limit.total_seconds())
        return self.quote.cost_micros(customer_s + talk_s + ring_s, destination_s + talk_s)

    def _expiry(self, *, rings: int) -> datetime:
        spare = self._terms.margin + rings * self._terms.ring_limit
        return self._clock.now() + self._terms.quantum + 2 * spare
