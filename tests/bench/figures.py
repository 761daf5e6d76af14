"""How measured times are shown."""

import statistics
from collections.abc import Sequence


def shown(seconds: Sequence[float]) -> str:
    """Their median and 99th percentile."""
    ranked = sorted(seconds)
    p99 = ranked[min(len(ranked) - 1, round(0.99 * len(ranked)))]
    return f"median {1000 * statistics.median(seconds):.1f} ms, p99 {1000 * p99:.1f} ms"
