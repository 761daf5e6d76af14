"""What a worker process holds at a moment, and by how much it holds more later."""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.integration.system import until

# Of what is told from within the process; the rest are tables, some of which are caches, and all
# the objects of Python that there are.
EXACT = ("calls", "conference ports", "tasks")
OBJECTS = "objects"
# A table that keeps something of every callback grows by one for each; a cache soon stops.
TABLE_GROWS, CACHES_GROW = 0.2, 30
MEMORY_GROWS = 0.1
# Connections to AWS, which a pool opens when it needs one more.
FILES_GROW = 10


@dataclass(frozen=True, slots=True)
class Held:
    """The counts of one process."""

    megabytes: float
    files: int
    udp_sockets: int
    told: Mapping[str, int]

    def too_much(self, before: "Held", callbacks: int) -> list[str]:
        """What there is more of now than so many callbacks may leave behind."""
        grown = [
            f"{name}: {before.told[name]}, then {self.told[name]}"
            for name in EXACT
            if self.told[name] > before.told[name]
        ]
        if self.udp_sockets > before.udp_sockets:
            grown.append(f"UDP sockets: {before.udp_sockets}, then {self.udp_sockets}")
        if self.files > before.files + FILES_GROW:
            grown.append(f"files: {before.files}, then {self.files}")
        if self.megabytes > (1 + MEMORY_GROWS) * before.megabytes:
            grown.append(f"memory: {before.megabytes:.1f} MB, then {self.megabytes:.1f}")
        most = CACHES_GROW + TABLE_GROWS * callbacks
        tables = ((name, count - before.told.get(name, 0)) for name, count in self.told.items())
        grown += [
            f"{name}: {more} more" for name, more in tables if more > most and name != OBJECTS
        ]
        return grown


def megabytes(pid: int) -> float:
    """What a process takes of the machine's memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def held(pid: int, folder: Path) -> Held:
    """What a process of `tests.soak.worker` holds now, which tells in that folder."""
    told = folder / f"{pid}.json"
    told.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR1)
    await until(told.exists)
    about = Path("/proc") / str(pid)
    links = [str(one.readlink()) for one in (about / "fd").iterdir()]
    inodes = {line.split()[9] for line in (about / "net/udp").read_text().splitlines()[1:]}
    sockets = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    return Held(
        megabytes=megabytes(pid),
        files=len(links),
        udp_sockets=len(sockets & inodes),
        told=json.loads(told.read_text()),
    )
