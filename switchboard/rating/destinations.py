"""The names of a sheet's destinations, for people who look for a price and know no prefix."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from switchboard.rating.row import RateRow


@dataclass(frozen=True, slots=True)
class Destination:
    """Prefixes of one name that have the same rates: the shortest of them, and how many there are
    besides."""

    name: str
    prefix: str
    others: int = 0


def destinations_of(rows: Iterable[RateRow]) -> Iterator[Destination]:
    """Every destination of these rows, which come by prefix, by name. Those without one are known
    by their prefixes only, and not among them."""
    found: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for prefix, of_prefix in groupby(rows, attrgetter("prefix")):
        its = list(of_prefix)
        if its[0].destination:
            key = (its[0].destination, tuple(row.rate_picos for row in its))
            found.setdefault(key, []).append(prefix)
    for (name, _), prefixes in sorted(found.items(), key=lambda known: known[0][0].casefold()):
        yield Destination(name, min(prefixes, key=lambda one: (len(one), one)), len(prefixes) - 1)
