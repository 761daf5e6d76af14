"""What the operator set for the whole system, in DynamoDB."""

import time
from datetime import timedelta

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models import Database, SettingItem
from switchboard.billing.classes import DEFAULT_CLASSES, Classes

CLASSES = "classes"


class DynamoSettings:
    """`Settings` over one table. What was read is asked for again after `age`."""

    def __init__(self, database: Database, *, age: timedelta = timedelta(seconds=10)) -> None:
        self._items = database.table(SettingItem)
        self._age_s = age.total_seconds()
        self._asked = -self._age_s
        self._classes = DEFAULT_CLASSES

    def classes(self) -> Classes:
        """The classes of destinations; the built-in ones until they are changed."""
        if time.monotonic() - self._asked >= self._age_s:
            self._classes = self._read_classes()
            self._asked = time.monotonic()
        return self._classes

    def save_classes(self, classes: Classes) -> None:
        """Replace them."""
        self._items(CLASSES, value=to_text(classes)).save()
        self._asked = -self._age_s

    def _read_classes(self) -> Classes:
        try:
            return from_text(self._items.get(CLASSES, consistent_read=True).value, Classes)
        except self._items.DoesNotExist:
            return DEFAULT_CLASSES
