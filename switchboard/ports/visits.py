"""Where it is kept in which browsers and apps a customer is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol


class VisitKind(Enum):
    """What bears the visit: a browser's cookie, or a token of the REST API."""

    BROWSER = "browser"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser or an app in which a customer is signed in: what it calls itself, and where
    from."""

    id: str = field(repr=False)
    begun_at: datetime
    expires_at: datetime
    agent: str = ""
    address: str = ""
    kind: VisitKind = VisitKind.BROWSER


@dataclass(frozen=True, slots=True)
class Dialer:
    """A visit of the desktop dialer, as operators look for it: `owner` is that of the account."""

    account: str
    visit: Visit
    owner: str | None = None


class Visits(Protocol):
    """The visits of each account; they are forgotten when the last one is over. Those of dialers
    stand in a list of all accounts besides."""

    def of(self, account: str) -> Sequence[Visit]:
        """Those of an account as they were saved, strongly consistent."""

    def save(self, account: str, old: Sequence[Visit], new: Sequence[Visit]) -> bool:
        """Replace them, if they are still the old ones."""

    def list_dialer(self, dialer: Dialer) -> None:
        """Have a dialer in the list until its visit is over, or as it is now where it was there."""

    def unlist_dialer(self, visit: Visit) -> None:
        """Take the dialer of a visit from the list, if it is there."""

    def dialers(self, now: datetime, *, owner: str | None = None, limit: int) -> Sequence[Dialer]:
        """Those of the list whose visits go on, the last to be over first: of an owner, or all. No
        others are read. A change may show a moment later."""
