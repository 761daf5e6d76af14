"""Turns: when each of many calls is looked at again, so that they are not all looked at at once."""

import time
from collections.abc import Callable, Sequence
from itertools import islice


class Turns:
    """Every number has its turn `every_s` after it was added or had its last one; where many are
    due together, `at_once` of them have it, and the others when they are asked for again."""

    def __init__(
        self, every_s: float, at_once: int, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._every_s = every_s
        self._at_once = at_once
        self._clock_s = clock_s
        # The next one first: all wait for the same time.
        self._due: dict[int, float] = {}

    def add(self, number: int) -> None:
        """One more."""
        self._due[number] = self._clock_s() + self._every_s

    def remove(self, number: int) -> None:
        """One that has no turn any more."""
        self._due.pop(number, None)

    def take(self) -> Sequence[int]:
        """Whose turn it is."""
        now = self._clock_s()
        due = [number for number, at in islice(self._due.items(), self._at_once) if at <= now]
        for number in due:
            self.remove(number)
            self.add(number)
        return due
