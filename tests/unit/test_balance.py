"""A balance goes from one right state to the next, or refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import (
    AccountBlocked,
    Conflict,
    NotEnoughCredit,
    Refusal,
    TooManyCallbacks,
)
from switchboard.ledger.balance import Balance, Hold
from switchboard.money import Money
from tests.fakes.world import NOON

ALICE = Balance("alice", "EUR", posted_micros=1000, avail_micros=1000, max_callbacks=2)
LATER = NOON + timedelta(minutes=5)

NAMES = st.sampled_from(["c1", "c2", "c3"])
MICROS = st.integers(0, 1500)
HOLDS = st.builds(Hold, MICROS, st.sampled_from(["n1", "n2"]), st.just(NOON), st.integers(0, 2))
CHANGES = st.one_of(
    st.tuples(st.just("reserve"), NAMES, HOLDS),
    st.tuples(st.just("extend"), NAMES, HOLDS),
    st.tuples(st.just("adopt"), NAMES, HOLDS, st.sampled_from(["n1", "n2"])),
    st.tuples(st.just("release"), NAMES, HOLDS, MICROS),
    st.tuples(st.just("post"), st.integers(-500, 500)),
    st.tuples(st.just("limit"), MICROS),
    # What is there, so that changes meet what they ask for more often than by chance.
    st.tuples(st.just("grow"), NAMES, MICROS),
    st.tuples(st.just("settle"), NAMES, MICROS),
)


def hold(micros: int = 400, nonce: str = "n1", request: int = 0) -> Hold:
    return Hold(micros, nonce, NOON, request)


def changed(balance: Balance, name: str, *args) -> Balance:
    if name == "grow":
        callback, more = args
        old = balance.holds.get(callback, hold())
        new = replace(old, amount_micros=old.amount_micros + more, request=old.request + 1)
        return balance.extend(callback, new)
    if name == "settle":
        callback, charge = args
        kept = balance.holds.get(callback, hold())
        return balance.release(callback, kept, min(charge, kept.amount_micros))
    return getattr(balance, name)(*args)


@given(st.lists(CHANGES, max_size=30))
def test_every_change_keeps_the_sums(changes):
    balance = ALICE
    for change in changes:
        try:
            balance = changed(balance, *change)
        except Refusal:
            continue
        held = sum(kept.amount_micros for kept in balance.holds.values())
        assert balance.held_micros == held
        assert balance.avail_micros == (balance.posted_micros + balance.credit_limit_micros - held)
        assert len(balance.holds) <= balance.max_callbacks


@given(st.lists(CHANGES, max_size=30))
def test_nobody_spends_what_is_not_there(changes):
    balance = ALICE
    for change in changes:
        if change[0] in ("post", "limit"):
            continue
        if change[0] == "release":
            change = (*change[:3], min(change[3], change[2].amount_micros))
        try:
            balance = changed(balance, *change)
        except Refusal:
            continue
        assert balance.avail_micros >= 0
        assert balance.posted_micros >= 0


def test_a_hold_is_taken_from_what_is_available_but_not_posted():
    balance = ALICE.reserve("c1", hold())

    assert balance == replace(ALICE, held_micros=400, avail_micros=600, holds={"c1": hold()})
    assert balance.posted == Money("EUR", 1000)
    assert balance.available == Money("EUR", 600)


def test_a_released_hold_leaves_the_charge():
    balance = ALICE.reserve("c1", hold()).release("c1", hold(), 150)

    assert balance == replace(ALICE, posted_micros=850, avail_micros=850)


def test_a_hold_is_released_once():
    balance = ALICE.reserve("c1", hold()).release("c1", hold(), 150)

    with pytest.raises(Conflict):
        balance.release("c1", hold(), 150)


@pytest.mark.parametrize("other", [hold(nonce="n2"), hold(request=1), hold(401)])
def test_a_hold_that_has_changed_is_not_touched(other):
    balance = ALICE.reserve("c1", hold())

    with pytest.raises(Conflict):
        balance.release("c1", other, 0)
    with pytest.raises(Conflict):
        balance.adopt("c1", other, "n3")


def test_a_hold_grows_by_the_next_request_of_its_own_attempt():
    balance = ALICE.reserve("c1", hold())

    grown = balance.extend("c1", hold(900, request=1))

    assert (grown.held_micros, grown.avail_micros) == (900, 100)
    for stale in (hold(900), hold(900, request=2), hold(900, "n2", 1)):
        with pytest.raises(Conflict):
            balance.extend("c1", stale)
    with pytest.raises(Conflict):
        balance.extend("c2", hold(900, request=1))


def test_an_adopted_hold_keeps_all_but_its_nonce():
    balance = ALICE.reserve("c1", hold()).adopt("c1", hold(), "n2")

    assert balance.holds == {"c1": hold(nonce="n2")}
    assert balance.avail_micros == 600


def test_a_blocked_account_sets_nothing_aside_and_settles_what_it_has():
    balance = replace(ALICE.reserve("c1", hold()), active=False)

    with pytest.raises(AccountBlocked):
        balance.reserve("c2", hold())
    with pytest.raises(AccountBlocked):
        balance.extend("c1", hold(900, request=1))
    assert balance.release("c1", hold(), 100).posted_micros == 900


def test_a_callback_has_one_hold_and_an_account_so_many_callbacks():
    balance = ALICE.reserve("c1", hold(1)).reserve("c2", hold(1))

    with pytest.raises(Conflict):
        balance.reserve("c1", hold(1, "n2"))
    with pytest.raises(TooManyCallbacks, match="2 callbacks"):
        balance.reserve("c3", hold(1))


def test_a_refusal_names_what_is_left_and_what_is_needed():
    with pytest.raises(NotEnoughCredit, match=r"0\.001 EUR left, at least 0\.0011 EUR needed"):
        ALICE.check("c1", 1100)


def test_a_credit_limit_can_be_spent_and_taken_back():
    generous = ALICE.limit(500)

    assert generous.avail_micros == 1500
    assert generous.reserve("c1", hold(1500)).avail_micros == 0
    assert generous.limit(0) == ALICE
    assert generous.reserve("c1", hold(1500)).limit(0).avail_micros == -500
