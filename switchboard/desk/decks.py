"""Rate sheets from decks and to decks: previewed, imported as the next version, exported."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from itertools import chain
from zoneinfo import ZoneInfo

from switchboard.desk.rates import new_version, publish, published_on
from switchboard.errors import NotFound
from switchboard.numbering import country_of
from switchboard.ports import Ports
from switchboard.rating.deck.comparing import (
    Comparison,
    Outlier,
    Rows,
    by_prefix,
    compare,
    find_outliers,
    merged,
    without_inherited,
)
from switchboard.rating.deck.names import RATES
from switchboard.rating.deck.reading import Deck, Reading, Template, read_deck
from switchboard.rating.deck.writing import write_deck
from switchboard.rating.row import PLAIN, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from switchboard.tables.amounts import DecimalMark
from switchboard.tables.cells import BadRows, Cell, Row, Worksheet
from switchboard.tables.dates import DateOrder
from switchboard.tables.header import combined


class Mode(Enum):
    """Whether a deck is added to the published version, or takes its place."""

    ADD = "add"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of a deck are told: by a kept template, by hand, or by both, where what is
    given by hand counts; an `exact` mapping has all that are read. `save_as` keeps what was found
    under a name."""

    template: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalMark | None = None
    dates: DateOrder | None = None
    save_as: str | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Care:
    """How careful an import is: rows that cannot be read may be skipped; a price is an outlier
    where it is so many times the usual one of its country, or above the cap."""

    skip_bad: bool = False
    outlier_factor: int = 10
    cap_picos: int | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import changes, or would: the version before, the sheet that it makes, the deck that
    it read (which names every row that was not taken), how they compare, and all sheets that were
    published."""

    before: RateSheet | None
    sheet: RateSheet
    deck: Deck
    comparison: Comparison
    outliers: tuple[Outlier, ...]
    # Prefixes whose first price is still to come.
    later: int
    published: Sequence[RateSheet] = ()


# Told how many rows an import has read, and what it does.
Tell = Callable[[int, str], object]


def import_deck(
    ports: Ports,
    name: str,
    terms: SheetTerms,
    worksheets: Iterable[Worksheet],
    *,
    mode: Mode = Mode.REPLACE,
    columns: Columns = Columns(),
    care: Care = Care(),
    dry_run: bool = False,
    on: str | None = None,
    tell: Tell = lambda _rows, _doing: None,
) -> ImportReport:
    """The next version of a sheet, from a deck; with `dry_run`, only what that would change.

    A refused deck changes nothing: BadRows names each bad row, unless they may be skipped. A dry
    run refuses no row: it reports them. Conflict where the sheet was published meanwhile, or since
    the version (`on`) that somebody looked at. Where it derives from another, what the deck says as
    the base does stays the base's.
    """
    deck = read_deck(_counted(worksheets, tell), _reading(ports, terms, columns))
    if deck.bad and not (dry_run or care.skip_bad):
        raise BadRows(deck.bad)
    published = _published(ports, name, on)
    tell(len(deck.rows), "comparing")
    before = {} if published is None else by_prefix(published.rows)
    own = without_inherited(before, by_prefix(deck.rows))
    rows = merged(before, own) if mode is Mode.ADD else chain.from_iterable(own.values())
    sheet = new_version(ports, name, terms, rows)
    report = _report(deck, published, before, sheet, care, ports.clock.now())
    if dry_run:
        return report
    tell(len(deck.rows), "publishing")
    made = publish(ports, sheet, after=None if published is None else published.version)
    if columns.save_as is not None:
        kept = Template(columns.save_as, deck.names, columns.decimal, columns.dates)
        ports.templates.save(kept)
    return replace(report, published=made)


def _report(
    deck: Deck,
    published: RateSheet | None,
    before: Rows,
    sheet: RateSheet,
    care: Care,
    now: datetime,
) -> ImportReport:
    after = by_prefix(sheet.rows)
    return ImportReport(
        before=published,
        sheet=sheet,
        deck=deck,
        comparison=compare(
            before,
            after,
            old_defaults=PLAIN if published is None else published.terms.defaults,
            new_defaults=sheet.terms.defaults,
        ),
        outliers=_outliers(deck, care),
        later=_to_come(after.values(), now),
    )


def _counted(worksheets: Iterable[Worksheet], tell: Tell) -> Iterator[Worksheet]:
    """The worksheets, which tell of their rows as they are read."""

    def rows(of: Iterable[Row]) -> Iterator[Row]:
        for number, row in enumerate(of, start=1):
            tell(number, "reading")
            yield row

    return (Worksheet(one.name, rows(one.rows)) for one in worksheets)


def export_deck(ports: Ports, name: str) -> Iterator[list[Cell]]:
    """The rows of the published version under the canonical columns: imported again, they are
    this sheet. NotFound where no sheet has this name."""
    return write_deck(ports.sheets.current(name).rows)


def _reading(ports: Ports, terms: SheetTerms, columns: Columns) -> Reading:
    kept = Template("", {}) if columns.template is None else ports.templates.get(columns.template)
    return Reading(
        mapping=combined(RATES, kept.mapping, columns.mapping),
        decimal=columns.decimal or kept.decimal,
        dates=columns.dates or kept.dates,
        zone=ZoneInfo(terms.time_zone),
        currency=terms.currency,
        exact=columns.exact,
    )


def _published(ports: Ports, name: str, on: str | None) -> RateSheet | None:
    try:
        return published_on(ports, name, on)
    except NotFound:
        if on:
            raise
        return None


def _outliers(deck: Deck, care: Care) -> tuple[Outlier, ...]:
    found = find_outliers(
        deck.rows, country_of, factor=care.outlier_factor, cap_picos=care.cap_picos
    )
    return tuple(found)


def _to_come(prefixes: Iterable[Iterable[RateRow]], now: datetime) -> int:
    """How many of them have no price yet."""
    return sum(
        all(row.effective_from is not None and row.effective_from > now for row in rows)
        for rows in prefixes
    )
