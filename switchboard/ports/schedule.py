"""Where planned callbacks wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from switchboard.calls.planned import Planned, PlanState


class Schedule(Protocol):
    """Planned callbacks; each leaves its state by a conditional write."""

    def put(self, planned: Planned) -> bool:
        """Write a new one, if its id is new."""

    def find(self, planned: str) -> Planned | None:
        """As it stands, strongly consistent."""

    def move(self, planned: str, old: PlanState, new: PlanState) -> bool:
        """Move from one state to another, if it is in the first; True also where it is in the
        second already, as after a reply that was lost."""

    def due(self, now: datetime, *, limit: int) -> Sequence[Planned]:
        """Those whose time has come and which are not done with, the earliest first."""

    def of(self, account: str) -> Sequence[Planned]:
        """All that this account has before it, the earliest first."""
