"""Where it is kept in which browsers a customer is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser in which a customer is signed in: what it calls itself, and where from."""

    id: str = field(repr=False)
    begun_at: datetime
    expires_at: datetime
    agent: str = ""
    address: str = ""


class Visits(Protocol):
    """The visits of each account; they are forgotten when the last one is over."""

    def of(self, account: str) -> Sequence[Visit]:
        """Those of an account as they were saved, strongly consistent."""

    def save(self, account: str, old: Sequence[Visit], new: Sequence[Visit]) -> bool:
        """Replace them, if they are still the old ones."""
