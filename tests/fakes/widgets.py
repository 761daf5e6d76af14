"""Widgets in memory, and one to test with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from switchboard.billing.widget import Widget
from switchboard.errors import NotFound
from tests.fakes.world import BOB

SHOP = "https://shop.example.com"


@dataclass
class MemoryWidgets:
    kept: dict[str, Widget] = field(default_factory=dict)

    def add(self, widget: Widget) -> bool:
        if widget.id in self.kept:
            return False
        self.kept[widget.id] = widget
        return True

    def change(self, old: Widget, new: Widget) -> bool:
        if self.kept.get(old.id) not in (old, new):
            return False
        self.kept[new.id] = new
        return True

    def get(self, widget: str) -> Widget:
        if widget not in self.kept:
            raise NotFound(f"there is no widget {widget[:40]}")
        return self.kept[widget]

    def all(self) -> Sequence[Widget]:
        return [self.kept[widget] for widget in sorted(self.kept)]


def a_widget(**terms) -> Widget:
    """Visitors of a shop in Britain are connected with Bob; Alice pays."""
    shown = {"origins": (SHOP,), "countries": ("GB",)}
    return Widget(**{"id": "support", "account": "alice", "destination": BOB, **shown, **terms})
