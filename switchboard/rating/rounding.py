"""Rounding: once a leg, at the end, and alike for a charge and its refund."""

from enum import Enum


class Rounding(Enum):
    """Where a price between two steps goes. Up is away from zero and down is towards it, so that
    a refund takes back exactly what was charged."""

    UP = "up"
    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    DOWN = "down"

    def of(self, numerator: int, denominator: int) -> int:
        """The quotient as a whole number; the denominator is positive."""
        if numerator < 0:
            return -self.of(-numerator, denominator)
        if self is Rounding.UP:
            return -(-numerator // denominator)
        whole, rest = divmod(numerator, denominator)
        if self is Rounding.HALF_UP:
            return whole + (2 * rest >= denominator)
        if self is Rounding.HALF_EVEN:
            return whole + (2 * rest + whole % 2 > denominator)
        return whole
