"""So many callbacks bridged for some seconds: what is lost, how late it is heard, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.fleet.children import HOST, MEASURED, Child

SETTLES_MS, MEASURED_MS = 2000, 5000
FLOOR_SETTLES_MS, FLOOR_MS = 500, 2000
FORWARDER_PORT = 24_000
PACKETS_A_SECOND = 50
# Of the frames that are spoken, how many may not be heard as they were: three a minute.
MISSED_SHARE = 0.001
# Later than that, the far ends themselves are heard to stutter.
LATE_MS = 20


@dataclass(frozen=True, slots=True)
class Bridged:
    """`core` is the share of one that the engine took, `heard` what the far ends counted, `engine`
    what it counted itself."""

    callbacks: int
    core: float
    heard: Mapping[str, Any]
    engine: Mapping[str, int]

    @property
    def each_s(self) -> float:
        """What a callback costs in a second."""
        return self.core / self.callbacks

    @property
    def lost(self) -> tuple[int, int]:
        """Packets to the engine and from it."""
        return self.engine["lost"], self.heard["lost"]

    @property
    def missed(self) -> float:
        """The share of what was spoken that was not heard, or not as it was spoken."""
        return max(self.heard["missed"], self.heard["damaged"]) / self.heard["sent"]

    @property
    def complete(self) -> bool:
        """Whether every far end was sent its packets."""
        due = 2 * self.callbacks * PACKETS_A_SECOND * self.heard["seconds"]
        return self.heard["received"] > 0.995 * due

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, and next to nothing was late."""
        return self.complete and self.lost == (0, 0) and self.missed <= MISSED_SHARE


def bridged(far_ends: Child, engine: Child, callbacks: int) -> Bridged:
    """Have so many callbacks, and look at them."""
    engine.ask(f"bridge {callbacks}")
    far_ends.ask(f"hear {SETTLES_MS}")
    engine.ask("mark")
    cpu_s, heard = _observed(far_ends, engine, MEASURED_MS)
    return Bridged(callbacks, cpu_s, heard, engine.ask("count"))


def forwarding_s(far_ends: Child, forwarder: Path, pairs: int) -> float:
    """What it costs in a second to forward the packets of one pair."""
    with Child(MEASURED, forwarder, HOST, FORWARDER_PORT, pairs) as process:
        far_ends.tell(f"speak {2 * pairs} {FORWARDER_PORT}")
        far_ends.ask(f"hear {FLOOR_SETTLES_MS}")
        cpu_s, heard = _observed(far_ends, process, FLOOR_MS)
        far_ends.tell("speak 0 0")
    assert heard["received"], "nothing was forwarded"
    return cpu_s / pairs


def _observed(far_ends: Child, process: Child, span_ms: int) -> tuple[float, Any]:
    """What a process computes in a second, and what the far ends heard meanwhile."""
    began_s = process.cpu_s
    heard = far_ends.ask(f"hear {span_ms}")
    return (process.cpu_s - began_s) / heard["seconds"], heard
