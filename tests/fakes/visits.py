"""Visits in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.ports import Dialer, Visit


@dataclass
class MemoryVisits:
    kept: dict[str, tuple[Visit, ...]] = field(default_factory=dict)
    listed: dict[tuple[datetime, str], Dialer] = field(default_factory=dict)

    def of(self, account: str) -> Sequence[Visit]:
        return self.kept.get(account, ())

    def save(self, account: str, old: Sequence[Visit], new: Sequence[Visit]) -> bool:
        if self.of(account) not in (tuple(old), tuple(new)):
            return False
        self.kept[account] = tuple(new)
        return True

    def list_dialer(self, dialer: Dialer) -> None:
        self.listed[dialer.visit.expires_at, dialer.visit.id] = dialer

    def unlist_dialer(self, visit: Visit) -> None:
        self.listed.pop((visit.expires_at, visit.id), None)

    def dialers(self, now: datetime, *, owner: str | None = None, limit: int) -> Sequence[Dialer]:
        going_on = (
            one for place, one in sorted(self.listed.items(), reverse=True) if place[0] > now
        )
        return [one for one in going_on if owner in (None, one.owner)][:limit]
