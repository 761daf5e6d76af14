"""Money: a whole number of millionths of one currency."""

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext

from switchboard.errors import Malformed

MICROS = 1_000_000
# ISO 4217 amounts of any operator fit; DynamoDB's 38 digits are far away.
LARGEST_MICROS = 10**18
# Decimal reads more than people mean by an amount: 1e999999, 1_000, infinity.
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of `currency` (ISO 4217) in millionths. Two currencies never meet in one sum."""

    currency: str
    micros: int

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """The amount that a decimal string says, exactly. Malformed where it is no number, or
        has more than six decimals."""
        return cls(currency, parse_units(text, decimals=6))

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in this currency."""
        return cls(currency, 0)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.currency, self.micros + self._same(other).micros)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.currency, self.micros - self._same(other).micros)

    def __neg__(self) -> "Money":
        return Money(self.currency, -self.micros)

    def __lt__(self, other: "Money") -> bool:
        return self.micros < self._same(other).micros

    def __le__(self, other: "Money") -> bool:
        return self.micros <= self._same(other).micros

    @property
    def decimal(self) -> str:
        """The amount as a decimal string with at least two and at most six decimals."""
        return format_micros(self.micros)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def _same(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added or compared")
        return other


def parse_units(text: str, *, decimals: int) -> int:
    """A plain decimal string as a whole number of units of 10^-decimals; never through a float.

    Malformed where it is no number, has more decimals, or is beyond what an account can hold.
    """
    shown = text.strip()
    if len(shown) > 40 or not _PLAIN.fullmatch(shown):
        raise Malformed(f"“{shown[:40]}” is not an amount: write it like 12.50")
    with localcontext(prec=80):  # wide enough that nothing below can round
        amount = Decimal(shown)
        if abs(amount) * MICROS > LARGEST_MICROS:
            raise Malformed(f"“{shown}” is more than an account can hold")
        units = amount.scaleb(decimals)
        if units != units.to_integral_value():
            raise Malformed(f"“{shown}” has more than {decimals} decimals")
        return int(units)


def format_micros(micros: int, *, digits: int = 2) -> str:
    """A decimal string with at least `digits` decimals and no more zeros than that."""
    sign = "-" if micros < 0 else ""
    whole, rest = divmod(abs(micros), MICROS)
    decimals = f"{rest:06d}".rstrip("0").ljust(digits, "0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def check_currency(text: str) -> str:
    """An ISO 4217 code in capitals. Malformed where it is none."""
    code = text.strip().upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise Malformed(f"“{text[:40]}” is not a currency: write three letters, like EUR")
    return code
