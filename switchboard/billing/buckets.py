"""A bucket: seconds of talk to a group of destinations that an account has paid for already."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was granted; how much of it is left stands in the balance, under the same key.

    The key is the account's own: `travel/uk#2026-11-01` is the bucket `uk` of the plan `travel`,
    of the period that began then. Buckets of a higher weight burn first, then those that expire
    sooner, then older ones. A leg takes whole increments. Of one callback's leg no more than
    `per_call_s` is covered, and no more than `per_day_s` of all legs of an account's day: fair
    use. The fees of a leg whose first second is covered are covered only where `covers_fees`.
    """

    key: str
    plan: str
    name: str
    prefixes: tuple[str, ...]
    seconds: int
    begins_at: datetime
    expires_at: datetime
    weight: int = 0
    increment_s: int = 1
    covers_fees: bool = False
    per_call_s: int | None = None
    per_day_s: int | None = None

    def __post_init__(self) -> None:
        if self.seconds < 1 or self.increment_s < 1:
            raise Malformed(f"bucket {self.key}: it has a second and an increment at least")
        if 0 in (self.per_call_s, self.per_day_s):
            raise Malformed(f"bucket {self.key}: a limit is a second at least")
        if self.expires_at <= self.begins_at:
            raise Malformed(f"bucket {self.key}: it expires before it begins")

    def covers(self, number: PhoneNumber, at: datetime) -> bool:
        """Whether a leg to this number that begins at this instant may take from it."""
        begun = self.begins_at <= at < self.expires_at
        return begun and number.digits.startswith(self.prefixes)


def end_at(bucket: Bucket, at: datetime) -> Bucket:
    """The bucket with its end at this instant, if it lasts longer; it has begun before its end."""
    earliest = bucket.begins_at + timedelta.resolution
    return replace(bucket, expires_at=min(bucket.expires_at, max(at, earliest)))


def in_burn_order(buckets: Iterable[Bucket]) -> list[Bucket]:
    """The buckets as they are taken from."""
    return sorted(buckets, key=lambda one: (-one.weight, one.expires_at, one.begins_at, one.key))
