"""Rate sheets: their versions and terms, published, derived from one another, asked for a price."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from uuid import uuid4

from switchboard.errors import Conflict, Malformed, NotFound
from switchboard.money import check_currency
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.derivation import handed_down
from switchboard.rating.price import LegPrice
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import PLAIN, Charges, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, Derivation, SheetTerms, check_sheet_name

FIRST_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class TermsChange:
    """New terms of a sheet; what is None stays as it was."""

    digits: int | None = None
    customer_leg_percent: int | None = None
    rounding: Rounding | None = None
    time_zone: str | None = None
    holidays: frozenset[date] | None = None
    at_boundary: AtBoundary | None = None
    least_digits: int | None = None
    most_digits: int | None = None
    defaults: Charges | None = None

    def over(self, terms: SheetTerms) -> SheetTerms:
        """These terms, changed."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        changes = {name: value for name, value in given.items() if value is not None}
        if self.defaults is not None:
            changes["defaults"] = self.defaults.over(terms.defaults)
        return replace(terms, **changes)


def terms_for(
    ports: Ports,
    name: str,
    *,
    currency: str | None,
    digits: int | None = None,
    customer_leg_percent: int | None = None,
) -> SheetTerms:
    """The terms of a sheet's next version: those of the one before, but for what is given here.
    A new sheet is in the currency that all others have, or the first one in dollars, unless it is
    given; a sheet never changes it."""
    check_sheet_name(name)
    try:
        before = ports.sheets.current(name, fresh=True).terms
    except NotFound:
        before = SheetTerms(check_currency(currency or _usual_currency(ports, name)))
    if currency is not None and check_currency(currency) != before.currency:
        raise Conflict(f"sheet {name} is in {before.currency}, and accounts are priced by it")
    return TermsChange(digits, customer_leg_percent).over(before)


def _usual_currency(ports: Ports, new: str) -> str:
    found = {ports.sheets.current(name).terms.currency for name in ports.sheets.names()}
    if len(found) > 1:
        raise Malformed(f"sheet {new} is new: give its currency, like {' or '.join(sorted(found))}")
    return found.pop() if found else FIRST_CURRENCY


def new_version(ports: Ports, name: str, terms: SheetTerms, rows: Iterable[RateRow]) -> RateSheet:
    """A sheet of these rows, which nobody quotes by before it is published. Where the terms derive
    it from a base sheet, that one's rows are taken anew, as it is published now."""
    if terms.derivation is None:
        return RateSheet.of(name, _next(ports), terms, rows)
    base = ports.sheets.current(terms.derivation.base, fresh=True)
    return _derived(ports, name, terms, rows, base)


def publish(ports: Ports, sheet: RateSheet, *, after: str | None = None) -> list[RateSheet]:
    """Make this version the one that new quotes use, and remake every sheet that derives from it,
    level by level; gives all that were published.

    It may be an earlier version; one of a derived sheet is then remade with the rows that its base
    has now. With `after`, Conflict where another version was published since. Where one of the
    sheets cannot be made, nothing is published.
    """
    _rehearse(ports, sheet)
    ports.sheets.publish(sheet, after=after)
    published = [sheet]
    for name in ports.sheets.names():
        published += _caught_up(ports, name)
    return published


def change_terms(ports: Ports, name: str, change: TermsChange) -> list[RateSheet]:
    """Publish a sheet with its rows as they are under other terms, and what derives from it."""
    before = ports.sheets.current(name, fresh=True)
    sheet = new_version(ports, name, change.over(before.terms), before.rows)
    return publish(ports, sheet, after=before.version)


def derive(ports: Ports, name: str, derivation: Derivation, change: TermsChange) -> list[RateSheet]:
    """Publish a sheet that takes its rows from a base sheet, now and whenever that is published.

    A sheet that is there already keeps its rows, which then stand above those of the base, and
    its terms; a new one begins with the terms of the base.
    """
    check_sheet_name(name)
    base = ports.sheets.current(check_sheet_name(derivation.base), fresh=True)
    try:
        before: RateSheet | None = ports.sheets.current(name, fresh=True)
    except NotFound:
        before = None
    terms = before.terms if before is not None else replace(base.terms, defaults=PLAIN)
    if terms.currency != base.terms.currency:
        raise Conflict(f"sheet {name} is in {terms.currency}, {base.name} in {base.terms.currency}")
    terms = replace(change.over(terms), derivation=derivation)
    sheet = _derived(ports, name, terms, () if before is None else before.rows, base)
    return publish(ports, sheet, after=None if before is None else before.version)


def price_of_leg(
    ports: Ports, name: str, number: PhoneNumber, at: datetime | None = None
) -> tuple[RateSheet, LegPrice]:
    """How a sheet charges a leg to this number that is answered at an instant, or now. NoRate
    where it does not."""
    sheet = ports.sheets.current(name)
    answered_at = at or ports.clock.now()
    return sheet, sheet.price(number, answered_at).begun(answered_at)


def _derived(
    ports: Ports, name: str, terms: SheetTerms, own: Iterable[RateRow], base: RateSheet
) -> RateSheet:
    assert terms.derivation is not None, "the caller has looked"
    _check_circle(ports, name, base)
    derivation = replace(terms.derivation, version=base.version)
    # Inherited windows go by the clocks that they were written for.
    zone, holidays = base.terms.time_zone, base.terms.holidays
    terms = replace(terms, time_zone=zone, holidays=holidays, derivation=derivation)
    rows = handed_down(base.rows, base.terms, derivation, own)
    return RateSheet.of(name, _next(ports), terms, rows)


def _check_circle(ports: Ports, name: str, base: RateSheet) -> None:
    path = [name, base.name]
    while path[-1] != name and base.terms.derivation is not None:
        path.append(base.terms.derivation.base)
        base = ports.sheets.current(path[-1], fresh=True)
    if path[-1] == name:
        raise Malformed(f"sheet {name} would derive from itself: {' from '.join(path)}")


def _rehearse(ports: Ports, base: RateSheet) -> None:
    for sheet in _derived_from(ports, base.name):
        _rehearse(ports, _derived(ports, sheet.name, sheet.terms, sheet.rows, base))


def _derived_from(ports: Ports, name: str) -> Iterator[RateSheet]:
    for other in ports.sheets.names():
        sheet = ports.sheets.current(other, fresh=True)
        if sheet.terms.derivation is not None and sheet.terms.derivation.base == name:
            yield sheet


def _caught_up(ports: Ports, name: str) -> list[RateSheet]:
    """What had to be published, since this sheet or one below it was behind its base."""
    sheet = ports.sheets.current(name, fresh=True)
    derivation = sheet.terms.derivation
    if derivation is None:
        return []
    if ports.sheets.current(derivation.base, fresh=True).version == derivation.version:
        return []
    remade = new_version(ports, name, sheet.terms, sheet.rows)
    try:
        return publish(ports, remade, after=sheet.version)
    except Conflict:  # somebody else was quicker: look again
        return _caught_up(ports, name)


def _next(ports: Ports) -> str:
    return f"{ports.clock.now():%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
