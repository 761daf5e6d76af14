"""The widgets that operators show on web sites."""

from collections.abc import Sequence
from typing import Protocol

from switchboard.billing.widget import Widget


class Widgets(Protocol):
    """Widgets by id."""

    def add(self, widget: Widget) -> bool:
        """Add a widget, if its id is new."""

    def change(self, old: Widget, new: Widget) -> bool:
        """Replace a widget by one of the same id, if it is still the old one. Seen within
        seconds."""

    def get(self, widget: str) -> Widget:
        """The widget of this id. NotFound where there is none."""

    def all(self) -> Sequence[Widget]:
        """Every widget, by id."""
