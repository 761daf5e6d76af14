"""Seconds and money of a balance change together, and no second is lost or made."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.account import Account, Profile
from switchboard.errors import Refusal
from switchboard.ledger.audit import audit
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.cover import Cover, Take
from switchboard.ledger.entries import EntryKind, JournalEntry
from tests.fakes.plenty import a_bucket
from tests.fakes.world import NOON

GRANTED_S = {"a": 500, "b": 300}
DAYS = ("2026-01-02", "2026-01-03")
PER_DAY_S = 250
GRANT = JournalEntry(
    "alice", "promotion#1", EntryKind.PROMOTION, "EUR", 1_000_000, NOON, grants=GRANTED_S
)
BALANCE = Balance("alice", "EUR").post(1_000_000).grant(GRANTED_S)


@st.composite
def covers(draw) -> Cover:
    day = draw(st.sampled_from(DAYS))
    seconds = st.integers(0, 300)
    takes = (Take("a", draw(seconds)), Take("b", draw(seconds), day=day, per_day_s=PER_DAY_S))
    return Cover(tuple(take for take in takes if take.seconds))


# What is done, to which callback, with what cover or money.
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "extend", "adopt", "release", "grow"]),
        st.sampled_from("123"),
        covers(),
        st.integers(0, 300_000),
    ),
    max_size=25,
)


@given(DEEDS)
def test_left_held_and_burned_are_always_what_was_granted(deeds):
    balance, burned_s, charged_micros = BALANCE, dict.fromkeys(GRANTED_S, 0), 0

    for deed, callback, cover, micros in deeds:
        held = balance.holds.get(callback)
        try:
            if deed == "reserve":
                balance = balance.reserve(callback, Hold(micros, "n", NOON, cover=cover))
            elif held is None:
                continue
            elif deed == "adopt":
                balance = balance.adopt(callback, held, "n")
            elif deed == "release":
                used = {take.bucket: min(take.seconds, micros) for take in held.cover.takes}
                charge_micros = min(micros, held.amount_micros)
                balance = balance.release(callback, held, charge_micros, used)
                charged_micros += charge_micros
                for bucket, seconds in used.items():
                    burned_s[bucket] += seconds
            else:
                amount_micros = max(held.amount_micros, micros)
                new = replace(held, amount_micros=amount_micros, request=held.request + 1)
                grown = held.cover if deed == "extend" else more(held.cover, cover)
                balance = balance.extend(callback, replace(new, cover=grown))
        except Refusal:
            continue
        assert min(balance.included_s.values()) >= 0
        assert all(counted <= PER_DAY_S for counted in balance.spent.values())

    held_s = dict.fromkeys(GRANTED_S, 0)
    for hold in balance.holds.values():
        for bucket, seconds in hold.cover.taken_s.items():
            held_s[bucket] += seconds
    sums = {key: balance.included_s[key] + held_s[key] + burned_s[key] for key in GRANTED_S}
    assert sums == GRANTED_S
    assert sum(balance.spent.values()) == held_s["b"] + burned_s["b"]
    assert balance.posted_micros == 1_000_000 - charged_micros


def more(old: Cover, new: Cover) -> Cover:
    """The old one with as much more of each of its buckets as the new one has."""
    added_s = new.taken_s
    return Cover(
        tuple(
            replace(take, seconds=take.seconds + added_s.get(take.bucket, 0)) for take in old.takes
        )
    )


HOLD = Hold(0, "n", NOON, cover=Cover((Take("b", 100, day=DAYS[0], per_day_s=PER_DAY_S),)))
HELD = BALANCE.reserve("1", HOLD)


def breaches_of(balance: Balance) -> list[str]:
    buckets = tuple(a_bucket(seconds, key=key) for key, seconds in GRANTED_S.items())
    alice = Account(Profile("alice", "Alice", "EUR", "retail"), balance, buckets)
    return sorted(map(str, audit(alice, [GRANT], [], [], NOON)))


def test_books_with_buckets_in_order_have_no_breach():
    assert breaches_of(HELD) == []


@pytest.mark.parametrize(
    ("changed", "breaches"),
    [
        (
            replace(HELD, included_s={"a": 499, "b": 200}),
            ["alice: left + held + burned = granted in a: 499 + 0 + 0 s, should be 500 s"],
        ),
        (
            replace(HELD, included_s={"a": 500, "b": 300}),
            ["alice: left + held + burned = granted in b: 300 + 100 + 0 s, should be 300 s"],
        ),
        (
            replace(HELD, spent={}),
            ["alice: what is held counts as burned on 2026-01-02 b: 0 s, but 100 s are held"],
        ),
        (
            HELD.post(0, {"a": 501}),
            [
                "alice: left + held + burned = granted in a: -1 + 0 + 0 s, should be 500 s",
                "alice: no bucket below zero but by a late record: a: -1 s",
            ],
        ),
    ],
)
def test_each_breach_of_the_buckets_is_named(changed, breaches):
    assert breaches_of(changed) == breaches


def test_a_past_day_of_a_bucket_is_kept_while_a_hold_counts_on_it():
    tomorrow = replace(HOLD.cover.takes[0], day=DAYS[1])
    late = replace(HOLD, cover=Cover((tomorrow,)), expires_at=NOON + timedelta(days=1))
    both = HELD.reserve("2", late)

    assert both.past_counters(late) == ()
    assert both.release("1", HOLD, 0, {"b": 60}).past_counters(late) == ("2026-01-02 b",)
