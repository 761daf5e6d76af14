"""Exchange rates, exact: what one unit of a currency is in another."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Self

from switchboard.errors import Conflict, Malformed, NoExchangeRate, NotFound

# A rate carries so many decimals.
EXCHANGE_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Exchange:
    """A table of rates, all into one currency, so that any two are converted in one way only:
    `rates` has what one unit of a currency is in `base`, in 10^-12 of that."""

    base: str | None = None
    rates: Mapping[str, int] = field(default_factory=dict)

    def rate(self, source: str, target: str) -> Fraction:
        """What one unit of `source` is in `target`. NoExchangeRate names both where it is not
        known."""
        if source == target:
            return Fraction(1)
        one, other = self._in_base(source), self._in_base(target)
        if one is None or other is None:
            raise NoExchangeRate(f"there is no exchange rate between {source} and {target}")
        return one / other

    def joins(self, source: str, target: str) -> bool:
        """Whether the one can be converted into the other."""
        known = self._in_base(source) is not None and self._in_base(target) is not None
        return source == target or known

    def with_rate(self, source: str, target: str, units: int) -> Self:
        """With this rate, in the place of the one there was. The first decides the base; Conflict
        where a later one is into another currency."""
        if source == target:
            raise Malformed(f"one {source} is one {target}")
        if units <= 0:
            raise Malformed("an exchange rate is more than nothing")
        if self.rates and target != self.base:
            raise Conflict(f"all rates are into {self.base}: say what one {source} is in that")
        return replace(self, base=target, rates={**self.rates, source: units})

    def without(self, source: str) -> Self:
        """Without the rate of this currency. NotFound where there is none."""
        if source not in self.rates:
            raise NotFound(f"there is no exchange rate of {source}")
        return replace(self, rates={name: of for name, of in self.rates.items() if name != source})

    def _in_base(self, currency: str) -> Fraction | None:
        if currency == self.base:
            return Fraction(1)
        units = self.rates.get(currency)
        return None if units is None else Fraction(units, 10**EXCHANGE_DECIMALS)
