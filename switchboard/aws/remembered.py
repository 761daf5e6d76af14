"""What is asked for with every callback and seldom changes: read, and for a while not again."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

Answer = TypeVar("Answer")
AGE = timedelta(seconds=10)


class Remembered(Generic[Answer]):
    """What `read` answers; it is asked again once its last answer is older than `age`."""

    def __init__(self, read: Callable[[], Answer], age: timedelta = AGE) -> None:
        self._read = read
        self._age_s = age.total_seconds()
        self._kept: tuple[float, Answer] | None = None

    def get(self, *, fresh: bool = False) -> Answer:
        """The answer, or the last one; `fresh` asks again."""
        kept = self._kept
        if fresh or kept is None or time.monotonic() - kept[0] >= self._age_s:
            kept = self._kept = (time.monotonic(), self._read())
        return kept[1]

    def forget(self) -> None:
        """It has changed: ask again."""
        self._kept = None
