"""Rate sheets: imported from decks, and asked for a price."""

from dataclasses import dataclass
from uuid import uuid4

from switchboard.errors import Conflict, Malformed, NotFound
from switchboard.money import check_currency
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.deck import read_deck
from switchboard.rating.rate import LegPrice
from switchboard.rating.sheet import RateSheet, SheetTerms


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import changes: prefixes that come, go, and change, against the published sheet."""

    sheet: RateSheet
    added: int
    removed: int
    changed: int


def terms_for(
    ports: Ports,
    name: str,
    *,
    currency: str | None,
    digits: int | None,
    customer_leg_percent: int | None,
) -> SheetTerms:
    """The terms of a sheet's next version: those of the one before, but for what is given here.
    A new sheet needs a currency, and a sheet never changes it."""
    try:
        before = ports.sheets.current(name).terms
    except NotFound:
        if currency is None:
            raise Malformed(f"sheet {name} is new: give its currency") from None
        before = SheetTerms(check_currency(currency))
    if currency is not None and check_currency(currency) != before.currency:
        raise Conflict(f"sheet {name} is in {before.currency}, and accounts are priced by it")
    return SheetTerms(
        before.currency,
        before.digits if digits is None else digits,
        before.customer_leg_percent if customer_leg_percent is None else customer_leg_percent,
    )


def import_deck(
    ports: Ports, name: str, terms: SheetTerms, text: str, *, dry_run: bool = False
) -> ImportReport:
    """A sheet made of a CSV deck and published as its next version; with `dry_run`, only what
    that would change. A refused deck changes nothing: BadDeck names each bad row."""
    moment = ports.clock.now().strftime("%Y%m%dT%H%M%S")
    sheet = RateSheet.of(name, f"{moment}-{uuid4().hex[:6]}", terms, read_deck(text))
    try:
        before = ports.sheets.current(name).rates
    except NotFound:
        before = {}
    report = ImportReport(
        sheet=sheet,
        added=len(sheet.rates.keys() - before.keys()),
        removed=len(before.keys() - sheet.rates.keys()),
        changed=sum(
            before[prefix] != rate for prefix, rate in sheet.rates.items() if prefix in before
        ),
    )
    if not dry_run:
        ports.sheets.publish(sheet)
    return report


def price_of_leg(ports: Ports, name: str, number: PhoneNumber) -> tuple[RateSheet, LegPrice]:
    """How a sheet charges a leg to this number. NoRate where it does not."""
    sheet = ports.sheets.current(name)
    return sheet, LegPrice(sheet.rate_for(number), digits=sheet.terms.digits)
