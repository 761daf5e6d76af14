"""Phone bridges in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from switchboard.calls.bridge import Bridge, BridgeBeat, OutgoingText


@dataclass
class MemoryBridges:
    kept: dict[str, Bridge] = field(default_factory=dict)
    texts: dict[str, dict[str, tuple[OutgoingText, datetime]]] = field(default_factory=dict)

    def add(self, bridge: Bridge) -> bool:
        return self.kept.setdefault(bridge.name, bridge) is bridge

    def find(self, name: str) -> Bridge | None:
        return self.kept.get(name)

    def all(self) -> Sequence[Bridge]:
        return [self.kept[name] for name in sorted(self.kept)]

    def remove(self, name: str) -> bool:
        self.texts.pop(name, None)
        return self.kept.pop(name, None) is not None

    def beat(self, name: str, beat: BridgeBeat) -> bool:
        if name not in self.kept:
            return False
        self.kept[name] = replace(self.kept[name], beat=beat)
        return True

    def post(self, name: str, text: OutgoingText, gone_at: datetime) -> None:
        self.texts.setdefault(name, {})[text.id] = text, gone_at

    def outbox(self, name: str, now: datetime, *, limit: int) -> Sequence[OutgoingText]:
        waiting = sorted(self.texts.get(name, {}).items())[:limit]
        return [text for _, (text, gone_at) in waiting if gone_at > now]

    def forget(self, name: str, texts: Collection[str]) -> None:
        for text in texts:
            self.texts.get(name, {}).pop(text, None)
