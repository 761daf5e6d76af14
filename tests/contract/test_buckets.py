"""Buckets: granted with the entry that pays for them, and read with their account."""

from datetime import timedelta

import pytest

from switchboard.billing.buckets import Bucket
from switchboard.ledger.entries import EntryKind, JournalEntry
from tests.fakes.world import NOON, open_alice

BUCKET = Bucket(
    key="travel/uk#2026-01-01",
    plan="travel",
    name="uk",
    prefixes=("44", "353"),
    seconds=6_000,
    begins_at=NOON,
    expires_at=NOON + timedelta(days=31),
    increment_s=60,
)


def fee(micros: int) -> JournalEntry:
    return JournalEntry(
        account="alice",
        identity="recurring#plan#2026-01-01",
        kind=EntryKind.RECURRING,
        currency="EUR",
        amount_micros=-micros,
        entered_at=NOON,
        grants={BUCKET.key: BUCKET.seconds},
    )


@pytest.mark.parametrize("covered", [True, False])
def test_a_bucket_comes_with_the_entry_that_pays_for_it(ports, covered):
    open_alice(ports)

    assert ports.books.enter(fee(5_000_000), [BUCKET], covered=covered)
    assert not ports.books.enter(fee(5_000_000), [BUCKET], covered=covered)

    alice = ports.accounts.get("alice")
    assert alice.buckets == (BUCKET,)
    assert alice.balance.included_s == {BUCKET.key: 6_000}
    assert (alice.balance.avail_micros, alice.balance.posted_micros) == (0, 0)
    assert ports.books.entry("alice", fee(0).identity) == fee(5_000_000)
    assert [*ports.accounts.all()] == [alice]


def test_what_must_be_covered_is_not_entered_without_the_money(ports):
    open_alice(ports)
    before = ports.accounts.get("alice")

    assert not ports.books.enter(fee(5_000_001), [BUCKET], covered=True)

    assert ports.accounts.get("alice") == before
    assert ports.books.entry("alice", fee(0).identity) is None


def test_what_need_not_be_covered_may_take_more_than_there_is(ports):
    open_alice(ports)

    assert ports.books.enter(fee(5_000_001), [BUCKET])

    assert ports.books.balance("alice").posted_micros == -1
