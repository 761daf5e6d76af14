"""Visits in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from switchboard.ports import Visit


@dataclass
class MemoryVisits:
    kept: dict[str, tuple[Visit, ...]] = field(default_factory=dict)

    def of(self, account: str) -> Sequence[Visit]:
        return self.kept.get(account, ())

    def save(self, account: str, old: Sequence[Visit], new: Sequence[Visit]) -> bool:
        if self.of(account) not in (tuple(old), tuple(new)):
            return False
        self.kept[account] = tuple(new)
        return True
