"""The price of a callback: both legs together, and how long money lasts."""

from dataclasses import dataclass, replace

from switchboard.rating.rate import LegPrice

# No call is longer than a day; also the end of the search where talk is free.
LONGEST_TALK_S = 86_400


@dataclass(frozen=True, slots=True)
class Quote:
    """The prices that a callback was announced with; it keeps them whatever the sheet does.

    Until the customer has dialled, `destination` is None and that leg costs nothing.
    """

    sheet: str
    version: str
    currency: str
    customer: LegPrice
    destination: LegPrice | None

    def cost_micros(self, customer_s: int, destination_s: int) -> int:
        """Both legs, each rounded by itself."""
        cost = self.customer.cost_micros(customer_s)
        if self.destination is not None:
            cost += self.destination.cost_micros(destination_s)
        return cost

    @property
    def least_micros(self) -> int:
        """One second of both legs, which is one increment of each: less is no call."""
        return self.cost_micros(1, 1)

    def waiting_s(self, micros: int) -> int:
        """The most seconds that the customer leg can run alone and leave the money for one second
        of the destination leg; -1 where it cannot even begin."""
        reserved = 0 if self.destination is None else self.destination.cost_micros(1)
        return replace(self, destination=None).talk_s(micros - reserved)

    def talk_s(self, micros: int, *, customer_s: int = 0, destination_s: int = 0) -> int:
        """The most seconds that both legs can still run on `micros` in all, after they have run
        so long already; -1 where even what has run costs more. A day at most.

        The price never falls as time grows, so a bisection is exact.
        """
        low, high = -1, LONGEST_TALK_S
        while low < high:
            middle = (low + high + 1) // 2
            if self.cost_micros(customer_s + middle, destination_s + middle) <= micros:
                low = middle
            else:
                high = middle - 1
        return low
