"""Edits of a rate sheet: what is done to the rows of some of its prefixes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from itertools import chain, islice, takewhile
from typing import Protocol

from switchboard.errors import Malformed, NotFound
from switchboard.rating.deck.comparing import Rows, by_prefix, merged
from switchboard.rating.row import FACTOR_DECIMALS, RATE_DECIMALS, RateRow

# A percentage in millionths is a share of this many.
_WHOLE_MILLIONTHS = 100 * 10**FACTOR_DECIMALS


class Source(Protocol):
    """Rows by prefix, read as far as they are asked for."""

    def since(self, prefix: str) -> Iterable[RateRow]:
        """The rows of this prefix and of all behind it, by prefix."""


# What was there of those prefixes that an edit is about, and what takes its place; a prefix that
# is missing there has no rate any more.
Edited = tuple[Rows, Rows]
# What is changed at once is looked at by somebody, who waits for it.
MOST_REPRICED = 20_000


def rows_of(source: Source, prefix: str) -> list[RateRow]:
    """The rows of one prefix."""
    return list(takewhile(lambda row: row.prefix == prefix, source.since(prefix)))


def rows_under(source: Source, beginning: str) -> Iterable[RateRow]:
    """The rows of all prefixes that begin so."""
    return takewhile(lambda row: row.prefix.startswith(beginning), source.since(beginning))


def place_of(row: RateRow) -> str:
    """A name for when a row counts, by which it is told from the others of its prefix."""
    days = sorted(day.value for day in row.window.days)
    when = (row.effective_from, row.effective_until, days, row.window.start, row.window.end)
    return sha256(repr((when, row.weight, row.step_from_s)).encode()).hexdigest()[:16]


def row_at(rows: Sequence[RateRow], prefix: str, place: str) -> RateRow:
    """The row of this place. NotFound where there is none."""
    for row in rows:
        if place_of(row) == place:
            return row
    raise NotFound(f"there is no such rate of {prefix[:20]} any more")


@dataclass(frozen=True, slots=True)
class Put:
    """A row put into a sheet: in the place of one that its prefix has, or beside those. From an
    instant on, if one is given: then what was there counts until then."""

    row: RateRow
    place: str | None = None
    since: datetime | None = None

    def __call__(self, source: Source) -> Edited:
        """NotFound where there is no such place; Malformed where the instant does not fit."""
        old = rows_of(source, self.row.prefix)
        row, others = self.row, list(old)
        replaces = None if self.place is None else row_at(old, row.prefix, self.place)
        if replaces is not None:
            others.remove(replaces)
        if self.since is not None:
            row = replace(row, effective_from=self.since)
            others += [] if replaces is None else _ended([replaces], self.since)
        return {row.prefix: old}, {row.prefix: [*map(_own, others), row]}


@dataclass(frozen=True, slots=True)
class Drop:
    """One row taken away, one of several that its prefix has."""

    prefix: str
    place: str

    def __call__(self, source: Source) -> Edited:
        """NotFound where there is no such place."""
        old = rows_of(source, self.prefix)
        gone = row_at(old, self.prefix, self.place)
        new = [_own(row) for row in old if row is not gone]
        return {self.prefix: old}, {self.prefix: new} if new else _gone(old)


@dataclass(frozen=True, slots=True)
class Close:
    """All rows of a prefix end, at an instant or at once: its numbers are charged by a shorter
    prefix then, if there is one."""

    prefix: str
    until: datetime | None = None

    def __call__(self, source: Source) -> Edited:
        """NotFound where the prefix has no rows."""
        old = _known(source, self.prefix)
        if self.until is None:
            return {self.prefix: old}, _gone(old)
        ended = _ended(old, self.until)
        return {self.prefix: old}, {self.prefix: ended} if ended else _gone(old)


@dataclass(frozen=True, slots=True)
class Block:
    """Whether the numbers of a prefix can be called. One that has no rates is blocked by a row of
    its own, and of what is blocked all rows are."""

    prefix: str
    blocked: bool = True

    def __call__(self, source: Source) -> Edited:
        """NotFound where a prefix is to be unblocked that has no rows."""
        old = rows_of(source, self.prefix)
        if not old and self.blocked:
            return {}, {self.prefix: [RateRow(self.prefix, 0, blocked=True)]}
        old = _known(source, self.prefix)
        new = [replace(row, blocked=self.blocked, inherited=False) for row in old]
        return {self.prefix: old}, {self.prefix: new}


@dataclass(frozen=True, slots=True)
class Reprice:
    """The rates of all prefixes that begin so, changed by a percentage (in millionths of one
    percent) and then by an amount, and rounded up to so many decimals; from an instant on, if one
    is given. Rates that are blocked, or over by now, stay as they are."""

    beginnings: tuple[str, ...]
    now: datetime
    percent_millionths: int = 0
    addition_picos: int = 0
    decimals: int = RATE_DECIMALS
    since: datetime | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= RATE_DECIMALS:
            raise Malformed(f"a rate has 0 to {RATE_DECIMALS} decimals")
        if not (self.percent_millionths or self.addition_picos):
            raise Malformed("say by how many percent, or by how much, the rates change")
        if self.since is not None and self.since <= self.now:
            raise Malformed("rates change from now on, or from a time that is still to come")

    def __call__(self, source: Source) -> Edited:
        """NotFound where no prefix begins so; Malformed where a rate would be negative."""
        under = chain.from_iterable(rows_under(source, one) for one in self._apart())
        rows = list(islice(under, MOST_REPRICED + 1))
        if len(rows) > MOST_REPRICED:
            raise Malformed(
                f"more than {MOST_REPRICED} rates begin so: write longer beginnings, or derive a"
                " sheet from this one"
            )
        old = {
            prefix: its for prefix, its in by_prefix(rows).items() if any(map(self._counts, its))
        }
        if not old:
            raise NotFound(f"no rates begin with {' or '.join(self.beginnings)}")
        since = self.since
        if since is None:
            return old, {prefix: list(map(self._repriced, its)) for prefix, its in old.items()}
        begun = {
            prefix: [_begun(self._repriced(row), since) for row in its if not self._is_over(row)]
            for prefix, its in old.items()
        }
        return old, by_prefix(merged(old, begun))

    def _apart(self) -> Sequence[str]:
        """The beginnings, without those that another one includes."""
        ordered = sorted(set(self.beginnings))
        return [
            one
            for one in ordered
            if not any(one != other and one.startswith(other) for other in ordered)
        ]

    def _counts(self, row: RateRow) -> bool:
        return not (row.blocked or self._is_over(row))

    def _is_over(self, row: RateRow) -> bool:
        return row.effective_until is not None and row.effective_until <= (self.since or self.now)

    def _repriced(self, row: RateRow) -> RateRow:
        if not self._counts(row):
            return _own(row)
        factor = Fraction(_WHOLE_MILLIONTHS + self.percent_millionths, _WHOLE_MILLIONTHS)
        exact = row.rate_picos * factor + self.addition_picos
        if exact < 0:
            raise Malformed(f"prefix {row.prefix}: its rate would be negative")
        unit: int = 10 ** (RATE_DECIMALS - self.decimals)
        return replace(row, rate_picos=-(-exact // unit) * unit, inherited=False)


Edit = Put | Drop | Close | Block | Reprice


def replaced(rows: Iterable[RateRow], edited: Edited) -> Iterable[RateRow]:
    """The rows of a sheet with an edit in them."""
    old, new = edited
    yield from (row for row in rows if row.prefix not in old and row.prefix not in new)
    for its in new.values():
        yield from its


def _known(source: Source, prefix: str) -> list[RateRow]:
    found = rows_of(source, prefix)
    if not found:
        raise NotFound(f"the sheet has no rate for {prefix[:20]}")
    return found


def _begun(row: RateRow, since: datetime) -> RateRow:
    """The row, which does not count before then."""
    return replace(row, effective_from=max(row.effective_from or since, since))


def _ended(rows: Sequence[RateRow], until: datetime) -> list[RateRow]:
    """What is left of rows that end then."""
    return [
        replace(row, effective_until=min(row.effective_until or until, until), inherited=False)
        for row in rows
        if row.effective_from is None or row.effective_from < until
    ]


def _own(row: RateRow) -> RateRow:
    # What is changed beside it would not come from the base any more.
    return replace(row, inherited=False) if row.inherited else row


def _gone(old: Sequence[RateRow]) -> Mapping[str, Sequence[RateRow]]:
    if any(row.inherited for row in old):
        raise Malformed(
            f"prefix {old[0].prefix} comes from the base sheet, and would come again: block it, or"
            " let it end at a time"
        )
    return {}
