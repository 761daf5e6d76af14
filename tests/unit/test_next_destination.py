"""One destination after another: what each costs, how long the money lasts, what a sweep knows."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.desk.check_books import check_books
from switchboard.desk.orders import dialled
from switchboard.desk.purse import Purse
from switchboard.desk.sweep import sweep
from switchboard.desk.till import Till
from switchboard.errors import Conflict
from switchboard.ports import Ports
from switchboard.rating.row import RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, SheetTerms
from tests.fakes.claims import HUNG_UP, beat, claimed, held, later, ring
from tests.fakes.decks import read_deck
from tests.fakes.exchange import CENT, CENT_A_SECOND
from tests.fakes.plenty import a_bucket, grant, left_s
from tests.fakes.ports import MemoryCallbacks, MemoryClock, memory_ports
from tests.fakes.world import ALICE, BOB, CAROL, NOON, open_alice
from tests.unit.prices import picos

BUSY = Verdict(Ending.BUSY, Culprit.DESTINATION)


def a_world(*buckets, cents: int = 500, sheet: RateSheet | None = None) -> Ports:
    ports = replace(memory_ports(), clock=MemoryClock(NOON))
    open_alice(ports, opening_micros=cents * CENT)
    cheap = RateSheet.of("retail", "v2", SheetTerms("EUR"), read_deck(CENT_A_SECOND))
    ports.sheets.publish(sheet or cheap)
    grant(ports, *buckets)
    return ports


class Caller:
    """Alice, whose callback is in the hands of w1, and who talks to one after the other."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.callback: Callback = claimed(ports)
        self.purse: Purse = held(ports, self.callback)
        ring(ports, self.callback)
        self.began_at = ports.clock.now()
        self.purse.begin(Party.CUSTOMER, self.began_at)
        self._answered_at = None

    @property
    def customer_s(self) -> int:
        return (self.ports.clock.now() - self.began_at) // timedelta(seconds=1)

    def talk(self, seconds: int) -> None:
        self._answered_at = self.ports.clock.now()
        self.purse.begin(Party.DESTINATION, self._answered_at)
        later(self.ports, seconds=seconds)
        self.purse.top_up(self.customer_s, seconds)

    def leg(self, verdict: Verdict = HUNG_UP) -> LegRecord:
        assert self.callback.destination is not None
        now, seconds = self.ports.clock.now(), 0
        if self._answered_at is not None:
            seconds = (now - self._answered_at) // timedelta(seconds=1)
        return LegRecord(
            Party.DESTINATION,
            self.callback.destination,
            "carrier",
            verdict,
            answered_at=self._answered_at,
            ended_at=now,
            seconds=seconds,
        )

    def drop(self, verdict: Verdict = HUNG_UP) -> None:
        self.callback = self.purse.end_destination(self.leg(verdict), self.customer_s)
        self._answered_at = None

    def dial(self, number) -> None:
        self.callback = dialled(self.ports, self.callback, str(number))
        self.purse.add_destination(self.callback, self.customer_s)

    @property
    def live(self) -> LiveCall:
        leg = self.leg()
        return LiveCall(
            "carrier",
            self.customer_s,
            leg.seconds,
            earlier=self.callback.earlier,
            destination_answered_at=leg.answered_at if self.callback.earlier else None,
        )

    def record(self, *legs: LegRecord) -> Cdr:
        customer = LegRecord(
            Party.CUSTOMER,
            ALICE,
            "carrier",
            HUNG_UP,
            answered_at=self.began_at,
            seconds=self.customer_s,
        )
        return write_cdr(
            self.callback,
            [customer, *legs],
            HUNG_UP,
            nonce=self.purse.nonce,
            ended_at=self.ports.clock.now(),
            cover=self.purse.hold.cover,
        )

    def hang_up(self, *legs: LegRecord) -> Cdr:
        cdr = self.record(*legs)
        finish = self.ports.callbacks.finish
        finish(cdr.callback, State.ENDED, HUNG_UP, cdr.ended_at, worker="w1")
        return Till(self.ports.books).settle(cdr)


def seconds_and_cents(cdr: Cdr) -> list[tuple[int, int, int]]:
    return [(leg.seconds, leg.covered_s, leg.cost_micros // CENT) for leg in cdr.legs]


def test_three_destinations_cost_their_sum():
    caller = Caller(a_world())

    caller.talk(20)
    caller.drop()
    caller.dial(CAROL)
    caller.drop(BUSY)
    caller.dial(BOB)
    caller.talk(30)
    cdr = caller.hang_up(caller.leg())

    assert seconds_and_cents(cdr) == [(50, 0, 50), (20, 0, 20), (0, 0, 0), (30, 0, 30)]
    assert [leg.number for leg in cdr.legs] == [ALICE, BOB, CAROL, BOB]
    assert [leg.verdict for leg in cdr.earlier] == [HUNG_UP, BUSY]
    assert (cdr.cost.micros, cdr.talked_s) == (100 * CENT, 50)
    assert caller.ports.books.balance("alice").posted_micros == 400 * CENT
    assert list(check_books(caller.ports)) == []


def test_who_hangs_up_after_a_destination_ended_has_talked_to_that_one():
    caller = Caller(a_world())

    caller.talk(20)
    caller.drop()
    later(caller.ports, seconds=5)
    cdr = caller.hang_up()

    assert seconds_and_cents(cdr) == [(25, 0, 25), (20, 0, 20)]
    assert (cdr.destination.number, cdr.earlier) == (BOB, ())
    assert list(check_books(caller.ports)) == []


def test_the_limit_is_exact_to_the_second_after_an_earlier_destination():
    caller = Caller(a_world(cents=100))
    caller.talk(20)
    caller.drop()

    caller.dial(CAROL)
    caller.talk(caller.purse.talk_s(caller.customer_s, 0))
    cdr = caller.hang_up(caller.leg())

    # 20 seconds of two legs are 40 cents; 60 cents are 30 seconds more of two legs.
    assert seconds_and_cents(cdr) == [(50, 0, 50), (20, 0, 20), (30, 0, 30)]
    assert caller.ports.books.balance("alice").posted_micros == 0


def test_seconds_that_an_earlier_destination_burned_are_gone():
    bucket = a_bucket(100, "1")
    caller = Caller(a_world(bucket, cents=300))

    caller.talk(70)
    caller.drop()
    caller.dial(CAROL)
    caller.talk(50)
    cdr = caller.hang_up(caller.leg())

    assert seconds_and_cents(cdr) == [(120, 0, 120), (70, 70, 0), (50, 30, 20)]
    assert cdr.settlement.burned_s == {bucket.key: 100}
    assert left_s(caller.ports, bucket) == 0
    assert list(check_books(caller.ports)) == []


def test_a_bucket_for_one_destination_does_not_cover_the_next_one():
    bucket = a_bucket(1_000, BOB.digits)
    caller = Caller(a_world(bucket))

    caller.talk(40)
    caller.drop()
    caller.dial(CAROL)
    caller.talk(10)
    caller.drop()
    caller.dial(BOB)
    caller.talk(30)
    cdr = caller.hang_up(caller.leg())

    assert seconds_and_cents(cdr) == [(80, 0, 80), (40, 40, 0), (10, 0, 10), (30, 30, 0)]
    assert left_s(caller.ports, bucket) == 1_000 - 70
    assert list(check_books(caller.ports)) == []


def test_the_customer_leg_burns_on_after_a_destination():
    bucket = a_bucket(200, increment_s=6)
    caller = Caller(a_world(bucket, cents=400))

    caller.talk(50)
    caller.drop()
    caller.dial(CAROL)
    caller.talk(60)
    cdr = caller.hang_up(caller.leg())

    # 54 of the first destination, 114 of the customer, and what is left for the second.
    assert seconds_and_cents(cdr) == [(110, 114, 0), (50, 54, 0), (60, 32, 28)]
    assert left_s(caller.ports, bucket) == 0
    assert list(check_books(caller.ports)) == []


def test_each_destination_is_split_at_the_boundary_by_its_own_beginning():
    dear = Window(frozenset(), time(12, 1), time(13))
    rows = [
        RateRow("44", 0),
        RateRow("1", picos("0.6")),
        RateRow("1", picos("6"), window=dear),
    ]
    sheet = RateSheet.of("retail", "v9", SheetTerms("EUR", at_boundary=AtBoundary.SPLIT), rows)
    caller = Caller(a_world(sheet=sheet))

    caller.talk(30)
    caller.drop()
    caller.dial(CAROL)
    caller.talk(40)
    cdr = caller.hang_up(caller.leg())

    assert seconds_and_cents(cdr) == [(70, 0, 0), (30, 0, 30), (40, 0, 30 + 10 * 10)]


@pytest.mark.parametrize("told", ["the first", "none", "the second"])
def test_a_lost_call_is_charged_for_each_destination_that_is_known_of(told):
    caller = Caller(a_world())
    ports, calls = caller.ports, {}

    caller.talk(20)
    if told == "the first":
        calls = {caller.callback.id: caller.live}
    caller.drop()
    if told == "none":
        calls = {caller.callback.id: replace(caller.live, destination_s=None)}
    caller.dial(CAROL)
    caller.talk(30)
    beat(ports, "w1", **(calls or {caller.callback.id: caller.live}))
    later(ports, seconds=16)
    [cdr] = sweep(ports).settled

    known = {
        "the first": [(20, 0, 20), (20, 0, 20)],
        "none": [(20, 0, 20), (20, 0, 20)],
        "the second": [(50, 0, 50), (20, 0, 20), (30, 0, 30)],
    }
    assert seconds_and_cents(cdr) == known[told]
    assert list(check_books(ports)) == []


@pytest.mark.parametrize("repeated", [1, 2])
def test_what_a_lost_worker_knows_of_a_second_destination_is_posted_late(repeated):
    caller = Caller(a_world())
    ports = caller.ports
    caller.talk(20)
    beat(ports, "w1", **{caller.callback.id: caller.live})
    caller.drop()
    caller.dial(CAROL)
    caller.talk(16)
    sweep(ports)

    for _ in range(repeated):
        cdr = caller.hang_up(caller.leg())

    assert seconds_and_cents(cdr) == [(36, 0, 36), (20, 0, 20), (16, 0, 16)]
    assert cdr.settlement.late_micros == (36 + 16 - 20) * CENT
    assert ports.books.balance("alice").posted_micros == (500 - 72) * CENT
    assert list(check_books(ports)) == []


class Repeating(MemoryCallbacks):
    """The first reply is lost: the client sends the request once more."""

    def set_destination(self, *args, **kwargs) -> bool:
        super().set_destination(*args, **kwargs)
        return super().set_destination(*args, **kwargs)


@pytest.mark.parametrize("number", [CAROL, BOB])
def test_a_next_destination_is_taken_also_where_the_reply_was_lost(number):
    ports = a_world()
    caller = Caller(ports)
    caller.drop(BUSY)
    caller.ports = replace(ports, callbacks=Repeating(ports.callbacks.placed))

    caller.dial(number)

    found = ports.callbacks.find(caller.callback.id)
    assert (found.destination, len(found.earlier)) == (number, 1)


@pytest.mark.parametrize("number", [CAROL, BOB])
def test_nothing_more_is_dialled_for_a_callback_that_was_swept(number):
    caller = Caller(a_world())
    caller.drop(BUSY)
    ports = caller.ports
    ports.callbacks.finish(caller.callback.id, State.ENDED, HUNG_UP, ports.clock.now(), worker="w1")

    with pytest.raises(Conflict, match="over"):
        caller.dial(number)
