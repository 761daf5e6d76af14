"""Bad weather for a port: calls that fail, and replies that are lost on the way."""

from collections import Counter
from typing import Any


class OutOfReach(Exception):
    """The store did not answer."""


class Outage:
    """A port whose methods fail so many times before they work: `Outage(books, close=2)`."""

    def __init__(self, port: Any, **times: int) -> None:
        self._port = port
        self._failures = Counter(times)

    def fail(self, **times: int) -> None:
        """From now on, as at first."""
        self._failures.update(times)

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            if self._failures[name] > 0:
                self._failures[name] -= 1
                raise OutOfReach(name)
            return getattr(self._port, name)(*args, **named)

        return call


class LostReplies:
    """A port whose first call of each of these methods is made twice, as the store's client does
    when the first reply does not come; what the second one answers is all that is seen."""

    def __init__(self, port: Any, *methods: str) -> None:
        self._port = port
        self._lost = set(methods)

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            if name in self._lost:
                self._lost.remove(name)
                getattr(self._port, name)(*args, **named)
            return getattr(self._port, name)(*args, **named)

        return call
