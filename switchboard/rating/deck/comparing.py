"""What a new version of a sheet changes, and which of its prices look like a slip of the pen."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from statistics import median_low
from typing import Self

from switchboard.rating.row import PLAIN, RATE_DECIMALS, Charges, RateRow
from switchboard.rating.tariff import ATTO_DECIMALS, ONE_MILLIONTHS, rate_attos

Rows = Mapping[str, Sequence[RateRow]]
# Of fewer prices there is no usual one.
FEWEST_NEIGHBOURS = 5
MOST_NAMED = 20
_ATTOS_A_PICO: int = 10 ** (ATTO_DECIMALS - RATE_DECIMALS)
# What is charged where neither a row nor its sheet says anything; there is no maximum then.
_PLAINEST = Charges(0, 1, 1, 0, 0, 0, None, ONE_MILLIONTHS, 0, 0, 0, 0, 0)


class Move(Enum):
    """What happens to the price of a prefix. `altered`: its price a minute stays, and something
    else that its rows say does not; a cell that is emptied says what the sheet's default does."""

    NEW = "new"
    CLOSED = "closed"
    INCREASED = "increased"
    DECREASED = "decreased"
    ALTERED = "altered"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """A price a minute before and after, in 10^-12; None where there is none."""

    prefix: str
    destination: str
    before_picos: int | None
    after_picos: int | None


@dataclass(frozen=True, slots=True)
class Outlier:
    """A price far from the usual one of its country, or above the cap; `reason` says which."""

    prefix: str
    destination: str
    rate_picos: int
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many prefixes move how, and the changes that are the biggest in proportion."""

    counts: Mapping[Move, int]
    biggest: tuple[Change, ...]


def by_prefix(rows: Iterable[RateRow]) -> dict[str, list[RateRow]]:
    """Rows, by the prefix that they are for."""
    found: dict[str, list[RateRow]] = {}
    for row in rows:
        found.setdefault(row.prefix, []).append(row)
    return found


def merged(old: Rows, new: Rows) -> list[RateRow]:
    """The old rows with the new ones added: from when the new rows of a prefix begin, they stand
    in the place of the old ones, which end there. Other prefixes stay as they are."""
    kept = (
        _until(rows, _begin(new[prefix])) if prefix in new else rows for prefix, rows in old.items()
    )
    return [*chain.from_iterable(kept), *chain.from_iterable(new.values())]


def _begin(rows: Sequence[RateRow]) -> datetime | None:
    begins = [row.effective_from for row in rows if row.effective_from is not None]
    return min(begins) if len(begins) == len(rows) else None


def _until(rows: Sequence[RateRow], end: datetime | None) -> list[RateRow]:
    """What is left of rows that end then, or at once."""
    if end is None:
        return []
    return [
        replace(row, effective_until=min(row.effective_until or end, end), inherited=False)
        for row in rows
        if row.effective_from is None or row.effective_from < end
    ]


def without_inherited(old: Rows, new: Rows) -> Rows:
    """The new rows but those of prefixes whose old ones say the same and are inherited: a derived
    sheet that is exported and imported still follows its base."""
    return {
        prefix: rows
        for prefix, rows in new.items()
        if not (inherited := old.get(prefix))
        or not all(row.inherited for row in inherited)
        or {replace(row, inherited=False) for row in inherited} != set(rows)
    }


def compare(
    old: Rows, new: Rows, *, old_defaults: Charges = PLAIN, new_defaults: Charges = PLAIN
) -> Comparison:
    """What becomes of each prefix, by all that its rows charge, the defaults of their sheets
    included. Its price is that of the dearest of its rows."""
    return summed(
        _moved(old.get(prefix, ()), old_defaults, new.get(prefix, ()), new_defaults)
        for prefix in old.keys() | new.keys()
    )


def differences(
    old: Iterable[RateRow],
    new: Iterable[RateRow],
    *,
    old_defaults: Charges = PLAIN,
    new_defaults: Charges = PLAIN,
) -> Iterator[tuple[Move, Change]]:
    """What becomes of each prefix, as in `compare`, also of those that stay; both sides come by
    prefix, and are read as far as it is asked for."""
    both = merge(_tagged(old, 0), _tagged(new, 1), key=itemgetter(0))
    for _, rows in groupby(both, itemgetter(0)):
        sides: tuple[list[RateRow], list[RateRow]] = [], []
        for _, side, row in rows:
            sides[side].append(row)
        yield _moved(sides[0], old_defaults, sides[1], new_defaults)


def summed(moves: Iterable[tuple[Move, Change]]) -> Comparison:
    """How many prefixes move how, and those that move the most."""
    counts = dict.fromkeys(Move, 0)
    changes: list[tuple[Fraction, Change]] = []
    for move, change in moves:
        counts[move] += 1
        if move in (Move.INCREASED, Move.DECREASED):
            changes.append((_proportion(change), change))
    changes.sort(key=lambda pair: (-pair[0], pair[1].prefix))
    return Comparison(counts, tuple(change for _, change in changes[:MOST_NAMED]))


@dataclass(frozen=True, slots=True)
class _Said:
    """All that a row says, with what it leaves to its sheet; its rate is that of `minute_attos`."""

    minute_attos: int
    row: RateRow

    @classmethod
    def by(cls, row: RateRow, defaults: Charges) -> Self:
        """What a row says in a sheet of these defaults."""
        charges = _whole(row.charges, defaults)
        return cls(rate_attos(row, defaults), replace(row, rate_picos=0, charges=charges))


@lru_cache(maxsize=1024)
def _whole(charges: Charges, defaults: Charges) -> Charges:
    known = charges.in_sheet(defaults).over(_PLAINEST)
    return replace(known, multiplier_millionths=None, addition_picos=None)


def _tagged(rows: Iterable[RateRow], side: int) -> Iterator[tuple[str, int, RateRow]]:
    return ((row.prefix, side, row) for row in rows)


def _moved(
    old: Sequence[RateRow], old_defaults: Charges, new: Sequence[RateRow], new_defaults: Charges
) -> tuple[Move, Change]:
    before = [_Said.by(row, old_defaults) for row in old]
    after = [_Said.by(row, new_defaults) for row in new]
    was = max(map(_price, before)) if before else None
    is_now = max(map(_price, after)) if after else None
    known = (after or before)[0].row
    change = Change(known.prefix, known.destination, was, is_now)
    if was is None:
        return Move.NEW, change
    if is_now is None:
        return Move.CLOSED, change
    if was != is_now:
        return (Move.INCREASED if is_now > was else Move.DECREASED), change
    return (Move.UNCHANGED if set(before) == set(after) else Move.ALTERED), change


def _price(said: _Said) -> int:
    return said.minute_attos // _ATTOS_A_PICO


def _proportion(change: Change) -> Fraction:
    assert change.before_picos is not None
    assert change.after_picos is not None
    low, high = sorted((max(change.before_picos, 0), max(change.after_picos, 0)))
    return Fraction(high + 1, low + 1)


def find_outliers(
    rows: Iterable[RateRow],
    country_of: Callable[[str], str],
    *,
    factor: int = 10,
    cap_picos: int | None = None,
) -> list[Outlier]:
    """The prices above the cap, and those so many times above or below the median of their
    country; the dearest first. Blocked and free prefixes have no price."""
    priced = [row for row in rows if row.rate_picos and not row.blocked]
    prices: dict[str, list[int]] = {}
    for row in priced:
        prices.setdefault(country_of(row.prefix), []).append(row.rate_picos)
    medians = {
        country: median_low(known)
        for country, known in prices.items()
        if len(known) >= FEWEST_NEIGHBOURS
    }
    found = []
    for row in priced:
        usual = medians.get(country_of(row.prefix))
        reason = _why_unusual(row.rate_picos, usual, factor, cap_picos)
        if reason:
            found.append(Outlier(row.prefix, row.destination, row.rate_picos, reason))
    return sorted(found, key=lambda outlier: (-outlier.rate_picos, outlier.prefix))


def _why_unusual(rate: int, usual: int | None, factor: int, cap: int | None) -> str:
    if cap is not None and rate > cap:
        return "above the cap"
    if usual is not None and rate > factor * usual:
        return f"{rate // usual} times the usual price of its country"
    if usual is not None and rate * factor < usual:
        return f"a {usual // rate}th of the usual price of its country"
    return ""
