"""A rate sheet: the prices of one seller, found by the longest prefix of a number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Protocol, Self

from switchboard.errors import Malformed, NoRate
from switchboard.numbering import PhoneNumber
from switchboard.rating.destinations import Destination, destinations_of
from switchboard.rating.price import LegPrice
from switchboard.rating.quote import LONGEST_TALK_S, Quote
from switchboard.rating.row import RateRow
from switchboard.rating.tariff import Period, Tariff
from switchboard.rating.terms import AtBoundary, SheetTerms

# The rows of a prefix stand on one page, which the store keeps in one item.
MOST_ROWS_A_PREFIX = 500
# From the quote to the end of the longest call, with patience and ringing before it.
LONGEST_VIEW = timedelta(seconds=LONGEST_TALK_S, hours=1)


class Rows(Protocol):
    """The rows of one version of a sheet, wherever they are kept."""

    @property
    def prefixes(self) -> int:
        """How many prefixes have rows."""

    def under(self, digits: str) -> Iterator[Tariff]:
        """The tariffs of those prefixes that a number begins with, the longest first."""

    def destinations(self) -> Sequence[Destination]:
        """The names of its destinations, in their order."""

    def since(self, prefix: str) -> Iterator[RateRow]:
        """The rows of this prefix and of all behind it, by prefix, read as far as they are asked
        for."""

    def __iter__(self) -> Iterator[RateRow]:
        """Every row, by prefix."""


@dataclass(frozen=True, slots=True)
class RateSheet:
    """One version of a sheet; it never changes."""

    name: str
    version: str
    terms: SheetTerms
    rows: Rows

    @classmethod
    def of(cls, name: str, version: str, terms: SheetTerms, rows: Iterable[RateRow]) -> Self:
        """A sheet of these rows. Malformed where two rows of a prefix contradict each other."""
        return cls(name, version, terms, Table(rows, terms))

    def price(self, number: PhoneNumber, at: datetime, *, percent: int = 100) -> LegPrice:
        """How a leg that is announced at this instant is charged.

        The longest prefix that has a price then is the one that counts. NoRate where there is
        none, where it is blocked (it never falls back to a shorter one), or where no number of
        this sheet is so long or so short.
        """
        terms, digits = self.terms, number.digits
        if not terms.least_digits <= len(digits) <= terms.most_digits:
            raise NoRate(
                f"calls to this number are not possible: it has {len(digits)} digits, where"
                f" {terms.least_digits} to {terms.most_digits} are dialled"
            )
        period = self._period_at(digits, at)
        if period is None:
            raise NoRate("calls to this number are not possible: there is no rate for it")
        if period.blocked:
            raise NoRate(f"calls to {period.destination} are not possible")
        if terms.at_boundary is AtBoundary.PIN:
            return period.price(percent)
        return period.price(percent, list(self._later(digits, at, period)))

    def quote(self, customer: PhoneNumber, destination: PhoneNumber | None, at: datetime) -> Quote:
        """The price of both legs, or of the customer's alone while nobody knows the other."""
        share = self.terms.customer_leg_percent
        return Quote(
            sheet=self.name,
            version=self.version,
            currency=self.terms.currency,
            customer=self.price(customer, at, percent=share),
            destination=None if destination is None else self.price(destination, at),
        )

    def _period_at(self, digits: str, at: datetime) -> Period | None:
        for tariff in self.rows.under(digits):
            period = tariff.period_at(at)
            if period is not None:
                return period
        return None

    def _later(
        self, digits: str, at: datetime, announced: Period
    ) -> Iterator[tuple[datetime, Period]]:
        """The periods that a call may run into. Where one has no price, or is blocked, the call
        goes on at the price it has."""
        until = at + LONGEST_VIEW
        turns = {turn for tariff in self.rows.under(digits) for turn in tariff.turns(at, until)}
        present = announced
        for turn in sorted(turns):
            following = self._period_at(digits, turn)
            if following not in (None, present) and not following.blocked:
                yield turn, following
                present = following


class Table:
    """`Rows` in memory."""

    def __init__(self, rows: Iterable[RateRow], terms: SheetTerms) -> None:
        by_prefix = attrgetter("prefix")
        ordered = sorted(rows, key=by_prefix)
        self._tariffs = {
            prefix: _tariff(tuple(of_prefix), terms)
            for prefix, of_prefix in groupby(ordered, by_prefix)
        }
        self._lengths = PrefixLengths(self._tariffs)

    @property
    def prefixes(self) -> int:
        """How many prefixes have rows."""
        return len(self._tariffs)

    def under(self, digits: str) -> Iterator[Tariff]:
        """The tariffs of those prefixes that a number begins with, the longest first."""
        return filter(None, map(self._tariffs.get, self._lengths.beginnings(digits)))

    def destinations(self) -> Sequence[Destination]:
        """The names of its destinations, in their order."""
        return list(destinations_of(self))

    def since(self, prefix: str) -> Iterator[RateRow]:
        """The rows of this prefix and of all behind it, by prefix."""
        for known, tariff in self._tariffs.items():
            if known >= prefix:
                yield from tariff.rows

    def __iter__(self) -> Iterator[RateRow]:
        for tariff in self._tariffs.values():
            yield from tariff.rows


def _tariff(rows: tuple[RateRow, ...], terms: SheetTerms) -> Tariff:
    if len(rows) > MOST_ROWS_A_PREFIX:
        raise Malformed(
            f"prefix {rows[0].prefix} has {len(rows)} rows: at most {MOST_ROWS_A_PREFIX}"
        )
    return Tariff(rows, terms)


class PrefixLengths:
    """How long the prefixes of a sheet are: so many of a number's beginnings can be among them."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        lengths = {len(prefix) for prefix in prefixes}
        self._slices = [slice(length) for length in sorted(lengths, reverse=True)]

    def beginnings(self, digits: str) -> Iterator[str]:
        """The beginnings of a number that may be prefixes, the longest first."""
        return map(digits.__getitem__, self._slices)
