"""The pinned price of a leg: what so many seconds of it cost."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from switchboard.rating.meter import Block, Step, changed_over, lay_out
from switchboard.rating.rounding import Rounding

# No leg is longer than a day.
LONGEST_LEG_S = 86_400
_SECOND = timedelta(seconds=1)
# A percentage in millionths is a share of this many.
_WHOLE = 100_000_000


class Change(NamedTuple):
    """From this instant on a leg that is split goes on by other steps."""

    at: datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class LegPrice:
    """How one leg is charged, as it was announced; nothing else is needed to price it.

    Amounts are whole numbers of 10^-decimals of the currency, rates are amounts a minute. Free
    seconds are subtracted first, then those that are covered by a bucket, and all that follows
    counts what is left of the leg: the initial block and the steps, `surcharge` once it is longer
    than `surcharge_after_s`. Both fees come on top, then the post-call percentage, then the price
    is kept between minimum and maximum, then `percent` of it is taken and rounded, once. Nothing
    is charged where nothing but free seconds is left, or for a leg that is shorter than `grace_s`
    as a whole. A leg that is covered as a whole costs its fees, and no minimum; no fees either
    where they are covered.

    `later` has the periods that a leg may run into, where the sheet splits; `begun` applies them.
    """

    prefix: str
    destination: str
    decimals: int
    steps: tuple[Step, ...]
    initial_s: int = 1
    percent: int = 100
    digits: int = 4
    rounding: Rounding = Rounding.UP
    connection_fee: int = 0
    disconnect_fee: int = 0
    free_s: int = 0
    grace_s: int = 0
    minimum: int = 0
    maximum: int | None = None
    surcharge: int = 0
    surcharge_after_s: int = 0
    post_call_percent_millionths: int = 0
    later: tuple[Change, ...] = ()
    covered_s: int = 0
    fees_covered: bool = False
    # The same for every leg, so that pricing one is little more than a division.
    _sums: "_Sums" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sums", _Sums(self))

    def cost_micros(self, seconds: int) -> int:
        """What a leg of so many seconds costs. It never falls as the seconds grow."""
        charged_s = seconds - self.free_s
        if charged_s <= 0 or seconds < self.grace_s:
            return 0
        sums = self._sums
        if self.covered_s:
            charged_s -= self.covered_s
            if charged_s <= 0:
                return sums.fees_micros
        for from_s, increment_s, each, before in sums.blocks:
            if charged_s > from_s:
                cost = before - (from_s - charged_s) // increment_s * each
                break
        if charged_s > self.surcharge_after_s:
            cost += sums.surcharge
        if cost < sums.minimum:
            cost = sums.minimum
        if sums.maximum is not None and cost > sums.maximum:
            cost = sums.maximum
        return self.rounding.of(cost, sums.denominator) * sums.step_micros

    def billed_s(self, seconds: int) -> int:
        """The seconds that are charged for: the initial block, then whole increments of what lies
        beyond it; of what is left where some are free or covered (design §6)."""
        charged_s = self.due_s(seconds) - self.covered_s
        if charged_s <= 0:
            return 0
        block = next(block for block in self._sums.blocks if charged_s > block.from_s)
        return block.from_s - (block.from_s - charged_s) // block.increment_s * block.increment_s

    def due_s(self, seconds: int) -> int:
        """The seconds of a leg of so many that are neither free nor of a grace period: buckets
        cover them, or money pays for them."""
        return 0 if seconds < self.grace_s else max(0, seconds - self.free_s)

    @property
    def first_due_s(self) -> int:
        """The length of a leg that is the first not to be free."""
        return max(self.grace_s, self.free_s + 1)

    @property
    def least_micros(self) -> int:
        """The first second that is charged: who cannot pay for that is not connected."""
        return self.cost_micros(self.first_due_s)

    @property
    def is_free(self) -> bool:
        """Whether a leg costs nothing, however long it lasts."""
        return self.percent == 0 or (not self.later and self.cost_micros(LONGEST_LEG_S) == 0)

    def covered(self, seconds: int, *, fees: bool) -> "LegPrice":
        """The price of a leg of which so many seconds are covered, and the fees too if so. It never
        rises as they grow: where the sheet splits, what is left is charged as the leg began."""
        return replace(self, covered_s=seconds, fees_covered=fees) if seconds else self

    def begun(self, at: datetime) -> "LegPrice":
        """The price of a leg that was answered then. It differs only where the sheet splits: an
        increment that overruns the boundary of two periods keeps the price it began with, and all
        but rate and increment stays as it was announced."""
        steps = self.steps
        for change in self.later:
            boundary_s = -((at - change.at) // _SECOND) - self.free_s
            steps = changed_over(steps, boundary_s, change.steps)
        return replace(self, steps=steps, later=()) if self.later else self

    @property
    def per_minute(self) -> Fraction:
        """The rate that a leg begins with, exact, in the currency."""
        return self._share(self.steps[0].rate)

    @property
    def fee(self) -> Fraction:
        """The connection fee, exact, in the currency."""
        return self._share(self.connection_fee)

    def _share(self, amount: int) -> Fraction:
        return Fraction(amount * self.percent, 100 * 10**self.decimals)


class _Sums:
    """A price in the unit of its own that makes everything in it whole: the last block first, fees
    and percentages within."""

    __slots__ = (
        "blocks",
        "denominator",
        "fees_micros",
        "maximum",
        "minimum",
        "step_micros",
        "surcharge",
    )

    def __init__(self, price: LegPrice) -> None:
        # Of 10^-decimals: a sixtieth for the second, a hundredth each for both percentages.
        factor = (_WHOLE + price.post_call_percent_millionths) * price.percent
        denominator = 60 * _WHOLE * 100 * 10**price.decimals // 10**price.digits
        minimum = 60 * _WHOLE * price.percent * price.minimum
        maximum = 60 * _WHOLE * price.percent * (price.maximum or 0)
        common = gcd(factor, denominator, minimum, maximum)
        factor //= common
        fees = 0 if price.fees_covered else 60 * (price.connection_fee + price.disconnect_fee)
        self.blocks = tuple(
            Block(from_s, increment_s, each * factor, (before + fees) * factor)
            for from_s, increment_s, each, before in lay_out(price.steps, price.initial_s)
        )[::-1]
        self.surcharge = 60 * price.surcharge * factor
        self.minimum = minimum // common
        self.maximum = None if price.maximum is None else maximum // common
        self.denominator = denominator // common
        self.step_micros = int(10 ** (6 - price.digits))
        fees = fees * factor if self.maximum is None else min(fees * factor, self.maximum)
        self.fees_micros = price.rounding.of(fees, self.denominator) * self.step_micros
