"""Daily limits: what is held and charged is counted in the same write as the hold."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.callback import State
from switchboard.ledger.balance import Hold
from switchboard.ledger.spend import Spend
from tests.fakes.world import NOON, a_callback, open_alice

DAY = "2026-01-02"
TODAY, TODAY_PREMIUM = f"{DAY} all", f"{DAY} premium"
LIMITS = {"all": 2_000_000, "premium": 500_000}
LEASE = timedelta(seconds=15)


def hold(micros: int = 1_000_000, *counts: str, nonce: str = "n1") -> Hold:
    return Hold(micros, nonce, NOON + timedelta(minutes=7), counts=counts)


@pytest.fixture
def limited(ports):
    """Alice may spend 2.00 a day, 0.50 of it on premium numbers."""
    assert ports.books.set_spend_limits(open_alice(ports).balance, LIMITS)
    return ports


def test_a_hold_is_counted_and_comes_back_as_it_was(limited):
    assert limited.books.reserve("alice", "c1", hold(400_000, TODAY, TODAY_PREMIUM), LIMITS)

    balance = limited.books.balance("alice")
    assert balance.holds == {"c1": hold(400_000, TODAY, TODAY_PREMIUM)}
    assert balance.spent == {TODAY: 400_000, TODAY_PREMIUM: 400_000}
    assert balance.limits == LIMITS


def test_holds_together_do_not_exceed_a_limit(limited):
    assert limited.books.reserve("alice", "c1", hold(1_200_000, TODAY), LIMITS)
    assert not limited.books.reserve("alice", "c2", hold(800_001, TODAY), LIMITS)
    assert limited.books.reserve("alice", "c2", hold(800_000, TODAY), LIMITS)


def test_a_first_hold_does_not_exceed_a_limit(limited):
    assert not limited.books.reserve("alice", "c1", hold(2_000_001, TODAY), LIMITS)
    assert not limited.books.reserve("alice", "c1", hold(500_001, TODAY, TODAY_PREMIUM), LIMITS)
    assert limited.books.balance("alice").spent == {}


def test_another_day_has_all_of_its_limit(limited):
    limited.books.reserve("alice", "c1", hold(2_000_000, TODAY), LIMITS)

    assert limited.books.reserve("alice", "c2", hold(2_000_000, "2026-01-03 all"), LIMITS)


@pytest.mark.parametrize("known", [{}, {"all": 9_000_000}])
def test_nothing_is_held_by_limits_that_are_no_longer_so(limited, known):
    assert not limited.books.reserve("alice", "c1", hold(1, TODAY), known)

    limited.books.reserve("alice", "c1", hold(1, TODAY), LIMITS)
    grown = replace(hold(2, TODAY), request=1)
    assert not limited.books.extend("alice", "c1", hold(1, TODAY), grown, known)
    assert not limited.books.set_spend_limits(
        replace(limited.books.balance("alice"), limits=known), {}
    )


def test_an_extension_counts_what_it_adds_and_whole_where_it_is_new(limited):
    first = hold(300_000, TODAY)
    limited.books.reserve("alice", "c1", first, LIMITS)
    grown = replace(hold(450_000, TODAY, TODAY_PREMIUM), request=1)

    assert limited.books.extend("alice", "c1", first, grown, LIMITS)

    assert limited.books.balance("alice").spent == {TODAY: 450_000, TODAY_PREMIUM: 450_000}
    more = replace(grown, amount_micros=500_001, request=2)
    assert not limited.books.extend("alice", "c1", grown, more, LIMITS)


def test_a_release_leaves_the_charge_in_the_count(limited):
    held = hold(400_000, TODAY, TODAY_PREMIUM)
    limited.books.reserve("alice", "c1", held, LIMITS)

    assert limited.books.release("alice", "c1", held, 30_000)

    assert limited.books.balance("alice").spent == {TODAY: 30_000, TODAY_PREMIUM: 30_000}


def test_past_days_are_forgotten_with_a_release(limited):
    early, late = hold(1_000, TODAY), hold(1_000, "2026-01-03 all")
    limited.books.reserve("alice", "c1", early, LIMITS)
    limited.books.release("alice", "c1", early, 700)
    limited.books.reserve("alice", "c2", late, LIMITS)

    past = limited.books.balance("alice").past_counters(late)
    limited.books.release("alice", "c2", late, 800, forget=past)

    assert limited.books.balance("alice").spent == {"2026-01-03 all": 800}


def test_limits_that_are_taken_away_limit_nothing(limited):
    held = hold(400_000, TODAY)
    limited.books.reserve("alice", "c1", held, LIMITS)

    assert limited.books.set_spend_limits(limited.books.balance("alice"), {})

    assert limited.books.reserve("alice", "c2", hold(3_000_000))
    assert limited.books.release("alice", "c1", held, 100_000)
    assert limited.books.balance("alice").limits == {}


def test_what_a_callback_counts_for_is_known_until_its_phone_rings(limited):
    spend = Spend(DAY, ("all", "national"), LIMITS)
    asked = a_callback(spend=spend)
    limited.callbacks.place(asked)

    claimed = limited.callbacks.claim("c1", "w1", now=NOON, lease=LEASE)
    limited.callbacks.advance("c1", "w1", State.CALLING_CUSTOMER, NOON)

    assert claimed.spend == spend
    assert limited.callbacks.find("c1").spend == Spend()


def test_a_limit_is_spent_once_by_however_many_at_the_same_time(busy_ports):
    opened = open_alice(busy_ports, max_callbacks=100).balance
    busy_ports.books.set_spend_limits(opened, LIMITS)

    with ThreadPoolExecutor(8) as crowd:
        made = list(
            crowd.map(
                lambda n: busy_ports.books.reserve("alice", f"c{n}", hold(300_000, TODAY), LIMITS),
                range(24),
            )
        )

    assert sum(made) == 6
    assert busy_ports.books.balance("alice").spent == {TODAY: 1_800_000}
