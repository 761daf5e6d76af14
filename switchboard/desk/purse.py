"""The purse of one running callback: its hold, and how long that lasts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from switchboard.billing.covering import grown
from switchboard.calls.callback import Callback, State, claim_mark
from switchboard.calls.cdr import end_destination
from switchboard.calls.ending import Party
from switchboard.calls.leg import LegRecord
from switchboard.desk.till import Till, Wanted, Wish
from switchboard.errors import Conflict, NotEnoughCredit, Refusal, SpendLimitReached
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.cover import NO_COVER, Cover
from switchboard.ports import Ports
from switchboard.rating.quote import Quote

A_DAY_S = 86_400
# How long it takes to tell a customer how long they can talk, and a carrier to pass on a call that
# another one has failed to.
SAID_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class PurseTerms:
    """How much is set aside at a time: `quantum` of talk, and what the legs may ring before it.
    A hold grows `margin` before it is used up."""

    quantum: timedelta = timedelta(minutes=5)
    ring_limit: timedelta = timedelta(seconds=60)
    margin: timedelta = timedelta(seconds=15)


class Purse:
    """Holds money and included seconds for a callback, never more than its account has, and never
    less than it used. Destinations may follow one another: `end_destination`, and then
    `add_destination` for the next one."""

    def __init__(
        self,
        ports: Ports,
        callback: Callback,
        nonce: str,
        terms: PurseTerms,
        tell: Callable[[str, Hold], None] = lambda _what, _hold: None,
    ) -> None:
        """`tell` hears what becomes of the hold, from whatever thread."""
        self._ports = ports
        self._till = Till(ports.books)
        self._callback = callback
        # A claim that follows another is later by a lease at least: nonces sort as claims do.
        self._nonce = f"{claim_mark(callback.reached[State.CLAIMED])}-{nonce}"
        self._terms = terms
        self._tell = tell
        self._hold: Hold | None = None
        self._answered: dict[Party, datetime] = {}
        # A thread may still wait for the store for a destination that has ended meanwhile.
        self._growing = Lock()

    @property
    def quote(self) -> Quote:
        """What the call costs as it is covered by now, earlier destinations included."""
        return self._quote(self._callback, self._cover)

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
        other = Purse(self._ports, callback, "", self._terms, self._tell)
        other._nonce = self._nonce
        other._answered = self._answered
        return other

    def open(self) -> None:
        """Reserve both legs for a quantum, or for what the account can pay. Refuses where that is
        less than one increment of each."""
        self._hold = self._till.reserve(
            self._callback.account,
            self._callback.id,
            self._wish(self._callback, self._cover, 0, 0),
            self._nonce,
            self._expiry(rings=2),
            spend=self._callback.spend,
        )
        self._tell("holds", self._hold)

    def begin(self, party: Party, answered_at: datetime) -> None:
        """A leg was answered: a price that is split at the boundary of periods counts from now."""
        self._answered[party] = answered_at

    def end_destination(self, leg: LegRecord, customer_s: int) -> Callback:
        """The callback after its destination leg ended, or was given up, when the customer leg had
        run for so long: what it cost stays part of what the hold must cover. Nothing is written;
        from here on the purse is that of the customer leg alone."""
        ended = end_destination(self._callback, leg, customer_s, self._cover)
        alone = replace(ended.quote, destination=None)
        self._callback = replace(ended, destination=None, quote=alone)
        self._answered.pop(Party.DESTINATION, None)
        return ended

    def add_destination(self, dialled: Callback, customer_s: int) -> None:
        """Hold money for the destination leg too, which was dialled after the customer leg had
        run for so long. Refuses where that is less than one increment of it; another number may
        be dialled then."""
        grew = self._grow(dialled, customer_s, 0, dials=True)
        if not {*dialled.spend.counters} <= {*self.hold.counts}:
            raise SpendLimitReached("a daily limit has no room for a call to this number")
        start_micros = self._quote(dialled, self._cover).start_micros(customer_s)
        if (missing_micros := start_micros - self.hold.amount_micros) > 0:
            balance = self._ports.books.balance(dialled.account)
            balance.check(dialled.id, missing_micros, self.hold.counts)
            raise NotEnoughCredit("not enough credit for a call to this number")
        if not grew:
            raise Conflict("nothing can be held for a call to this number")
        self._callback = dialled

    def top_up(self, customer_s: int, destination_s: int) -> None:
        """Extend the hold for another quantum after so many seconds, as far as the money goes.
        Where nothing can be had, what was held before stays."""
        self._grow(self._callback, customer_s, destination_s)

    def talk_s(self, customer_s: int, destination_s: int) -> int:
        """How many seconds more both legs may run on what is held."""
        return max(
            0,
            self.quote.talk_s(
                self.hold.amount_micros, customer_s=customer_s, destination_s=destination_s
            ),
        )

    def limit_s(self, customer_s: int) -> int:
        """How many seconds both legs can talk, after the customer leg has run for so long, on all
        that the account has now, in money and in included seconds. A day at most."""
        return self._limit_s(customer_s, self._answered)

    def promised_s(self, customer_s: int) -> int:
        """The same before the destination is rung, and true whenever it answers: the customer leg
        runs, and is charged, while this is said and while the other phone rings."""
        wait = SAID_WITHIN + self._terms.ring_limit
        answered = {Party.DESTINATION: self._ports.clock.now() + wait, **self._answered}
        return self._limit_s(customer_s + int(wait.total_seconds()), answered)

    def _limit_s(self, customer_s: int, answered: Mapping[Party, datetime]) -> int:
        account, callback = self._ports.accounts.get(self._callback.account), self._callback
        cover = grown(
            self._cover,
            callback,
            account,
            customer_s + A_DAY_S,
            A_DAY_S,
            at=self._ports.clock.now(),
        )
        counters = {*self.hold.counts, *callback.spend.counters}
        most_micros = account.balance.most_micros(counters, self.hold)
        quote = _begun(callback.covered(cover), answered)
        return max(0, quote.talk_s(most_micros, customer_s=customer_s))

    def why_no_more(self, customer_s: int, destination_s: int) -> Refusal | None:
        """What keeps the account, as it stands, from paying for a second more after legs that used
        up the hold: no money, a limit, a block. None where nothing does."""
        quote, balance = self.quote, self._ports.books.balance(self._callback.account)
        longer = customer_s + 1, max(destination_s + 1, quote.destination_least_s)
        needed_micros = max(0, quote.cost_micros(*longer) - self.hold.amount_micros)
        try:
            balance.check(self._callback.id, needed_micros, self.hold.counts)
        except Refusal as refusal:
            return refusal
        return None

    def waiting_s(self) -> int:
        """How many seconds the customer leg may run in all before the other one answers."""
        return max(0, self.quote.waiting_s(self.hold.amount_micros))

    @property
    def _cover(self) -> Cover:
        return NO_COVER if self._hold is None else self._hold.cover

    def _quote(self, callback: Callback, cover: Cover) -> Quote:
        return _begun(callback.covered(cover), self._answered)

    def _grow(
        self, callback: Callback, customer_s: int, destination_s: int, *, dials: bool = False
    ) -> bool:
        """Extend the hold; whether that could be. Where the callback `dials`, buckets that the last
        destination fitted need not fit this one."""
        with self._growing:
            cover = self._cover.closed_to_destination() if dials else self._cover
            wish = self._wish(callback, cover, customer_s, destination_s)
            more = self._till.extend(
                callback.account,
                callback.id,
                self.hold,
                wish,
                self._expiry(rings=1),
                spend=callback.spend,
            )
            self._hold = more or self.hold
            self._tell("holds" if more else "can hold no more than", self._hold)
            return more is not None

    def _wish(self, callback: Callback, old: Cover, customer_s: int, destination_s: int) -> Wish:
        """What another quantum takes after so many seconds, with a cover that grows from `old`."""
        talk_s = int((self._terms.quantum + self._terms.margin).total_seconds())
        ring_s = int(self._terms.ring_limit.total_seconds())
        until = (customer_s + talk_s + ring_s, destination_s + talk_s)
        # Most accounts have no bucket, and need not be read.
        flagged = callback.spend.buckets
        account = self._ports.accounts.get(callback.account) if flagged else None

        def wish(balance: Balance | None) -> Wanted:
            cover = old
            if account is not None:
                now = replace(account, balance=balance or account.balance)
                cover = grown(cover, callback, now, *until, at=self._ports.clock.now())
            quote = self._quote(callback, cover)
            return Wanted(quote.cost_micros(*until), quote.least_micros, cover)

        return wish

    def _expiry(self, *, rings: int) -> datetime:
        spare = self._terms.margin + rings * self._terms.ring_limit
        return self._ports.clock.now() + self._terms.quantum + 2 * spare


def _begun(quote: Quote, answered: Mapping[Party, datetime]) -> Quote:
    return quote.begun(answered.get(Party.CUSTOMER), answered.get(Party.DESTINATION))
