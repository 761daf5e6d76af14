"""Who hears whom: the connections that a media engine is to keep, whatever becomes of its calls."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Connect = Callable[[int, int], None]
Wire = tuple[int, int]


class Patchbay:
    """Wires between numbered calls and sounds.

    `connect` and `disconnect` are the engine's, from a source to a sink. They are called again for
    wires that exist, and for ends that are not there yet or no more.
    """

    def __init__(self, connect: Connect, disconnect: Connect) -> None:
        self._connect = connect
        self._disconnect = disconnect
        # By either end: of the wires of hundreds of calls, one call has a few.
        self._wires: dict[int, set[Wire]] = {}

    def wire(self, source: int, sink: int) -> None:
        """Let `sink` hear `source` until either is gone."""
        for end in (source, sink):
            self._wires.setdefault(end, set()).add((source, sink))
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
        self._forget((source, sink))
        self._disconnect(source, sink)

    def reconnect(self, number: int) -> None:
        """A call's audio is there, or there anew: connect what it hears and who hears it."""
        for source, sink in self._wires.get(number, ()):
            self._connect(source, sink)

    def remove(self, number: int) -> None:
        """A call is gone, and its connections with it."""
        for wire in list(self._wires.get(number, ())):
            self._forget(wire)

    def _forget(self, wire: Wire) -> None:
        for end in wire:
            wires = self._wires.get(end, set())
            wires.discard(wire)
            if not wires:
                self._wires.pop(end, None)
