"""Widgets, in DynamoDB."""

import time
from collections.abc import Sequence
from datetime import timedelta

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database, made, may_be_key
from switchboard.aws.models.system import WidgetItem
from switchboard.aws.remembered import AGE
from switchboard.billing.widget import Widget
from switchboard.errors import NotFound


class DynamoWidgets:
    """`Widgets` over one table. What was read is asked for again after `age`."""

    def __init__(self, database: Database, *, age: timedelta = AGE) -> None:
        self._items = database.table(WidgetItem)
        self._age_s = age.total_seconds()
        self._known: dict[str, tuple[float, Widget]] = {}

    def add(self, widget: Widget) -> bool:
        """Add a widget, if its id is new."""
        item = self._items(widget.id, widget=to_text(widget))
        return made(lambda: item.save(self._items.id.does_not_exist()))

    def change(self, old: Widget, new: Widget) -> bool:
        """Replace a widget, if it is still the old one."""
        self._known.pop(old.id, None)
        item = self._items(new.id, widget=to_text(new))
        # A write whose reply was lost is repeated, and finds the new one.
        unchanged = self._items.widget.is_in(to_text(old), to_text(new))
        return made(lambda: item.save(unchanged))

    def get(self, widget: str) -> Widget:
        """The widget of this id. NotFound where there is none."""
        asked, known = self._known.get(widget, (0.0, None))
        if known is not None and time.monotonic() - asked < self._age_s:
            return known
        try:
            item = self._items.get(widget, consistent_read=True) if may_be_key(widget) else None
        except self._items.DoesNotExist:
            item = None
        if item is None:
            raise NotFound(f"there is no widget {widget[:40]}")
        found = from_text(item.widget, Widget)
        self._known[widget] = (time.monotonic(), found)
        return found

    def all(self) -> Sequence[Widget]:
        """Every widget, by id."""
        found = [from_text(item.widget, Widget) for item in self._items.scan()]
        return sorted(found, key=lambda widget: widget.id)
