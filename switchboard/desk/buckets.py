"""Buckets that are over: what nobody can take from any more is cleared away."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from switchboard.billing.account import Account
from switchboard.billing.buckets import Bucket
from switchboard.ports import Ports

# So long after its expiry no call that took from a bucket runs any more.
KEPT = timedelta(days=2)
# A transaction has a hundred items at most.
AT_ONCE = 50


def drop_expired_buckets(ports: Ports, account: Account) -> int:
    """How many buckets were dropped, with what was left of them: those that expired two days ago,
    and that no hold has anything of. May be repeated."""
    expired = [bucket.key for bucket in _expired(account, ports.clock.now())]
    for start in range(0, len(expired), AT_ONCE):
        ports.books.drop_buckets(account.profile.account, expired[start : start + AT_ONCE])
    return len(expired)


def _expired(account: Account, now: datetime) -> Iterator[Bucket]:
    held = {take.bucket for hold in account.balance.holds.values() for take in hold.cover.takes}
    for bucket in account.buckets:
        if bucket.expires_at + KEPT <= now and bucket.key not in held:
            yield bucket
