"""One worker's attempt at one callback: the steps of `workers.session`, each of which may be the
last, without an event loop and a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.desk.orders import dialled
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.till import Till
from switchboard.errors import Conflict, Refusal
from switchboard.ledger.cover import Cover
from switchboard.numbering import PhoneNumber
from switchboard.ports import Message
from tests.fakes.world import BOB, CAROL
from tests.simulator.trouble import OUT_OF_REACH

if TYPE_CHECKING:
    from tests.simulator.host import Host

LEASE = timedelta(seconds=15)
TERMS = PurseTerms(
    quantum=timedelta(seconds=60), ring_limit=timedelta(seconds=20), margin=timedelta(seconds=5)
)
HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
REFUSED = Verdict(Ending.REFUSED, Culprit.CUSTOMER)


class Attempt:
    """`rings` once the first INVITE may have left, `is_over` once the last leg is hung up, and
    `settled` once the CDR is written and applied. `callback` is as its customer dialled since."""

    callback: Callback
    _purse: Purse

    def __init__(self, host: Host, message: Message) -> None:
        self.host = host
        self.message = message
        self.rings = self.is_over = self.settled = False
        self._random = host.random
        self._answered_at: datetime | None = None
        self._connected_at: datetime | None = None
        self._paid_s = self._waited_s = self._limit_s = 0
        self._ended_at: datetime | None = None
        self._life = self._serve()

    def step(self) -> None:
        """Go on to the next point at which others may run."""
        try:
            next(self._life)
        except StopIteration:
            self.host.leave(self, served=True)
        except OUT_OF_REACH:
            # Before it rang, so that nothing is lost: its message comes again.
            self.host.leave(self, served=False)

    def crash(self) -> None:
        """The whole process dies."""
        self.host.crash()

    @property
    def alive(self) -> bool:
        """Whether its process lives."""
        return self.host.alive

    def live(self) -> LiveCall:
        """How far all legs are charged by now."""
        earlier = self.callback.earlier
        if self._connected_at is None:
            waited_s = min(self._since(self._answered_at), self._paid_s)
            return LiveCall("carrier", waited_s, None, earlier=earlier)
        talked_s = min(self._since(self._connected_at), self._limit_s)
        return LiveCall(
            "carrier",
            self._waited_s + talked_s,
            talked_s,
            earlier=earlier,
            destination_answered_at=self._connected_at if earlier else None,
        )

    @property
    def cover(self) -> Cover:
        """What its hold has of the buckets, as far as it knows."""
        return self._purse.hold.cover

    def cost_micros(self, live: LiveCall, cover: Cover) -> int:
        """What it costs to have run so far."""
        quote = replace(self.callback, earlier=live.earlier).covered(cover)
        return quote.cost_micros(live.customer_s or 0, live.destination_s or 0)

    def _serve(self) -> Iterator[None]:
        ports, name = self.host.ports, self.host.name
        claimed = self._claim()
        if claimed is None:
            return
        self.callback = claimed
        yield
        nonce = f"{self._random.getrandbits(64):016x}"
        self._purse = self.host.purse(ports, claimed, nonce, TERMS)
        try:
            self._purse.open()
        except Refusal:
            now = ports.clock.now()
            ports.callbacks.finish(claimed.id, State.REFUSED, REFUSED, now, worker=name)
            return
        yield
        if not self._may_ring():
            Till(ports.books).drop(claimed.account, claimed.id, self._purse.hold)
            return
        self.rings = True
        yield from self._talk()
        self._ended_at = ports.clock.now()
        self.is_over = True
        yield from self._settle()

    def _claim(self) -> Callback | None:
        callbacks, now = self.host.ports.callbacks, self.host.ports.clock.now()
        claimed = callbacks.claim(self.message.body, self.host.name, now=now, lease=LEASE)
        return claimed or self._moved(State.CLAIMED, now)

    def _may_ring(self) -> bool:
        callbacks, now = self.host.ports.callbacks, self.host.ports.clock.now()
        ringing = State.CALLING_CUSTOMER
        advanced = callbacks.advance(self.callback.id, self.host.name, ringing, now)
        return advanced or self._moved(ringing, now) is not None

    def _moved(self, state: State, at: datetime) -> Callback | None:
        found = self.host.ports.callbacks.find(self.message.body)
        if found is None or (found.state, found.worker) != (state, self.host.name):
            return None
        return found if found.reached[state] == at else None

    def _talk(self) -> Iterator[None]:
        """Ring, wait, talk; returns when both legs are hung up."""
        yield
        if self._random.random() < 0.15:
            return
        self._answered_at = self.host.ports.clock.now()
        self._purse.begin(Party.CUSTOMER, self._answered_at)
        self._paid_s = self._purse.waiting_s()
        yield
        if self.callback.destination is None and not self._dial(BOB):
            return
        yield from self._talk_to_destination()
        while self._may_dial_again():
            self._end_destination()
            yield
            if not self._dial(self._random.choice((BOB, CAROL))):
                return
            yield from self._talk_to_destination()

    def _talk_to_destination(self) -> Iterator[None]:
        yield
        self._waited_s = self._since(self._answered_at)
        if self._waited_s > self._paid_s or self._random.random() < 0.15:
            return
        self._connected_at = self.host.ports.clock.now()
        self._purse.begin(Party.DESTINATION, self._connected_at)
        self._limit_s = self._purse.talk_s(self._waited_s, 0)
        while self._since(self._connected_at) < self._limit_s:
            yield
            talked_s = min(self._since(self._connected_at), self._limit_s)
            if self._random.random() < 0.3:
                return
            yield from self._persist(
                lambda talked_s=talked_s: self._purse.top_up(self._waited_s + talked_s, talked_s)
            )
            if self._since(self._connected_at) < self._limit_s:
                self._limit_s = self._purse.talk_s(self._waited_s, 0)

    def _may_dial_again(self) -> bool:
        """Whether the customer wants to talk to somebody else, and is on the line yet."""
        if self._connected_at is None:
            on_the_line = self._since(self._answered_at) < self._paid_s
        else:
            on_the_line = self._since(self._connected_at) < self._limit_s
        return on_the_line and self._random.random() < 0.7

    def _end_destination(self) -> None:
        live, number = self.live(), self.callback.destination
        assert number is not None
        seconds = live.destination_s or 0
        leg = LegRecord(Party.DESTINATION, number, live.trunk, HUNG_UP, seconds=seconds)
        self.callback = self._purse.end_destination(leg, live.customer_s or 0)
        self._connected_at = None
        self._paid_s = self._purse.waiting_s()

    def _dial(self, destination: PhoneNumber) -> bool:
        try:
            self.callback = dialled(self.host.ports, self.callback, str(destination))
            self._purse.add_destination(self.callback, self._since(self._answered_at))
        except (Refusal, *OUT_OF_REACH):
            return False
        self._paid_s = self._purse.waiting_s()
        return True

    def _settle(self) -> Iterator[None]:
        ports, ended_at = self.host.ports, self._ended_at
        assert ended_at is not None
        legs = list(self._legs())
        nonce, cover = self._purse.nonce, self.cover
        cdr = write_cdr(self.callback, legs, HUNG_UP, nonce=nonce, ended_at=ended_at, cover=cover)
        till, kept = Till(ports.books), []
        yield from self._persist(lambda: kept.append(till.close(cdr)))
        yield from self._persist(
            lambda: ports.callbacks.finish(
                cdr.callback, State.ENDED, HUNG_UP, ended_at, worker=self.host.name
            )
        )
        yield from self._persist(lambda: till.apply(kept[-1], cdr))
        self.settled = True

    def _legs(self) -> Iterator[LegRecord]:
        live = self.live()
        for party, number, seconds in (
            (Party.CUSTOMER, self.callback.customer, live.customer_s),
            (Party.DESTINATION, self.callback.destination, live.destination_s),
        ):
            if number is not None and seconds is not None:
                yield LegRecord(party, number, live.trunk, HUNG_UP, seconds=seconds)

    def _persist(self, write: Callable[[], object]) -> Iterator[None]:
        """Until it is made, with others running in between."""
        while True:
            try:
                write()
            except (Conflict, *OUT_OF_REACH):
                yield
            else:
                return

    def _since(self, instant: datetime | None) -> int:
        """Whole seconds up to now, or to the end."""
        if instant is None:
            return 0
        until = self._ended_at or self.host.ports.clock.now()
        return int((until - instant).total_seconds())
