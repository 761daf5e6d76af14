"""Derived sheets: rows that a base sheet hands down, times a multiplier, plus an addition."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from switchboard.errors import Malformed
from switchboard.rating.row import RATE_DECIMALS, RateRow
from switchboard.rating.tariff import ATTO_DECIMALS, ONE_MILLIONTHS, charges_of, rate_attos
from switchboard.rating.terms import Derivation, SheetTerms

# A rate times a multiplier, once more times a multiplier.
_UNITS_A_PICO = ONE_MILLIONTHS * 10 ** (ATTO_DECIMALS - RATE_DECIMALS)


def handed_down(
    base: Iterable[RateRow], base_terms: SheetTerms, derivation: Derivation, own: Iterable[RateRow]
) -> Iterator[RateRow]:
    """The rows of a derived sheet: its own, and below them those of the base for all prefixes that
    have none of their own.

    An inherited row charges what it says and what the base's defaults say; only the rate differs.
    Where both are silent, the defaults of the derived sheet speak. The rate is one like any other:
    what lies beyond its twelfth decimal is rounded up.
    Malformed where the addition makes it negative.
    """
    rows = [row for row in own if not row.inherited]
    yield from rows
    overridden = {row.prefix for row in rows}
    for row in base:
        if row.prefix not in overridden:
            yield _inherited(row, base_terms, derivation)


def _inherited(row: RateRow, base_terms: SheetTerms, derivation: Derivation) -> RateRow:
    attos = rate_attos(row, base_terms.defaults)
    exact = attos * derivation.multiplier_millionths + derivation.addition_picos * _UNITS_A_PICO
    if exact < 0 and not row.blocked:
        raise Malformed(f"prefix {row.prefix}: the addition makes its rate negative")
    charges = charges_of(row, base_terms)
    return replace(
        row,
        rate_picos=max(0, -(-exact // _UNITS_A_PICO)),
        charges=replace(charges, multiplier_millionths=ONE_MILLIONTHS, addition_picos=0),
        inherited=True,
    )
