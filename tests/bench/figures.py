"""How times are measured and shown."""

import os
import statistics
from collections.abc import Sequence
from pathlib import Path


def worked_s(pid: int) -> float:
    """How long a process that runs has worked so far (proc(5))."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def ninety_ninth(seconds: Sequence[float]) -> float:
    """Their 99th percentile."""
    return sorted(seconds)[min(len(seconds) - 1, round(0.99 * len(seconds)))]


def shown(seconds: Sequence[float]) -> str:
    """Their median and 99th percentile."""
    median, p99 = statistics.median(seconds), ninety_ninth(seconds)
    return f"median {1000 * median:.1f} ms, p99 {1000 * p99:.1f} ms"
