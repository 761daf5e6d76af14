"""Rate sheets, their rows, and what a call would cost."""

from fractions import Fraction

from switchboard.numbering import PhoneNumber
from switchboard.rating.columns import CHARGE_COLUMNS, format_units
from switchboard.rating.deck.periods import format_days, format_hours
from switchboard.rating.price import LegPrice
from switchboard.rating.quote import Quote
from switchboard.rating.row import PLAIN, RATE_DECIMALS, Charges, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.tariff import charges_of
from switchboard.rating.terms import SheetTerms
from switchboard.wire.forms import Body, exact, maybe_instant

# What is charged where neither a row nor its sheet says so; nothing, where it is not here.
_PLAINEST: Body = {"connection_fee": "0.00", "initial": 1, "increment": 1}


def quote_body(quote: Quote, customer: PhoneNumber, destination: PhoneNumber, talk_s: int) -> Body:
    """The price of both legs, together and each, beyond what an account has included, and how long
    they could talk."""
    prices = [price for price in (quote.customer, quote.destination) if price is not None]
    return {
        "currency": quote.currency,
        "per_minute": exact(sum((price.per_minute for price in prices), Fraction())),
        "connection_fee": exact(sum((price.fee for price in prices), Fraction())),
        "talk_seconds": talk_s,
        "from": leg_price_body(customer, quote.customer),
        "to": None if quote.destination is None else leg_price_body(destination, quote.destination),
    }


def leg_price_body(number: PhoneNumber, price: LegPrice) -> Body:
    """How a leg to this number is charged."""
    return {
        "number": str(number),
        "prefix": price.prefix,
        "destination": price.destination,
        "per_minute": exact(price.per_minute),
        "connection_fee": exact(price.fee),
        "initial_seconds": price.initial_s,
        "increment_seconds": price.steps[0].increment_s,
    }


def sheet_body(sheet: RateSheet) -> Body:
    """A version of a rate sheet and its terms, without its rows."""
    terms, derivation = sheet.terms, sheet.terms.derivation
    return {
        "sheet": sheet.name,
        "version": sheet.version,
        "currency": terms.currency,
        "prefixes": sheet.rows.prefixes,
        "digits": terms.digits,
        "rounding": terms.rounding.value,
        "customer_leg_percent": terms.customer_leg_percent,
        "time_zone": terms.time_zone,
        "holidays": [day.isoformat() for day in sorted(terms.holidays)],
        "at_boundary": terms.at_boundary.value,
        "least_digits": terms.least_digits,
        "most_digits": terms.most_digits,
        "defaults": _charges_body(PLAIN.in_sheet(terms.defaults)),
        "base": None if derivation is None else derivation.base,
    }


def rate_body(row: RateRow, terms: SheetTerms) -> Body:
    """One row of a rate sheet by its canonical columns (design §8), with the sheet's defaults in
    it, and whether a base sheet handed it down."""
    return {
        "prefix": row.prefix,
        "destination": row.destination or row.prefix,
        "rate": format_units(row.rate_picos, decimals=RATE_DECIMALS, least=2),
        **_charges_body(charges_of(row, terms)),
        "blocked": row.blocked,
        "effective_from": maybe_instant(row.effective_from),
        "effective_until": maybe_instant(row.effective_until),
        "days": format_days(row.window),
        "hours": format_hours(row.window),
        "weight": row.weight,
        "step_from": row.step_from_s,
        "inherited": row.inherited,
    }


def _charges_body(charges: Charges) -> Body:
    """Charges by their canonical columns; those that nobody named are as plain as they can be."""
    body: Body = {}
    for column, (field, decimals) in CHARGE_COLUMNS.items():
        value = getattr(charges, field)
        if value is None:
            body[column] = _PLAINEST.get(column)
        else:
            body[column] = format_units(value, decimals=decimals, least=2) if decimals else value
    return body
