"""Rate sheets: their versions and terms, published, derived from one another, asked for a price."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from uuid import uuid4

from switchboard.errors import AlreadyExists, Conflict, Malformed, NotFound
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
# How the name of a version begins.
_MADE = "%Y%m%dT%H%M%S"

# Told how many rows were read.
Tell = Callable[[int], object]


def untold(_rows: int) -> None:
    """Nobody asks how far it is."""


def told(rows: Iterable[RateRow], tell: Tell) -> Iterator[RateRow]:
    """The rows, with how many they are by now told on the way."""
    for number, row in enumerate(rows, start=1):
        tell(number)
        yield row


@dataclass(frozen=True, slots=True)
class TermsChange:
    """New terms of a sheet; what is None stays as it was. `defaults` are put over those that there
    are, `all_defaults` in their place."""

    digits: int | None = None
    customer_leg_percent: int | None = None
    rounding: Rounding | None = None
    time_zone: str | None = None
    holidays: frozenset[date] | None = None
    at_boundary: AtBoundary | None = None
    least_digits: int | None = None
    most_digits: int | None = None
    defaults: Charges | None = None
    all_defaults: Charges | None = None

    def over(self, terms: SheetTerms) -> SheetTerms:
        """These terms, changed."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        changes = {name: value for name, value in given.items() if value is not None}
        known = changes.pop("all_defaults", terms.defaults)
        changes["defaults"] = known if self.defaults is None else self.defaults.over(known)
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


def new_version(
    ports: Ports, name: str, terms: SheetTerms, rows: Iterable[RateRow], version: str = ""
) -> RateSheet:
    """A sheet of these rows, which nobody quotes by before it is published; of a version of this
    name, or a new one. Where the terms derive it from a base sheet, that one's rows are taken anew,
    as it is published now."""
    if terms.derivation is None:
        return RateSheet.of(name, version or version_name(ports), terms, rows)
    base = ports.sheets.current(terms.derivation.base, fresh=True)
    return _derived(ports, name, terms, rows, base, version)


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


def add_sheet(ports: Ports, name: str, terms: SheetTerms) -> RateSheet:
    """A new sheet, without rates. AlreadyExists where its name is taken."""
    check_sheet_name(name)
    if name in ports.sheets.names():
        raise AlreadyExists(f"there is a rate sheet {name} already")
    sheet = RateSheet.of(name, version_name(ports), terms, ())
    ports.sheets.publish(sheet)
    return sheet


def change_terms(
    ports: Ports,
    name: str,
    change: TermsChange,
    *,
    on: str | None = None,
    version: str = "",
    tell: Tell = untold,
) -> list[RateSheet]:
    """Publish a sheet with its rows as they are under other terms, as a version of this name or a
    new one, and what derives from it. Conflict where it is not meant for the published version
    (`on`)."""
    before = published_on(ports, name, on)
    rows = told(before.rows, tell)
    sheet = new_version(ports, name, change.over(before.terms), rows, version)
    return publish(ports, sheet, after=before.version)


def published_on(ports: Ports, name: str, on: str | None) -> RateSheet:
    """The published version, as it is now. Conflict where it is not the one that somebody looked
    at (`on`), if that is said."""
    sheet = ports.sheets.current(name, fresh=True)
    if on is not None and sheet.version != on:
        raise Conflict(
            f"sheet {name} was published by somebody else in between: look at what it says now,"
            " and send this again if it is still meant"
        )
    return sheet


def version_name(ports: Ports) -> str:
    """A name for a version that is made now."""
    return f"{ports.clock.now().strftime(_MADE)}-{uuid4().hex[:6]}"


def made_at(version: str) -> datetime | None:
    """When a version was made; None where its name does not tell."""
    try:
        return datetime.strptime(version.partition("-")[0], _MADE).replace(tzinfo=UTC)
    except ValueError:
        return None


def derive(
    ports: Ports,
    name: str,
    derivation: Derivation,
    change: TermsChange,
    *,
    version: str = "",
    tell: Tell = untold,
) -> list[RateSheet]:
    """Publish a sheet that takes its rows from a base sheet, now and whenever that is published, as
    a version of this name or a new one.

    A sheet that is there already keeps its rows, which then stand above those of the base, and
    its terms; a new one begins with the terms of the base.
    """
    base, before = check_derivation(ports, name, derivation)
    terms = before.terms if before is not None else replace(base.terms, defaults=PLAIN)
    terms = replace(change.over(terms), derivation=derivation)
    rows = () if before is None else told(before.rows, tell)
    sheet = _derived(ports, name, terms, rows, base, version)
    return publish(ports, sheet, after=None if before is None else before.version)


def check_derivation(
    ports: Ports, name: str, derivation: Derivation
) -> tuple[RateSheet, RateSheet | None]:
    """The base of a derivation, and the sheet that is to take its rows from there, if there is one
    by now. Refuses what cannot derive from it."""
    check_sheet_name(name)
    base = ports.sheets.current(check_sheet_name(derivation.base), fresh=True)
    before = perhaps(ports, name)
    if before is not None and before.terms.currency != base.terms.currency:
        mine = before.terms.currency
        raise Conflict(f"sheet {name} is in {mine}, {base.name} in {base.terms.currency}")
    _check_circle(ports, name, base)
    return base, before


def perhaps(ports: Ports, name: str) -> RateSheet | None:
    """The sheet as it is published now, if there is one."""
    try:
        return ports.sheets.current(name, fresh=True)
    except NotFound:
        return None


def count_derived(ports: Ports, name: str) -> int:
    """How many sheets are made anew when this one is published."""
    bases = {
        sheet.name: sheet.terms.derivation.base
        for sheet in ports.sheets.all()
        if sheet.terms.derivation is not None
    }
    found = {name}
    while more := {one for one, base in bases.items() if base in found} - found:
        found |= more
    return len(found) - 1


def price_of_leg(
    ports: Ports, name: str, number: PhoneNumber, at: datetime | None = None
) -> tuple[RateSheet, LegPrice]:
    """How a sheet charges a leg to this number that is answered at an instant, or now. NoRate
    where it does not."""
    sheet = ports.sheets.current(name)
    answered_at = at or ports.clock.now()
    return sheet, sheet.price(number, answered_at).begun(answered_at)


def _derived(
    ports: Ports,
    name: str,
    terms: SheetTerms,
    own: Iterable[RateRow],
    base: RateSheet,
    version: str = "",
) -> RateSheet:
    assert terms.derivation is not None, "the caller has looked"
    _check_circle(ports, name, base)
    derivation = replace(terms.derivation, version=base.version)
    # Inherited windows go by the clocks that they were written for.
    zone, holidays = base.terms.time_zone, base.terms.holidays
    terms = replace(terms, time_zone=zone, holidays=holidays, derivation=derivation)
    rows = handed_down(base.rows, base.terms, derivation, own)
    return RateSheet.of(name, version or version_name(ports), terms, rows)


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
