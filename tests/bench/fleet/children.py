"""The processes of a bench, each on a core that it is given: told by lines, answering in JSON."""

import json
import os
import resource
import subprocess
import time
from pathlib import Path
from typing import Any, Self

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[3]
SOURCES = Path(__file__).parent
STOP_S = 5

# What is measured has a core for itself where there are two; who loads it has the first one.
_CORES = sorted(os.sched_getaffinity(0))
LOADING, MEASURED = _CORES[0], _CORES[-1]


class Child:
    """A process that answers once when it is ready, and leaves when its standard input ends."""

    def __init__(self, core: int, *command: object) -> None:
        self._process = subprocess.Popen(
            ["taskset", "-c", str(core), *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
        )
        self.ready = self._answer()

    def tell(self, line: str) -> None:
        """Something that is not answered."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def ask(self, line: str) -> Any:
        """What it answers to that."""
        self.tell(line)
        return self._answer()

    @property
    def cpu_s(self) -> float:
        """What it has computed until now."""
        return cpu_s(self._process.pid)

    @property
    def memory(self) -> int:
        """The bytes that it has in memory."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * resource.getpagesize()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"{self._process.args} ended"
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def cpu_s(process: int) -> float:
    """What a process has computed, by its clock (clock_getcpuclockid(3) makes the number so)."""
    return time.clock_gettime((~process << 3) | 2)


def compiled(name: str, folder: Path, compiler: str) -> Path:
    """A program of this folder."""
    program = folder / name
    sources = sorted(SOURCES.glob(f"{name}*.c"))
    subprocess.run([compiler, "-O2", "-o", program, *sources], check=True)
    return program
