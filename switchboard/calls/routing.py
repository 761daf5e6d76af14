"""Routing: which trunks carry a number, in which order, and what a leg over each of them costs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from hashlib import sha256

from switchboard.calls.ending import Party
from switchboard.calls.trunk import Trunk
from switchboard.errors import Malformed, NoExchangeRate, NoRate
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.rating.exchange import Exchange
from switchboard.rating.price import LegPrice
from switchboard.rating.sheet import RateSheet

LONGEST_EXPECTED_S = 86_400


@dataclass(frozen=True, slots=True)
class RoutingTerms:
    """What the operator set for all routes: how long a call is expected to last, in seconds, which
    is what trunks are compared by, and what currencies are worth."""

    expected_s: int = 180
    exchange: Exchange = field(default_factory=Exchange)

    def __post_init__(self) -> None:
        if not 1 <= self.expected_s <= LONGEST_EXPECTED_S:
            raise Malformed(f"a call is expected to last 1 to {LONGEST_EXPECTED_S} seconds")


@dataclass(frozen=True, slots=True)
class TrunkCost:
    """What a leg cost us: an amount in the currency of the trunk's cost sheet, the version and the
    prefix that it was computed by, and what one unit of that currency was in the account's."""

    currency: str
    micros: int
    prefix: str
    sheet: str
    version: str
    rate: Fraction = Fraction(1)

    @property
    def money(self) -> Money:
        """The amount as we pay it."""
        return Money(self.currency, self.micros)

    @property
    def converted_micros(self) -> int:
        """The amount in the account's currency, rounded up: a margin is never flattered."""
        exact = self.micros * self.rate
        return -(-exact.numerator // exact.denominator)


@dataclass(frozen=True, slots=True)
class TrunkPrice:
    """How a leg over a trunk is charged to us, pinned when it was routed; `rate` is what one unit
    of its currency is in the account's."""

    sheet: str
    version: str
    currency: str
    price: LegPrice
    rate: Fraction = Fraction(1)

    def cost(self, seconds: int, answered_at: datetime | None) -> TrunkCost:
        """What a leg of so many seconds costs."""
        price = self.price if answered_at is None else self.price.begun(answered_at)
        micros = price.cost_micros(seconds)
        return TrunkCost(self.currency, micros, price.prefix, self.sheet, self.version, self.rate)


@dataclass(frozen=True, slots=True)
class Way:
    """A number over a trunk, and how that is charged to us, None where it is not known. `micros` is
    the full price of the expected duration in the account's currency, exact."""

    trunk: Trunk
    price: TrunkPrice | None = None
    micros: Fraction | None = None

    @property
    def known_micros(self) -> Fraction:
        """What is known of its cost: nothing, where that is unknown."""
        return self.micros or Fraction()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A trunk that does not carry a number, and why."""

    trunk: Trunk
    why: str


@dataclass(frozen=True, slots=True)
class Route:
    """The ways of a number, first choice first, and the trunks that are none."""

    ways: tuple[Way, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def least_micros(self) -> Fraction:
        """The cost of the cheapest way; one of unknown cost counts as nothing."""
        return min((way.known_micros for way in self.ways), default=Fraction())


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes of both legs; `destination` is None while nobody knows the number. With a loss
    guard, both legs together may cost at most `most_micros` at the expected duration."""

    customer: Route
    destination: Route | None = None
    most_micros: int | None = None

    @property
    def guardable(self) -> bool:
        """Whether both numbers are known, and the cost of at least one way: else there is nothing
        that a guard could compare."""
        if self.destination is None:
            return False
        ways = (*self.customer.ways, *self.destination.ways)
        return any(way.micros is not None for way in ways)

    @property
    def lose(self) -> bool:
        """Whether the guard forbids even the cheapest pair of ways."""
        if self.destination is None:
            return False
        return not self._allows(self.customer.least_micros + self.destination.least_micros)

    def ways(self, party: Party, other: Way | None = None) -> tuple[Way, ...]:
        """The ways of a leg that the guard allows beside `other`, which carries the other leg, or
        will at best. Nothing is known of a callback whose destination is not."""
        if self.destination is None:
            assert party is Party.CUSTOMER, "no leg is placed to a number that is not known"
            return self.customer.ways
        mine, others = self.customer, self.destination
        if party is Party.DESTINATION:
            mine, others = others, mine
        beside = others.least_micros if other is None else other.known_micros
        return tuple(way for way in mine.ways if self._allows(way.known_micros + beside))

    def _allows(self, micros: Fraction) -> bool:
        return self.most_micros is None or micros <= self.most_micros


def route(
    number: PhoneNumber,
    at: datetime,
    trunks: Collection[Trunk],
    sheets: Mapping[str, RateSheet],
    terms: RoutingTerms,
    *,
    currency: str,
    draw: str | None = None,
) -> Route:
    """The ways of a number at an instant: by priority, then by the full price of the expected
    duration in this currency, those of unknown cost last; among equal ones a draw by weight.

    The same `draw` gives the same order; None puts the heavier first. `sheets` has the cost
    sheets of the trunks; where it lacks one, or a currency cannot be converted, the trunk is
    left out.
    """
    ways: list[Way] = []
    left_out: list[LeftOut] = []
    for trunk in sorted(trunks, key=lambda trunk: trunk.name):
        if not trunk.enabled:
            left_out.append(LeftOut(trunk, "it is disabled"))
            continue
        try:
            ways.append(_way(number, at, trunk, sheets, terms, currency))
        except (NoRate, NoExchangeRate) as refusal:
            left_out.append(LeftOut(trunk, refusal.message))
    groups: dict[tuple[int, bool, Fraction], list[Way]] = {}
    for way in ways:
        rank = (way.trunk.priority, way.micros is None, way.known_micros)
        groups.setdefault(rank, []).append(way)
    ordered = [way for rank in sorted(groups) for way in _drawn(groups[rank], draw)]
    return Route(tuple(ordered), tuple(left_out))


def _way(
    number: PhoneNumber,
    at: datetime,
    trunk: Trunk,
    sheets: Mapping[str, RateSheet],
    terms: RoutingTerms,
    currency: str,
) -> Way:
    if trunk.cost_sheet is None:
        return Way(trunk)
    sheet = sheets.get(trunk.cost_sheet)
    if sheet is None:
        raise NoRate(f"there is no rate sheet {trunk.cost_sheet}")
    price = sheet.price(number, at)
    rate = terms.exchange.rate(sheet.terms.currency, currency)
    pinned = TrunkPrice(sheet.name, sheet.version, sheet.terms.currency, price, rate)
    micros = price.begun(at).cost_micros(terms.expected_s) * rate
    return Way(trunk, pinned, micros)


def _drawn(ways: list[Way], draw: str | None) -> Iterator[Way]:
    """One after the other, each with the chance that its weight gives it among those left."""
    left = sorted(ways, key=lambda way: -way.trunk.weight)
    while left:
        place = 0
        if draw is not None and len(left) > 1:
            total = sum(way.trunk.weight for way in left)
            ticket = int.from_bytes(sha256(f"{draw} {len(left)}".encode()).digest()) % total
            while ticket >= left[place].trunk.weight:
                ticket -= left[place].trunk.weight
                place += 1
        yield left.pop(place)
