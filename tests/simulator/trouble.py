"""What goes wrong around the requests to a store, by the throw of seeded dice."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Any

from pynamodb.exceptions import PynamoDBException


class Crashed(BaseException):
    """The process of whoever runs ends here; nothing that it would do next is done."""


class OutOfReach(Exception):
    """No reply came. Whether the store did what it was asked is not known."""


# What a caller sees where its store's client has given up.
OUT_OF_REACH = (OutOfReach, PynamoDBException)


class Kind(Enum):
    """Why there is no answer: the request never arrived, its reply was lost, the store has too
    much to do, or another transaction is at the same item."""

    UNSENT = "unsent"
    LOST = "lost"
    THROTTLED = "throttled"
    CROWDED = "crowded"


class Trouble(Exception):
    """A request without its answer."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind.value)
        self.kind = kind


@dataclass(frozen=True)
class Odds:
    """How often, of a hundred requests, each trouble comes; and how often, of a hundred troubles,
    all that the client tries after one is in vain too."""

    crash: float = 1.5
    lost: float = 12.0
    unsent: float = 1.0
    throttled: float = 2.0
    crowded: float = 1.0
    interrupted: float = 12.0
    lasting: float = 50.0


CALM = Odds(0, 0, 0, 0, 0, 0, 0)


@dataclass
class Fate:
    """Stands between an actor and its stores. `others` lets other actors run meanwhile, and ends
    whoever runs where its process died of it; `watch` looks at the stores after each change."""

    random: Random
    odds: Odds
    others: Callable[[], None]
    watch: Callable[[], None]

    def around(self, request: Callable[[], Any], *, changes: bool = True) -> Any:
        """What the request is answered, or Trouble."""
        self._interrupt()
        self._crash()
        for kind, odds in (
            (Kind.UNSENT, self.odds.unsent),
            (Kind.THROTTLED, self.odds.throttled),
            (Kind.CROWDED, self.odds.crowded if changes else 0),
        ):
            if self._comes(odds):
                raise Trouble(kind)
        answer = request()
        if changes:
            self.watch()
        self._crash()
        lost = self._comes(self.odds.lost)
        self._interrupt()
        if lost:
            raise Trouble(Kind.LOST)
        return answer

    def lasts(self) -> bool:
        """Whether all that the client tries after a trouble is in vain too."""
        return self._comes(self.odds.lasting)

    def _crash(self) -> None:
        if self._comes(self.odds.crash):
            raise Crashed

    def _interrupt(self) -> None:
        if self._comes(self.odds.interrupted):
            self.others()

    def _comes(self, of_a_hundred: float) -> bool:
        return self.random.random() * 100 < of_a_hundred


@dataclass
class Troubled:
    """A port in memory whose calls meet their fate, behind a client that tries again as botocore
    does: the same request once more, and its reply counts."""

    port: Any
    fate: Fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)

        def call(*args: Any, **named: Any) -> Any:
            while True:
                try:
                    return self.fate.around(lambda: method(*args, **named))
                except Trouble:
                    if self.fate.lasts():
                        raise OutOfReach from None

        return call
