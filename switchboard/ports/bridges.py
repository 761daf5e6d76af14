"""The phone bridges, and the texts that wait for them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from switchboard.calls.bridge import Bridge, BridgeBeat, OutgoingText


class Bridges(Protocol):
    """Phone bridges by name."""

    def add(self, bridge: Bridge) -> bool:
        """Add a bridge, if its name is new."""

    def find(self, name: str) -> Bridge | None:
        """A bridge with its last heartbeat, strongly consistent."""

    def all(self) -> Sequence[Bridge]:
        """Every bridge, by name."""

    def remove(self, name: str) -> bool:
        """Take a bridge and its texts away; whether there was one."""

    def beat(self, name: str, beat: BridgeBeat) -> bool:
        """Keep a heartbeat, if the bridge is still there."""

    def post(self, name: str, text: OutgoingText, gone_at: datetime) -> None:
        """Have a text wait for a bridge until then; one of the same id is the same."""

    def outbox(self, name: str, now: datetime, *, limit: int) -> Sequence[OutgoingText]:
        """Texts that wait for a bridge, by id."""

    def forget(self, name: str, texts: Collection[str]) -> None:
        """Take away the texts of these ids, which the bridge has."""
