"""Callbacks: placed once, claimed by one, and never going back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction

import pytest

from switchboard.calls.callback import Callback, Retries, State
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.calls.manners import Manners
from switchboard.calls.routing import TrunkCost
from switchboard.errors import Malformed
from tests.fakes.world import ALICE, BOB, CAROL, NOON, SERVICE, a_callback, retail_sheet

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
LEASE = timedelta(seconds=15)


def callback(name: str = "c1", **changes) -> Callback:
    return a_callback(**{"id": name, "reached": {State.QUEUED: NOON}, **changes})


def claimed(ports, worker: str = "w1") -> Callback:
    ports.callbacks.place(callback())
    found = ports.callbacks.claim("c1", worker, now=NOON, lease=LEASE)
    assert found is not None
    return found


def test_a_callback_is_placed_once(ports):
    assert ports.callbacks.place(callback())
    assert not ports.callbacks.place(callback(destination=None))

    assert ports.callbacks.find("c1") == callback()
    assert ports.callbacks.find("c2") is None


def test_a_callback_of_a_ring_is_kept_whole(ports):
    rung = callback(
        destination=None,
        starts_at=NOON + timedelta(seconds=2),
        asks_pin=True,
        retries=Retries(3, timedelta(minutes=1)),
        manners=Manners(confirm=True, ask_next=False),
        service=SERVICE,
    )

    ports.callbacks.place(rung)

    assert ports.callbacks.find("c1") == rung


def test_a_callback_is_claimed_from_its_start_on_to_the_second(ports):
    starts_at = NOON + timedelta(minutes=1)
    ports.callbacks.place(callback(starts_at=starts_at))
    early = starts_at - timedelta(seconds=1)

    too_early = early - timedelta(milliseconds=1)
    assert ports.callbacks.claim("c1", "w1", now=too_early, lease=LEASE) is None
    assert ports.callbacks.claim("c1", "w1", now=early, lease=LEASE) is not None


def test_who_pays_for_a_callback_that_asks_for_a_pin_is_known_once(ports):
    ports.callbacks.place(callback(destination=None, asks_pin=True))
    ports.callbacks.claim("c1", "w1", now=NOON, lease=LEASE)
    quote = retail_sheet("gold").quote(ALICE, None, NOON)

    assert not ports.callbacks.identify("c1", "w2", "alice", "bob", quote)
    assert not ports.callbacks.identify("c1", "w1", "carol", "bob", quote)
    assert ports.callbacks.identify("c1", "w1", "alice", "bob", quote)
    assert not ports.callbacks.identify("c1", "w1", "bob", "carol", quote)
    found = ports.callbacks.find("c1")
    assert (found.account, found.quote, found.asks_pin) == ("bob", quote, False)
    assert [one.id for one in ports.callbacks.recent("bob", limit=5, cursor=None).items] == ["c1"]
    assert ports.callbacks.recent("alice", limit=5, cursor=None).items == []


def test_nobody_is_known_by_pin_after_the_end(ports):
    ports.callbacks.place(callback(destination=None, asks_pin=True))
    ports.callbacks.claim("c1", "w1", now=NOON, lease=LEASE)
    ports.callbacks.finish("c1", State.ENDED, HUNG_UP, NOON, worker="w1")

    assert not ports.callbacks.identify("c1", "w1", "alice", "bob", callback().quote)


def test_a_claim_is_for_one_worker(ports):
    found = claimed(ports)

    assert ports.callbacks.claim("c1", "w2", now=NOON, lease=LEASE) is None
    assert found == callback(
        state=State.CLAIMED,
        worker="w1",
        lease_until=NOON + LEASE,
        reached={State.QUEUED: NOON, State.CLAIMED: NOON},
    )
    assert ports.callbacks.find("c1") == found


def test_what_is_not_there_cannot_be_claimed(ports):
    assert ports.callbacks.claim("c1", "w1", now=NOON, lease=LEASE) is None
    assert ports.callbacks.find("c1") is None


def test_a_lapsed_claim_is_taken_over_if_no_phone_rang(ports):
    claimed(ports)
    later = NOON + timedelta(seconds=16)

    taken = ports.callbacks.claim("c1", "w2", now=later, lease=LEASE)

    assert taken is not None
    assert taken.worker == "w2"
    assert not ports.callbacks.advance("c1", "w1", State.CALLING_CUSTOMER, later)


def test_once_it_has_rung_it_has_rung(ports):
    claimed(ports)
    ports.callbacks.advance("c1", "w1", State.CALLING_CUSTOMER, NOON)

    later = NOON + timedelta(seconds=16)

    assert ports.callbacks.claim("c1", "w2", now=later, lease=LEASE) is None


def test_nobody_waits_longer_than_the_patience(ports):
    ports.callbacks.place(callback())
    late = NOON + timedelta(seconds=90)

    assert ports.callbacks.claim("c1", "w1", now=late, lease=LEASE) is None


def test_a_state_never_goes_back(ports):
    claimed(ports)

    assert ports.callbacks.advance("c1", "w1", State.CONNECTED, NOON)
    assert not ports.callbacks.advance("c1", "w1", State.CONNECTED, NOON)
    assert not ports.callbacks.advance("c1", "w1", State.CUSTOMER_ANSWERED, NOON)
    assert not ports.callbacks.advance("c1", "w2", State.ENDED, NOON)


def test_a_callback_is_finished_once(ports):
    claimed(ports)

    assert ports.callbacks.finish("c1", State.ENDED, HUNG_UP, NOON, worker="w1")
    assert not ports.callbacks.finish("c1", State.REFUSED, HUNG_UP, NOON, worker="w1")

    found = ports.callbacks.find("c1")
    assert (found.state, found.verdict) == (State.ENDED, HUNG_UP)


def test_only_its_worker_finishes_a_claimed_callback(ports):
    claimed(ports)

    assert not ports.callbacks.finish("c1", State.ENDED, HUNG_UP, NOON, worker=None)
    assert not ports.callbacks.finish("c1", State.ENDED, HUNG_UP, NOON, worker="w2")


def test_what_nobody_claimed_is_finished_by_anybody_and_never_claimed(ports):
    ports.callbacks.place(callback())

    assert ports.callbacks.finish("c1", State.ENDED, HUNG_UP, NOON, worker=None)
    assert ports.callbacks.claim("c1", "w1", now=NOON, lease=LEASE) is None


def test_a_dialled_destination_is_filled_in_once(ports):
    asked = callback(destination=None, quote=retail_sheet().quote(ALICE, None, NOON))
    ports.callbacks.place(asked)
    ports.callbacks.claim("c1", "w1", now=NOON, lease=LEASE)
    quote = retail_sheet().quote(ALICE, BOB, NOON)

    assert ports.callbacks.set_destination("c1", "w1", BOB, quote)
    assert not ports.callbacks.set_destination("c1", "w1", ALICE, quote)

    found = ports.callbacks.find("c1")
    assert (found.destination, found.quote) == (BOB, quote)


def test_another_destination_takes_the_place_of_the_one_before(ports):
    claimed(ports)
    ports.callbacks.advance("c1", "w1", State.CONNECTED, NOON)
    quote = retail_sheet().quote(ALICE, CAROL, NOON)
    over = LegRecord(
        Party.DESTINATION,
        BOB,
        "carrier",
        HUNG_UP,
        answered_at=NOON,
        seconds=7,
        cost_micros=1_234,
        rtp=RtpQuality(350, 1, 2.5),
        covered_s=6,
        trunk_cost=TrunkCost("USD", 700, "1415", "cost", "v1", Fraction(7, 9)),
        burned_s={"b1": 6},
    )

    def set_destination(worker="w1", instead_of=BOB):
        return ports.callbacks.set_destination(
            "c1", worker, CAROL, quote, instead_of=instead_of, earlier=(over,)
        )

    assert not set_destination(worker="w2")
    assert not set_destination(instead_of=None)
    assert not set_destination(instead_of=CAROL)
    assert set_destination()
    assert not set_destination()
    found = ports.callbacks.find("c1")
    assert (found.destination, found.quote, found.earlier) == (CAROL, quote, (over,))
    assert found.state is State.CONNECTED
    assert set_destination(instead_of=CAROL)


def test_nothing_is_dialled_after_the_end(ports):
    claimed(ports)
    ports.callbacks.finish("c1", State.ENDED, HUNG_UP, NOON, worker="w1")
    quote = retail_sheet().quote(ALICE, BOB, NOON)

    assert not ports.callbacks.set_destination("c1", "w1", BOB, quote, instead_of=BOB)


def test_lists_are_newest_first_and_go_on_by_cursor(ports):
    made = [callback(f"c{n}", requested_at=NOON + timedelta(seconds=n)) for n in range(5)]
    for one in [*made, callback("other", account="bob")]:
        ports.callbacks.place(one)

    first = ports.callbacks.recent("alice", limit=3, cursor=None)
    rest = ports.callbacks.recent("alice", limit=3, cursor=first.cursor)

    assert [*first.items, *rest.items] == made[::-1]
    assert rest.cursor is None


@pytest.mark.parametrize(
    "cursor",
    # The last two hold an instant that there is not.
    [
        "",
        "x",
        "é",
        "bm9uc2Vuc2U=",
        "eyJhIjoxfQ==",
        "WyJjMSIsIEluZmluaXR5XQ==",
        "WyJjMSIsIDFlMzAwXQ==",
    ],
)
def test_a_strange_cursor_is_refused(ports, cursor):
    with pytest.raises(Malformed):
        ports.callbacks.recent("alice", limit=3, cursor=cursor)


def test_one_of_many_workers_gets_a_callback(busy_ports):
    busy_ports.callbacks.place(callback())

    with ThreadPoolExecutor(8) as crowd:
        found = list(
            crowd.map(
                lambda n: busy_ports.callbacks.claim("c1", f"w{n}", now=NOON, lease=LEASE),
                range(8),
            )
        )

    assert len([one for one in found if one is not None]) == 1


def test_one_of_many_triggers_places_a_callback(busy_ports):
    with ThreadPoolExecutor(8) as crowd:
        placed = list(crowd.map(lambda _: busy_ports.callbacks.place(callback()), range(8)))

    assert sum(placed) == 1
