"""One rate, and what a leg of so many seconds costs by it."""

from dataclasses import dataclass

from switchboard.errors import Malformed

# Rates carry twelve decimals, six more than money has: a price is rounded once, at its end.
RATE_DECIMALS = 12
PICOS_PER_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one prefix. Amounts are in 10^-12 of the sheet's currency, times in seconds."""

    prefix: str
    destination: str
    per_minute_picos: int
    connection_fee_picos: int = 0
    initial_s: int = 1
    increment_s: int = 1
    blocked: bool = False

    def __post_init__(self) -> None:
        if not (self.prefix.isascii() and self.prefix.isdigit()):
            raise Malformed(f"prefix “{self.prefix[:20]}” is not made of digits")
        if self.per_minute_picos < 0 or self.connection_fee_picos < 0:
            raise Malformed("a rate and a connection fee are not negative")
        if self.initial_s < 1 or self.increment_s < 1:
            raise Malformed("initial and increment are at least one second")

    def billed_s(self, seconds: int) -> int:
        """The seconds charged for a leg of `seconds`: 0 for 0, the initial block, then whole
        increments of what lies beyond it (design §6)."""
        if seconds <= 0:
            return 0
        beyond = max(0, seconds - self.initial_s)
        return self.initial_s + -(-beyond // self.increment_s) * self.increment_s


@dataclass(frozen=True, slots=True)
class LegPrice:
    """How one leg is charged: a rate, the share of it in percent, and the decimals that the
    price is rounded up to."""

    rate: Rate
    percent: int = 100
    digits: int = 4

    def cost_micros(self, seconds: int) -> int:
        """What a leg of so many seconds costs, rounded up once, at the end. Zero for zero."""
        billed = self.rate.billed_s(seconds)
        if billed == 0:
            return 0
        # In units of 10^-12 / 6000, in which a second's share and a percentage are whole.
        exact = (
            60 * self.rate.connection_fee_picos + self.rate.per_minute_picos * billed
        ) * self.percent
        step_micros = int(10 ** (6 - self.digits))
        return -(-exact // (6000 * PICOS_PER_MICRO * step_micros)) * step_micros
