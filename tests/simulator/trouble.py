"""What goes wrong around the calls of a store, by the throw of seeded dice."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any


class Crashed(BaseException):
    """The process of whoever runs ends here; nothing that it would do next is done."""


class OutOfReach(Exception):
    """No reply came. Whether the store did what it was asked is not known."""


@dataclass(frozen=True)
class Odds:
    """How often, of a hundred calls, each trouble comes."""

    crash: float = 1.5
    lost: float = 12.0
    unsent: float = 1.0
    interrupted: float = 12.0


CALM = Odds(0, 0, 0, 0)


@dataclass
class Fate:
    """Stands between an actor and its stores. `others` lets other actors run meanwhile, and ends
    whoever runs where its process died of it; `watch` looks at the stores after each call."""

    random: Random
    odds: Odds
    others: Callable[[], None]
    watch: Callable[[], None]

    def around(self, call: Callable[[], Any]) -> Any:
        """What the call answers, if there is an answer."""
        self._interrupt()
        self._crash()
        if self._comes(self.odds.unsent):
            raise OutOfReach
        answer = self._made(call)
        self._crash()
        if self._comes(self.odds.lost):
            self._interrupt()
            if self.random.random() < 0.5:
                raise OutOfReach
            # As botocore does: the same request once more, and its reply counts.
            answer = self._made(call)
        self._interrupt()
        return answer

    def _made(self, call: Callable[[], Any]) -> Any:
        answer = call()
        self.watch()
        return answer

    def _crash(self) -> None:
        if self._comes(self.odds.crash):
            raise Crashed

    def _interrupt(self) -> None:
        if self._comes(self.odds.interrupted):
            self.others()

    def _comes(self, of_a_hundred: float) -> bool:
        return self.random.random() * 100 < of_a_hundred


class Troubled:
    """A port whose calls meet their fate."""

    def __init__(self, port: Any, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return lambda *args, **kwargs: self._fate.around(lambda: method(*args, **kwargs))
