"""What the operator set for the whole system, in DynamoDB."""

from datetime import timedelta
from typing import TypeVar

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database
from switchboard.aws.models.system import SettingItem
from switchboard.aws.remembered import AGE, Remembered
from switchboard.billing.classes import DEFAULT_CLASSES, Classes
from switchboard.calls.routing import RoutingTerms
from switchboard.calls.tracing import TraceSwitch
from switchboard.calls.velocity import Velocity

Setting = TypeVar("Setting")
CLASSES = "classes"
ROUTING = "routing"
VELOCITY = "velocity"
TRACES = "traces"


class DynamoSettings:
    """`Settings` over one table. What was read is asked for again after `age`."""

    def __init__(self, database: Database, *, age: timedelta = AGE) -> None:
        self._items = database.table(SettingItem)
        self._classes = Remembered(lambda: self._read(CLASSES, DEFAULT_CLASSES, Classes), age)
        self._routing = Remembered(lambda: self._read(ROUTING, RoutingTerms(), RoutingTerms), age)
        self._velocity = Remembered(lambda: self._read(VELOCITY, Velocity(), Velocity), age)
        self._traces = Remembered(lambda: self._read(TRACES, (), tuple[TraceSwitch, ...]), age)

    def classes(self, *, fresh: bool = False) -> Classes:
        """The classes of destinations; the built-in ones until they are changed."""
        return self._classes.get(fresh=fresh)

    def save_classes(self, classes: Classes) -> None:
        """Replace them."""
        self._items(CLASSES, value=to_text(classes)).save()
        self._classes.forget()

    def routing(self, *, fresh: bool = False) -> RoutingTerms:
        """What holds for all routes."""
        return self._routing.get(fresh=fresh)

    def save_routing(self, terms: RoutingTerms) -> None:
        """Replace it."""
        self._items(ROUTING, value=to_text(terms)).save()
        self._routing.forget()

    def velocity(self, *, fresh: bool = False) -> Velocity:
        """How often what may happen."""
        return self._velocity.get(fresh=fresh)

    def save_velocity(self, velocity: Velocity) -> None:
        """Replace it."""
        self._items(VELOCITY, value=to_text(velocity)).save()
        self._velocity.forget()

    def traces(self, *, fresh: bool = False) -> tuple[TraceSwitch, ...]:
        """What tracing was switched on for."""
        return self._traces.get(fresh=fresh)

    def save_traces(self, switches: tuple[TraceSwitch, ...]) -> None:
        """Replace them."""
        self._items(TRACES, value=to_text(switches)).save()
        self._traces.forget()

    def _read(self, name: str, default: Setting, kind: type[Setting]) -> Setting:
        try:
            return from_text(self._items.get(name, consistent_read=True).value, kind)
        except self._items.DoesNotExist:
            return default
