"""What is remembered of rings: which came first, and how many were refused."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from switchboard.numbering import PhoneNumber


class Rings(Protocol):
    """Rings of the last minutes, and the refused ones by day."""

    def first(self, key: str, callback: str, *, now: datetime, until: datetime) -> str:
        """The callback that has this key now: this one from now until then, unless another, which
        came first, still has it. One conditional write, and a read where it fails."""

    def count_refused(self, service: PhoneNumber, code: str, day: date) -> None:
        """Count a ring that was refused."""

    def refused(self, service: PhoneNumber, day: date) -> Mapping[str, int]:
        """How many rings were refused on a day, by the code of the refusal."""
