"""Who hears whom: the connections that a media engine is to keep, whatever becomes of its calls."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Connect = Callable[[int, int], None]


class Patchbay:
    """Wires between numbered calls and sounds.

    `connect` and `disconnect` are the engine's, from a source to a sink. They are called again for
    wires that exist, and for ends that are not there yet or no more.
    """

    def __init__(self, connect: Connect, disconnect: Connect) -> None:
        self._connect = connect
        self._disconnect = disconnect
        self._wires: set[tuple[int, int]] = set()

    def wire(self, source: int, sink: int) -> None:
        """Let `sink` hear `source` until either is gone."""
        self._wires.add((source, sink))
        self._connect(source, sink)

    @contextmanager
    def wired(self, source: int, sink: int) -> Iterator[None]:
        """Let `sink` hear `source` while the block lasts."""
        self.wire(source, sink)
        try:
            yield
        finally:
            self.unwire(source, sink)

    def unwire(self, source: int, sink: int) -> None:
        """Let `sink` hear `source` no more."""
        self._wires.discard((source, sink))
        self._disconnect(source, sink)

    def reconnect(self, number: int) -> None:
        """A call's audio is there, or there anew: connect what it hears and who hears it."""
        for source, sink in self._wires:
            if number in (source, sink):
                self._connect(source, sink)

    def remove(self, number: int) -> None:
        """A call is gone, and its connections with it."""
        self._wires = {wire for wire in self._wires if number not in wire}
