"""The till: whatever is repeated is answered, and happens once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.desk.till import Till
from switchboard.errors import AccountBlocked, Conflict, NotEnoughCredit, TooManyCallbacks
from switchboard.ledger.balance import Hold
from switchboard.ports import Ports
from tests.fakes.books import Crowded, Repeating, wish
from tests.fakes.ports import memory_ports
from tests.fakes.world import NOON, open_alice

LATER = NOON + timedelta(minutes=9)


@pytest.fixture(params=["once", "every request twice"])
def till(request) -> Till:
    books = a_world().books
    return Till(books if request.param == "once" else Repeating(books))


@pytest.fixture
def ports() -> Ports:
    return a_world()


def a_world(**changes) -> Ports:
    ports = memory_ports()
    open_alice(ports, opening_micros=1_000_000, **changes)
    return ports


def hold(micros: int = 400_000, nonce: str = "n1", **changes) -> Hold:
    return replace(Hold(micros, nonce, NOON), **changes)


def reserve(till: Till, wanted: Hold, callback: str = "c1", least_micros: int = 1000) -> Hold:
    wanted_of_all = wish(wanted.amount_micros, least_micros)
    return till.reserve("alice", callback, wanted_of_all, wanted.nonce, wanted.expires_at)


def test_what_is_wanted_is_held(till):
    assert reserve(till, hold()) == hold()

    assert till.books.balance("alice").holds == {"c1": hold()}


def test_where_there_is_less_than_wanted_all_of_it_is_held(till):
    reserve(till, hold(700_000))

    assert reserve(till, hold(400_000), "c2") == hold(300_000)
    assert till.books.balance("alice").avail_micros == 0


def test_less_than_the_least_is_refused_and_nothing_is_held(till):
    reserve(till, hold(999_500))

    with pytest.raises(NotEnoughCredit):
        reserve(till, hold(), "c2", least_micros=501)

    assert till.books.balance("alice").holds.keys() == {"c1"}


def test_the_same_attempt_asks_again_and_gets_what_it_has(till):
    reserve(till, hold(300_000))

    assert reserve(till, hold()) == hold(300_000)


def test_a_later_attempt_takes_over_what_an_earlier_one_left_behind(till):
    reserve(till, hold(300_000, "n1"))

    assert reserve(till, hold(nonce="n2")) == hold(300_000, "n2")
    assert till.books.balance("alice").held_micros == 300_000


def test_an_attempt_that_wakes_up_late_takes_nothing_from_the_later_one(till):
    reserve(till, hold(nonce="n2"))

    with pytest.raises(Conflict, match="later attempt"):
        reserve(till, hold(nonce="n1"))
    till.drop("alice", "c1", hold(nonce="n1"))

    assert till.books.balance("alice").holds == {"c1": hold(nonce="n2")}


def test_a_hold_is_refused_as_the_balance_refuses(ports):
    till = Till(ports.books)
    ports.books.set_active("alice", active=False)

    with pytest.raises(AccountBlocked):
        reserve(till, hold())

    ports.books.set_active("alice", active=True)
    for n in range(5):
        reserve(till, hold(1), f"c{n}")
    with pytest.raises(TooManyCallbacks):
        reserve(till, hold(1), "c5")


def test_a_till_gives_up_where_everybody_else_is_faster():
    crowded = Crowded(balances=a_world().books.balances)

    with pytest.raises(Conflict, match="too many at once"):
        reserve(Till(crowded), hold())


def test_a_hold_grows_to_what_is_wanted(till):
    reserve(till, hold())

    grown = till.extend("alice", "c1", hold(), wish(600_000), LATER)

    assert grown == hold(600_000, expires_at=LATER, request=1)
    assert till.books.balance("alice").holds == {"c1": grown}


def test_a_hold_grows_as_far_as_the_money_goes(till):
    reserve(till, hold())
    reserve(till, hold(500_000), "c2")

    grown = till.extend("alice", "c1", hold(), wish(600_000), LATER)

    assert grown == hold(500_000, expires_at=LATER, request=1)
    assert till.books.balance("alice").avail_micros == 0


def test_a_hold_that_cannot_grow_lasts_longer_all_the_same(till):
    reserve(till, hold(1_000_000))

    grown = till.extend("alice", "c1", hold(1_000_000), wish(2_000_000), LATER)

    assert grown == hold(1_000_000, expires_at=LATER, request=1)


def test_a_hold_never_shrinks(till):
    reserve(till, hold())

    grown = till.extend("alice", "c1", hold(), wish(100_000), LATER)

    assert grown == hold(expires_at=LATER, request=1)


def test_a_hold_grows_in_step_after_a_reply_that_never_came(ports):
    till = Till(ports.books)
    reserve(till, hold())
    till.extend("alice", "c1", hold(), wish(500_000), LATER)

    again = till.extend("alice", "c1", hold(), wish(600_000), LATER)

    assert again == hold(500_000, expires_at=LATER, request=1)
    assert ports.books.balance("alice").held_micros == 500_000


@pytest.mark.parametrize("gone", ["released", "another's", "blocked"])
def test_what_is_not_there_to_grow_stays_as_it_was(ports, gone):
    till = Till(ports.books)
    reserve(till, hold())
    if gone == "released":
        till.drop("alice", "c1", hold())
    elif gone == "another's":
        reserve(till, hold(nonce="n2"))
    else:
        ports.books.set_active("alice", active=False)
    before = ports.books.balance("alice")

    assert till.extend("alice", "c1", hold(), wish(600_000), LATER) is None
    assert ports.books.balance("alice") == before


def test_what_cannot_grow_because_everybody_else_is_faster_stays_as_it_was():
    ports = a_world()
    reserve(Till(ports.books), hold())

    crowded = Crowded(balances=ports.books.balances)

    assert Till(crowded).extend("alice", "c1", hold(), wish(600_000), LATER) is None
    assert crowded.balance("alice").holds == {"c1": hold()}
