"""How measured times are shown."""

import statistics
from collections.abc import Sequence


def ninety_ninth(seconds: Sequence[float]) -> float:
    """Their 99th percentile."""
    return sorted(seconds)[min(len(seconds) - 1, round(0.99 * len(seconds)))]


def shown(seconds: Sequence[float]) -> str:
    """Their median and 99th percentile."""
    median, p99 = statistics.median(seconds), ninety_ninth(seconds)
    return f"median {1000 * median:.1f} ms, p99 {1000 * p99:.1f} ms"
