"""The price of a callback: both legs together, and how long money lasts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from switchboard.ledger.cover import NO_COVER, Cover, Take, burn, covers_fees, length_s
from switchboard.rating.price import LONGEST_LEG_S, LegPrice

# Also the end of the search where talk is free.
LONGEST_TALK_S = LONGEST_LEG_S


@dataclass(frozen=True, slots=True)
class Quote:
    """The prices that a callback was announced with; it keeps them whatever the sheet does.

    Until the customer has dialled, `destination` is None and that leg costs nothing. `cover` is
    what buckets cover of both legs, by now, and `earlier_micros` what other destinations cost
    before this one.
    """

    sheet: str
    version: str
    currency: str
    customer: LegPrice
    destination: LegPrice | None
    cover: Cover = NO_COVER
    earlier_micros: int = 0

    def cost_micros(self, customer_s: int, destination_s: int) -> int:
        """All legs, each rounded by itself. It never falls as either of the two grows."""
        customer, destination = self.legs(customer_s)
        cost = self.earlier_micros + customer.cost_micros(customer_s)
        if destination is not None:
            cost += destination.cost_micros(destination_s)
        return cost

    def legs(self, customer_s: int) -> tuple[LegPrice, LegPrice | None]:
        """The prices of both legs, the destination's after the customer leg has burned what so many
        seconds of it do."""
        customer, destination = self.customer, self.destination
        if not self.cover.takes:
            return customer, destination
        if destination is not None:
            destination = _covered(destination, self.cover.destination(customer.due_s(customer_s)))
        return _covered(customer, self.cover.customer), destination

    def covered_s(self, customer_s: int, destination_s: int) -> tuple[int, int]:
        """The included seconds that each leg burns."""
        due_s = self.customer.due_s(customer_s)
        burned = burn(self.cover.customer, due_s)
        other_s = 0 if self.destination is None else self.destination.due_s(destination_s)
        others = burn(self.cover.destination(due_s), other_s)
        return sum(burned.values()), sum(others.values())

    @property
    def least_micros(self) -> int:
        """One increment of each leg, also where the first seconds are free: who has less than
        that is not connected."""
        return self.start_micros(0)

    def start_micros(self, customer_s: int) -> int:
        """What it takes to begin with the destination leg after the customer leg has run for so
        long: a second more of that one, and one increment of each at least."""
        running_s = max(customer_s + 1, self.customer.first_due_s)
        return self.cost_micros(running_s, self.destination_least_s)

    def waiting_s(self, micros: int) -> int:
        """The most seconds that the customer leg can run alone and leave the money for one
        increment of the destination leg; -1 where it cannot even begin."""
        least_s = self.destination_least_s
        return most_s(lambda seconds: self.cost_micros(seconds, least_s) <= micros)

    def talk_s(self, micros: int, *, customer_s: int = 0, destination_s: int = 0) -> int:
        """The most seconds that both legs can still run on `micros` in all, after they have run
        so long already; -1 where even what has run costs more. A day at most."""
        return most_s(
            lambda more_s: self.cost_micros(customer_s + more_s, destination_s + more_s) <= micros
        )

    def begun(self, customer: datetime | None, destination: datetime | None) -> "Quote":
        """The prices of legs that were answered at these instants, None where one was not yet.
        They differ only where the sheet splits calls at the boundary of two periods."""
        quote = self
        if customer is not None:
            quote = replace(quote, customer=quote.customer.begun(customer))
        if destination is not None and quote.destination is not None:
            quote = replace(quote, destination=quote.destination.begun(destination))
        return quote

    @property
    def destination_least_s(self) -> int:
        """The seconds for which the destination leg is charged as soon as it is answered."""
        return 0 if self.destination is None else self.destination.first_due_s


def _covered(price: LegPrice, takes: tuple[Take, ...]) -> LegPrice:
    return price.covered(length_s(takes), fees=covers_fees(takes))


def most_s(fits: Callable[[int], bool]) -> int:
    """The most seconds that fit, a day at most; -1 where not even none do. A price never falls as
    time grows, so a bisection is exact."""
    low, high = -1, LONGEST_TALK_S
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
