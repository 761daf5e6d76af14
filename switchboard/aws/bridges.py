"""Phone bridges in DynamoDB: an item each, and one for each text that waits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import BridgeItem
from switchboard.calls.bridge import Bridge, BridgeBeat, OutgoingText

BRIDGE, TEXT = "bridge", "text#"


class DynamoBridges:
    """`Bridges` over one table."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(BridgeItem)

    def add(self, bridge: Bridge) -> bool:
        """Add a bridge, if its name is new."""
        item = self._items(bridge.name, BRIDGE, bridge=to_text(bridge))
        return made(lambda: item.save(self._items.name.does_not_exist()))

    def find(self, name: str) -> Bridge | None:
        """A bridge with its last heartbeat, strongly consistent."""
        try:
            return _bridge(self._items.get(name, BRIDGE, consistent_read=True))
        except self._items.DoesNotExist:
            return None

    def all(self) -> Sequence[Bridge]:
        """Every bridge, by name."""
        found = self._items.scan(self._items.part == BRIDGE, consistent_read=True)
        return sorted((_bridge(item) for item in found), key=lambda bridge: bridge.name)

    def remove(self, name: str) -> bool:
        """Take a bridge and its texts away."""
        item = self._items(name, BRIDGE)
        removed = made(lambda: item.delete(self._items.name.exists()))
        for text in self._texts(name):
            text.delete()
        return removed

    def beat(self, name: str, beat: BridgeBeat) -> bool:
        """Keep a heartbeat, if the bridge is still there."""
        heard = self._items.beat.set(to_text(beat))
        there = self._items.name.exists()
        return made(lambda: self._items(name, BRIDGE).update([heard], condition=there))

    def post(self, name: str, text: OutgoingText, gone_at: datetime) -> None:
        """Have a text wait for a bridge until then."""
        self._items(name, f"{TEXT}{text.id}", text=to_text(text), gone_at=gone_at).save()

    def outbox(self, name: str, now: datetime, *, limit: int) -> Sequence[OutgoingText]:
        """Texts that wait for a bridge, by id."""
        # What is gone is taken away within days only.
        waiting = (item for item in self._texts(name, limit=limit) if item.gone_at > now)
        return [from_text(item.text, OutgoingText) for item in waiting]

    def forget(self, name: str, texts: Collection[str]) -> None:
        """Take away the texts of these ids."""
        for text in texts:
            self._items(name, f"{TEXT}{text}").delete()

    def _texts(self, name: str, limit: int | None = None) -> list[Any]:
        found = self._items.query(
            name, self._items.part.startswith(TEXT), consistent_read=True, limit=limit
        )
        return list(found)


def _bridge(item: Any) -> Bridge:
    bridge = from_text(item.bridge, Bridge)
    beat = None if item.beat is None else from_text(item.beat, BridgeBeat)
    return Bridge(bridge.name, bridge.token_hash, bridge.made_at, beat)
