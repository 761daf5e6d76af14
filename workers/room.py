"""How many calls fit into a media engine whose limits are compiled in."""

import time
from collections import deque
from collections.abc import Callable

SOCKETS_A_CALL = 2  # RTP and RTCP
# How long the engine keeps the place of a closed socket (pjlib's PJ_IOQUEUE_KEY_FREE_DELAY, and
# some more). Without a place for a new one it does not refuse: it aborts the process.
SOCKET_RESTS_S = 0.7


class Room:
    """Counts the sockets of calls that have just ended with those of the calls that live."""

    def __init__(self, max_sockets: int, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._max_calls = max_sockets // SOCKETS_A_CALL
        self._clock_s = clock_s
        self._ended: deque[float] = deque()

    def call_ended(self) -> None:
        """A call has closed its sockets."""
        self._ended.append(self._clock_s())

    def free_calls(self, *, live: int, most: int) -> int:
        """How many calls could be added to those that live, `most` being allowed."""
        while self._ended and self._ended[0] < self._clock_s() - SOCKET_RESTS_S:
            self._ended.popleft()
        return max(0, min(most, self._max_calls - len(self._ended)) - live)
