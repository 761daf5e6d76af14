"""Daily spend limits: which counters a callback adds to, and the limits that they have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# The scope of everything that an account spends; the others are classes of destinations.
ALL = "all"
NO_LIMITS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Spend:
    """What a callback counts for: the day of its account on which it was asked for, and the scopes
    that it is in. `limits` are the account's, in micro-units a day by scope, as they were read;
    only what has a limit is counted. A callback of an account without limits counts for nothing.
    `buckets` tells that there are some that may cover one of its legs.
    """

    day: str = ""
    scopes: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    buckets: bool = False

    @property
    def counters(self) -> tuple[str, ...]:
        """The counters that it adds to: `2026-01-02 all`."""
        return tuple(f"{self.day} {scope}" for scope in self.scopes if scope in self.limits)


def scope_of(counter: str) -> str:
    """What a counter counts."""
    return counter.partition(" ")[2]


def day_of(counter: str) -> str:
    """The day of a counter; later days sort behind earlier ones."""
    return counter.partition(" ")[0]
