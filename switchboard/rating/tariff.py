"""The tariff of a prefix: its rows as periods and steps, and which of them count at an instant."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import Any

from switchboard.errors import Malformed
from switchboard.rating.hours import Hours
from switchboard.rating.meter import Step
from switchboard.rating.price import Change, LegPrice
from switchboard.rating.row import FACTOR_DECIMALS, RATE_DECIMALS, Charges, RateRow, Window
from switchboard.rating.terms import SheetTerms

ONE_MILLIONTHS: int = 10**FACTOR_DECIMALS
# A rate times a multiplier is exact in these.
ATTO_DECIMALS = RATE_DECIMALS + FACTOR_DECIMALS
# A name is for people, and a pinned price is kept in every callback.
LONGEST_NAME = 32
_ALWAYS = Window()
_EVER = datetime(1, 1, 1, tzinfo=UTC)


class Period:
    """One period of a prefix: its rows are its steps. What is charged beside the rate and the
    increment is what the first of them says."""

    __slots__ = ("_prices", "_terms", "blocked", "first", "rows")

    def __init__(self, rows: Sequence[RateRow], terms: SheetTerms) -> None:
        self.rows = rows
        self.first = rows[0]
        self.blocked = any(row.blocked for row in rows)
        self._terms = terms
        self._prices: dict[int, LegPrice] = {}
        _check(rows, terms)

    @property
    def destination(self) -> str:
        """What people call it."""
        return (self.first.destination or self.first.prefix)[:LONGEST_NAME]

    def price(self, percent: int, later: Sequence[tuple[datetime, "Period"]] = ()) -> LegPrice:
        """How a leg is charged in this period, and in those that it may run into."""
        if later:
            return self._made(percent, later)
        if percent not in self._prices:
            self._prices[percent] = self._made(percent, later)
        return self._prices[percent]

    def _made(self, percent: int, later: Sequence[tuple[datetime, "Period"]]) -> LegPrice:
        row, terms = self.first, self._terms
        charges = charges_of(row, terms)
        maximum = charges.maximum_picos
        attos = {
            "connection_fee": charges.connection_fee_picos or 0,
            "disconnect_fee": charges.disconnect_fee_picos or 0,
            "minimum": charges.minimum_picos or 0,
            "surcharge": charges.surcharge_picos or 0,
            **({} if maximum is None else {"maximum": maximum}),
        }
        attos = {name: picos * ONE_MILLIONTHS for name, picos in attos.items()}
        steps = self.steps()
        changes = [Change(at, period.steps()) for at, period in later]
        all_steps = chain(steps, *(change.steps for change in changes))
        zeros = min(map(_zeros, (*attos.values(), *(step.rate for step in all_steps))))
        unit = 10**zeros
        return LegPrice(
            prefix=row.prefix,
            destination=self.destination,
            decimals=ATTO_DECIMALS - zeros,
            steps=_in_units(steps, unit),
            initial_s=charges.initial_s or 1,
            percent=percent,
            digits=terms.digits,
            rounding=terms.rounding,
            free_s=charges.free_s or 0,
            grace_s=charges.grace_s or 0,
            surcharge_after_s=charges.surcharge_after_s or 0,
            post_call_percent_millionths=charges.post_call_percent_millionths or 0,
            later=tuple(Change(at, _in_units(those, unit)) for at, those in changes),
            **{name: amount // unit for name, amount in attos.items()},
        )

    def steps(self) -> tuple[Step, ...]:
        """The steps, with rates in attos."""
        return tuple(
            Step(
                row.step_from_s,
                charges_of(row, self._terms).increment_s or 1,
                rate_attos(row, self._terms.defaults),
            )
            for row in self.rows
        )


class Tariff:
    """All rows of one prefix. Malformed where they contradict each other."""

    __slots__ = ("_always", "_hours", "_periods", "prefix", "rows")

    def __init__(self, rows: Sequence[RateRow], terms: SheetTerms) -> None:
        self.prefix = rows[0].prefix
        self.rows = rows
        self._hours = Hours(terms.time_zone, terms.holidays)
        self._periods = tuple(Period(steps, terms) for steps in _by_period(rows))
        self._always = self._periods[0] if self._is_plain() else None

    def period_at(self, at: datetime) -> Period | None:
        """The period that counts at an instant, None where none does. Of several it is the one of
        the highest weight, then the one that took effect last, then the one whose window is the
        narrowest: a holiday before a day of the week, then fewer hours a week."""
        if self._always is not None:
            return self._always
        ranked = ((self._rank(period.first, at), period) for period in self._periods)
        counting = [(rank, period) for rank, period in ranked if rank is not None]
        return max(counting, key=itemgetter(0))[1] if counting else None

    def turns(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Every instant after `start`, up to `end`, at which another period may come to count."""
        if self._always is not None:
            return
        yield from self._hours.turns({period.first.window for period in self._periods}, start, end)
        for period in self._periods:
            for at in (period.first.effective_from, period.first.effective_until):
                if at is not None and start < at <= end:
                    yield at

    def _is_plain(self) -> bool:
        row = self.rows[0]
        in_time = row.effective_from is None and row.effective_until is None
        return len(self._periods) == 1 and in_time and row.window == _ALWAYS

    def _rank(self, row: RateRow, at: datetime) -> tuple[Any, ...] | None:
        since, until = row.effective_from or _EVER, row.effective_until
        if at < since or (until is not None and at >= until):
            return None
        opened: date | None = self._hours.opened_on(row.window, at)
        if opened is None:
            return None
        holiday = self._hours.is_holiday(row.window, opened)
        return (row.weight, since, holiday, -row.window.minutes_a_week, _period_key(row))


def charges_of(row: RateRow, terms: SheetTerms) -> Charges:
    """What a row charges, with the defaults of its sheet."""
    return _over(row.charges, terms.defaults)


def rate_attos(row: RateRow, defaults: Charges) -> int:
    """What a minute costs, with the multiplier and the addition, in 10^-18 of the currency."""
    charges = _over(row.charges, defaults)
    multiplier = charges.multiplier_millionths
    factor = ONE_MILLIONTHS if multiplier is None else multiplier
    return row.rate_picos * factor + (charges.addition_picos or 0) * ONE_MILLIONTHS


# Thousands of rows share a few sets of charges.
_over = lru_cache(maxsize=1024)(Charges.in_sheet)


def _check(steps: Sequence[RateRow], terms: SheetTerms) -> None:
    first = steps[0]
    if first.step_from_s != 0:
        raise Malformed(
            f"prefix {first.prefix}: its first step begins at {first.step_from_s} s, not at 0"
        )
    for row in steps:
        if rate_attos(row, terms.defaults) < 0 and not row.blocked:
            raise Malformed(f"prefix {row.prefix}: its addition makes the rate negative")
    charges = charges_of(first, terms)
    if charges.maximum_picos is not None and charges.maximum_picos < (charges.minimum_picos or 0):
        raise Malformed(f"prefix {first.prefix}: the maximum charge is below the minimum charge")


def _by_period(rows: Sequence[RateRow]) -> Iterator[list[RateRow]]:
    if len(rows) == 1:
        yield [*rows]
        return
    ordered = sorted(rows, key=lambda row: (_period_key(row), row.step_from_s))
    for _, steps in groupby(ordered, _period_key):
        period = list(steps)
        for row, following in pairwise(period):
            if row.step_from_s == following.step_from_s:
                raise Malformed(f"prefix {row.prefix} stands in the sheet twice")
        yield period


def _period_key(row: RateRow) -> tuple[Any, ...]:
    window = row.window
    return (
        row.effective_from or _EVER,
        row.weight,
        row.effective_until or _EVER,
        window.start,
        window.end,
        sorted(day.value for day in window.days),
    )


def _in_units(steps: Iterable[Step], unit: int) -> tuple[Step, ...]:
    return tuple(step._replace(rate=step.rate // unit) for step in steps)


def _zeros(attos: int) -> int:
    """How many zeros an amount ends in, as far as it has decimals."""
    zeros = 0
    while zeros < ATTO_DECIMALS and attos % 10 ** (zeros + 1) == 0:
        zeros += 1
    return zeros
