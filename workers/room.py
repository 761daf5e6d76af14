"""How many calls fit into a media engine whose limits are compiled in."""

import time
from collections import deque
from collections.abc import Callable

SOCKETS_A_CALL = 2  # RTP and RTCP
# Its sockets, what is played to it, and the pipe in which its keys are heard.
FILES_A_CALL = 4
# The engine's own, those of the connections to AWS, and the log.
OTHER_FILES = 100
# How long the engine keeps the place of a closed socket (pjlib's PJ_IOQUEUE_KEY_FREE_DELAY, and
# some more). Without a place for a new one it does not refuse: it aborts the process.
SOCKET_RESTS_S = 0.7


class Room:
    """Counts the sockets of calls that have just ended with those of the calls that live."""

    def __init__(
        self, max_sockets: int, max_files: int, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_sockets = max_sockets
        self._max_files = max_files
        self._clock_s = clock_s
        self._ended: deque[float] = deque()

    def max_calls(self, allowed: int) -> int:
        """How many calls there can be at once, `allowed` being what the engine says."""
        files = (self._max_files - OTHER_FILES) // FILES_A_CALL
        return max(0, min(allowed, self._max_sockets // SOCKETS_A_CALL, files))

    def call_ended(self) -> None:
        """A call has closed its sockets."""
        self._ended.append(self._clock_s())

    def free_calls(self, *, live: int, most: int) -> int:
        """How many calls could be added to those that live, `most` being allowed."""
        while self._ended and self._ended[0] < self._clock_s() - SOCKET_RESTS_S:
            self._ended.popleft()
        sockets = self._max_sockets // SOCKETS_A_CALL - len(self._ended)
        return max(0, min(most, sockets) - live)
