"""A rate sheet: the prices of one seller, found by the longest prefix of a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from switchboard.errors import Malformed, NoRate
from switchboard.numbering import PhoneNumber
from switchboard.rating.quote import Quote
from switchboard.rating.rate import LegPrice, Rate


@dataclass(frozen=True, slots=True)
class SheetTerms:
    """What holds for a whole sheet: its currency, the decimals a price is rounded up to, and
    the share of its own price, in percent, that the customer leg costs (0: it is free)."""

    currency: str
    digits: int = 4
    customer_leg_percent: int = 100

    def __post_init__(self) -> None:
        if not 0 <= self.digits <= 6:
            raise Malformed("a price is rounded to 0 to 6 decimals")
        if not 0 <= self.customer_leg_percent <= 1000:
            raise Malformed("the customer leg costs 0 to 1000 percent of its rate")


@dataclass(frozen=True, slots=True)
class RateSheet:
    """One version of a sheet; it never changes."""

    name: str
    version: str
    terms: SheetTerms
    rates: Mapping[str, Rate]

    @classmethod
    def of(cls, name: str, version: str, terms: SheetTerms, rates: Iterable[Rate]) -> Self:
        """A sheet of these rates. Malformed where two have the same prefix."""
        by_prefix: dict[str, Rate] = {}
        for rate in rates:
            if rate.prefix in by_prefix:
                raise Malformed(f"prefix {rate.prefix} stands in the sheet twice")
            by_prefix[rate.prefix] = rate
        return cls(name, version, terms, MappingProxyType(by_prefix))

    def rate_for(self, number: PhoneNumber) -> Rate:
        """The rate of the longest prefix. NoRate where there is none, or the longest is blocked:
        a blocked prefix never falls back to a shorter one."""
        digits = number.digits
        for length in range(len(digits), 0, -1):
            rate = self.rates.get(digits[:length])
            if rate is not None:
                if rate.blocked:
                    raise NoRate(f"calls to {rate.destination} are not possible")
                return rate
        raise NoRate("calls to this number are not possible: there is no rate for it")

    def quote(self, customer: PhoneNumber, destination: PhoneNumber | None) -> Quote:
        """The price of both legs, or of the customer's alone while nobody knows the other."""
        return Quote(
            sheet=self.name,
            version=self.version,
            currency=self.terms.currency,
            customer=self._price(customer, self.terms.customer_leg_percent),
            destination=None if destination is None else self._price(destination, 100),
        )

    def _price(self, number: PhoneNumber, percent: int) -> LegPrice:
        return LegPrice(self.rate_for(number), percent, self.terms.digits)
