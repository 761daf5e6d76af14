"""Buckets to test with, granted to an account as a plan would."""

from dataclasses import replace
from datetime import timedelta

from switchboard.billing.buckets import Bucket
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.ports import Ports
from tests.fakes.world import NOON

A_MONTH = timedelta(days=31)


def a_bucket(seconds: int, *prefixes: str, name: str = "all", **changes) -> Bucket:
    """It covers any number, if no prefix is given."""
    bucket = Bucket(
        key=f"travel/{name}#2026-01-01",
        plan="travel",
        name=name,
        prefixes=prefixes or ("",),
        seconds=seconds,
        begins_at=NOON - A_MONTH,
        expires_at=NOON + A_MONTH,
    )
    return replace(bucket, **changes)


def grant(ports: Ports, *buckets: Bucket, account: str = "alice") -> None:
    """Enter them for nothing."""
    for bucket in buckets:
        entry = JournalEntry(
            account,
            f"promotion#{bucket.key}",
            EntryKind.PROMOTION,
            "EUR",
            0,
            NOON,
            grants={bucket.key: bucket.seconds},
        )
        assert ports.books.enter(entry, [bucket])


def left_s(ports: Ports, bucket: Bucket, account: str = "alice") -> int:
    """What of a bucket is left and not held."""
    return ports.books.balance(account).included_s[bucket.key]
