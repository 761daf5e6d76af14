"""What is remembered of rings, in memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from switchboard.numbering import PhoneNumber


@dataclass
class MemoryRings:
    firsts: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    counts: Counter[tuple[PhoneNumber, date, str]] = field(default_factory=Counter)

    def first(self, key: str, callback: str, *, now: datetime, until: datetime) -> str:
        known, ends = self.firsts.get(key, ("", now))
        if ends <= now:
            self.firsts[key] = callback, until
            return callback
        return known

    def count_refused(self, service: PhoneNumber, code: str, day: date) -> None:
        self.counts[service, day, code] += 1

    def refused(self, service: PhoneNumber, day: date) -> Mapping[str, int]:
        mine = ((key, count) for key, count in self.counts.items() if key[:2] == (service, day))
        return {code: count for (_, _, code), count in mine}
