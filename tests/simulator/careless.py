"""Adapters of DynamoDB that have each lost one condition of one write."""

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import And, Condition

from switchboard.aws.books import DynamoBooks
from switchboard.aws.callbacks import DynamoCallbacks
from switchboard.aws.fleet import DynamoWorkers
from switchboard.aws.models.database import Database
from tests.simulator.wire import Wire


class CarelessWire(Wire):
    """Leaves the condition at `place` out of every write that has so many."""

    def __init__(self, careful: Wire, place: int) -> None:
        super().__init__(careful.fate)
        self._client = careful.client
        self._place = place

    def get_operation_kwargs(
        self, *arguments: Any, condition: Condition | None = None, **named: Any
    ) -> Any:
        if condition is not None:
            kept = [one for n, one in enumerate(conditions(condition)) if n != self._place]
            condition = reduce(and_, kept) if kept else None
        return super().get_operation_kwargs(*arguments, condition=condition, **named)


def conditions(condition: Condition) -> list[Condition]:
    """All that must hold for a write, each by itself, in order."""
    if isinstance(condition, And):
        return [part for value in condition.values for part in conditions(value)]
    return [condition]


def without(kind: type, method: str, place: int) -> type:
    """The adapter, with this method not asking for the condition at this place."""

    class Careless(kind):
        def __init__(self, database: Database) -> None:
            super().__init__(database)
            wire = CarelessWire(database.connection, place)
            careless = getattr(kind(Database(database.prefix, wire)), method)
            setattr(self, method, careless)

    return Careless


@dataclass(frozen=True)
class Lost:
    """The condition at this place of what a method writes, and a seed that notices its loss."""

    port: str
    method: str
    place: int
    seed: int

    @property
    def adapter(self) -> dict[str, type]:
        """As what `Story` takes it."""
        return {self.port: without(ADAPTERS[self.port], self.method, self.place)}


ADAPTERS = {"books": DynamoBooks, "callbacks": DynamoCallbacks, "workers": DynamoWorkers}
# Not among them: second locks (tests/simulator/mutants.py says which); what takes hundreds of seeds
# to show, which the stores in memory have (the request of a release, a late posting, a state that
# goes back); and those of `finish`, `set_destination`, `forget` and of daily limits that two clerks
# set at once, and when a callback may begin, which keep a verdict, a number, a heartbeat, a wish or
# an hour, and no money.
LOST = (
    Lost("books", "reserve", 0, 2),
    Lost("books", "reserve", 1, 24),
    Lost("books", "reserve", 2, 3),
    Lost("books", "reserve", 3, 6),
    Lost("books", "reserve", 4, 9),
    Lost("books", "reserve", 5, 1),
    Lost("books", "reserve", 6, 28),
    Lost("books", "extend", 1, 1),
    Lost("books", "extend", 2, 30),
    Lost("books", "extend", 3, 3),
    Lost("books", "extend", 4, 40),
    Lost("books", "extend", 5, 4),
    Lost("books", "extend", 6, 28),
    Lost("books", "release", 0, 23),
    Lost("books", "set_limits", 1, 0),
    Lost("books", "close", 0, 1),
    Lost("books", "enter", 0, 0),
    Lost("callbacks", "place", 0, 0),
    Lost("callbacks", "claim", 0, 1),
    Lost("callbacks", "claim", 2, 3),
    Lost("callbacks", "advance", 0, 6),
)
