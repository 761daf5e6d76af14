"""How long a leg has run, from one instant of the monotonic clock to another."""

import math


def seconds_begun(start: float | None, end: float) -> int:
    """Whole seconds, the last one begun; none where it never started. Microseconds of rounding
    error do not begin a second."""
    return 0 if start is None else max(0, math.ceil(round(end - start, 3)))
