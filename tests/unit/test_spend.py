"""Daily limits in a balance: what counts, and what is left."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.account import Account, Profile
from switchboard.desk.till import Till
from switchboard.errors import NotEnoughCredit, Refusal, SpendLimitReached
from switchboard.ledger.audit import audit
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.spend import Spend
from tests.fakes.books import wish
from tests.fakes.ports import MemoryBooks
from tests.fakes.world import NOON

LIMITS = {"all": 1_000, "premium": 300}
PREMIUM = Spend("2026-01-02", ("all", "premium"), LIMITS)
PLAIN = replace(PREMIUM, scopes=("all", "national"))
EXPIRY = NOON + timedelta(minutes=7)


def books(micros: int = 5_000, limits: dict[str, int] = LIMITS) -> MemoryBooks:
    balance = Balance("alice", "EUR", micros, avail_micros=micros, limits=limits, max_callbacks=9)
    return MemoryBooks({"alice": balance})


def reserve(till: Till, micros: int, spend: Spend, callback: str = "c1") -> Hold:
    return till.reserve("alice", callback, wish(micros, 10), callback, EXPIRY, spend=spend)


def test_a_hold_is_no_larger_than_what_is_left_of_the_tightest_limit():
    till = Till(books())

    held = [reserve(till, 200, PREMIUM, "c1"), reserve(till, 200, PREMIUM, "c2")]

    assert [hold.amount_micros for hold in held] == [200, 100]
    assert till.books.balance("alice").spent == {"2026-01-02 all": 300, "2026-01-02 premium": 300}


def test_a_callback_that_a_limit_has_no_room_for_is_refused_with_what_is_left():
    till = Till(books())
    reserve(till, 295, PREMIUM)

    with pytest.raises(SpendLimitReached, match=r"0\.0003 EUR a day for premium.*0\.000005"):
        reserve(till, 200, PREMIUM, "c2")
    assert reserve(till, 200, PLAIN, "c3").amount_micros == 200


def test_too_little_money_is_said_before_too_little_limit():
    with pytest.raises(NotEnoughCredit):
        reserve(Till(books(micros=5)), 200, PREMIUM)


def test_limits_are_those_of_the_account_where_they_changed_since_the_order():
    till = Till(books(limits={"all": 50}))

    assert reserve(till, 200, PREMIUM) == Hold(50, "c1", EXPIRY, counts=("2026-01-02 all",))
    assert reserve(Till(books(limits={})), 200, PREMIUM).counts == ()


def test_what_was_ordered_before_there_was_a_limit_is_not_counted():
    till = Till(books())

    assert reserve(till, 2_000, Spend()).amount_micros == 2_000


def test_an_extension_goes_as_far_as_the_limit():
    till = Till(books())
    hold = reserve(till, 200, PREMIUM)

    grown = till.extend("alice", "c1", hold, wish(900), EXPIRY, spend=PREMIUM)

    assert grown is not None
    assert grown.amount_micros == 300
    assert till.extend("alice", "c1", grown, wish(900), EXPIRY, spend=PREMIUM).amount_micros == 300


def test_a_call_that_becomes_premium_counts_whole_or_not_at_all():
    till = Till(books())
    small, large = reserve(till, 200, PLAIN, "c1"), reserve(till, 400, PLAIN, "c2")

    grown = till.extend("alice", "c1", small, wish(250), EXPIRY, spend=PREMIUM)

    assert grown.counts == ("2026-01-02 all", "2026-01-02 premium")
    assert till.books.balance("alice").spent["2026-01-02 premium"] == 250
    assert till.extend("alice", "c2", large, wish(500), EXPIRY, spend=PREMIUM) is None


def test_a_count_that_misses_what_is_held_is_a_breach():
    hold = Hold(200, "n1", EXPIRY, counts=PREMIUM.counters)
    counted = books(micros=200).balance("alice").reserve("c1", hold, LIMITS)

    account = Account(Profile("alice", "Alice", "EUR", "retail"), replace(counted, spent={}))

    breaches = [breach.rule for breach in audit(account, [], [], [], NOON)]

    assert "what is held counts as spent on 2026-01-02 all" in breaches
    assert "what is held counts as spent on 2026-01-02 premium" in breaches


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "extend", "release"]),
        st.integers(0, 3),
        st.integers(0, 400),
        st.sampled_from([PLAIN, PREMIUM]),
    ),
    max_size=30,
)


@given(STEPS)
def test_whatever_happens_a_limit_is_kept_and_the_count_is_what_was_charged_and_is_held(steps):
    balance = books().balance("alice")
    charged = dict.fromkeys(PREMIUM.counters, 0)
    for step, number, micros, spend in steps:
        callback = f"c{number}"
        hold = balance.holds.get(callback)
        try:
            if step == "reserve":
                new = Hold(micros, callback, EXPIRY, counts=spend.counters)
                balance = balance.reserve(callback, new, LIMITS)
            elif hold is not None and step == "extend":
                counts = tuple(dict.fromkeys([*hold.counts, *spend.counters]))
                amount = hold.amount_micros + micros
                new = replace(hold, amount_micros=amount, request=hold.request + 1, counts=counts)
                balance = balance.extend(callback, new, LIMITS)
            elif hold is not None:
                charge = min(micros, hold.amount_micros)
                balance = balance.release(callback, hold, charge)
                for counter in hold.counts:
                    charged[counter] += charge
        except Refusal:
            continue

    for counter, of in charged.items():
        held = sum(hold.amount_micros for hold in balance.holds.values() if counter in hold.counts)
        assert balance.spent.get(counter, 0) == of + held <= LIMITS[counter.partition(" ")[2]]
