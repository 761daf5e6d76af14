"""Rate sheets, as operators see and change them. What a trunk costs is hidden from who sees no
costs: for them there is no such sheet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from switchboard.desk import rate_edits, rates
from switchboard.desk.office.known import check_sheet_shown, hidden_sheets
from switchboard.desk.office.rate_log import log_edit, log_published, log_terms
from switchboard.desk.office.rights import needs
from switchboard.desk.rate_edits import AnyEdit, EditReport
from switchboard.desk.rate_search import FoundRate, find_rows
from switchboard.desk.rates import Tell, TermsChange, made_at, untold
from switchboard.errors import NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Page, Ports
from switchboard.rating.deck.reading import Template
from switchboard.rating.editing import rows_of
from switchboard.rating.price import LegPrice
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import Derivation, SheetTerms
from switchboard.staff.audit import AuditEntry
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

# Of the log of a sheet, for who published its versions.
ENTRIES_READ = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A sheet as it is published, when, the trunks whose costs it says, and the sheets that derive
    from it."""

    sheet: RateSheet
    made_at: datetime | None
    trunks: tuple[str, ...]
    derived: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a sheet, when it was made, and what the log says of its being published, the
    last time first."""

    sheet: RateSheet
    made_at: datetime | None
    published: bool
    entries: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True)
class SheetQuote:
    """What a leg costs by a sheet: as the leg to the number that is called, and as the customer's
    own."""

    sheet: RateSheet
    number: PhoneNumber
    seconds: int
    at: datetime
    price: LegPrice
    as_customer: LegPrice


@needs(Area.RATES, Action.SEE)
def list_sheets(
    ports: Ports, by: Operator, *, limit: int, cursor: str | None = None
) -> Page[Known]:
    """A part of the sheets, by name."""
    known = _known(ports, by)
    part = [one for one in known if cursor is None or one.sheet.name > cursor]
    more = len(part) > limit
    return Page(part[:limit], part[limit - 1].sheet.name if more else None)


@needs(Area.RATES, Action.SEE)
def sheet_names(ports: Ports, by: Operator) -> Sequence[str]:
    """The names of all sheets."""
    hidden = hidden_sheets(ports, by)
    return [name for name in ports.sheets.names() if name not in hidden]


@needs(Area.RATES, Action.SEE)
def find_sheet(ports: Ports, by: Operator, name: str) -> Known:
    """A sheet. NotFound where there is none."""
    for one in _known(ports, by):
        if one.sheet.name == name:
            return one
    raise NotFound(f"there is no rate sheet {name}")


@needs(Area.RATES, Action.SEE)
def find_version(ports: Ports, by: Operator, name: str, version: str) -> RateSheet:
    """A version of a sheet. NotFound where there is none."""
    check_sheet_shown(ports, by, name)
    return _shown(ports.sheets.version(name, version), hidden_sheets(ports, by))


@needs(Area.RATES, Action.SEE)
def rates_of(
    ports: Ports, by: Operator, name: str, text: str, *, limit: int, cursor: str | None = None
) -> Page[FoundRate]:
    """A part of the rates of a sheet: those that a number or the beginning of one means, those
    whose names have these words, or all."""
    check_sheet_shown(ports, by, name)
    return find_rows(ports.sheets.current(name), text, limit=limit, cursor=cursor)


@needs(Area.RATES, Action.SEE)
def rates_of_prefix(
    ports: Ports, by: Operator, name: str, prefix: str
) -> tuple[RateSheet, Sequence[RateRow]]:
    """The sheet as it is published now, and its rows of one prefix, perhaps none."""
    check_sheet_shown(ports, by, name)
    sheet = ports.sheets.current(name, fresh=True)
    return _shown(sheet, hidden_sheets(ports, by)), rows_of(sheet.rows, prefix)


@needs(Area.RATES, Action.SEE)
def versions_of(
    ports: Ports, by: Operator, name: str, *, limit: int, cursor: str | None = None
) -> Page[Version]:
    """A part of the versions of a sheet, newest first."""
    check_sheet_shown(ports, by, name)
    hidden = hidden_sheets(ports, by)
    published = ports.sheets.current(name, fresh=True).version
    page = ports.sheets.newest(name, limit=limit, cursor=cursor)
    entries = _published(ports, name)
    return Page(
        [_version(_shown(one, hidden), published, entries) for one in page.items], page.cursor
    )


@needs(Area.RATES, Action.SEE)
def quote(
    ports: Ports, by: Operator, name: str, number: PhoneNumber, seconds: int, at: datetime | None
) -> SheetQuote:
    """What so many seconds of a leg cost by a sheet, answered at an instant or now. NoRate where
    there is no price."""
    check_sheet_shown(ports, by, name)
    answered_at = at or ports.clock.now()
    sheet, price = rates.price_of_leg(ports, name, number, answered_at)
    share = sheet.terms.customer_leg_percent
    customer = sheet.price(number, answered_at, percent=share).begun(answered_at)
    return SheetQuote(sheet, number, seconds, answered_at, price, customer)


@needs(Area.RATES, Action.SEE)
def list_templates(ports: Ports, _by: Operator) -> Sequence[Template]:
    """The kept mappings of columns, by name."""
    return ports.templates.all()


@needs(Area.RATES, Action.CHANGE)
def add_sheet(ports: Ports, by: Operator, name: str, terms: SheetTerms) -> RateSheet:
    """A new sheet, without rates. AlreadyExists where its name is taken."""
    sheet = rates.add_sheet(ports, name, terms)
    log_terms(ports, by, "add", None, sheet)
    return sheet


@needs(Area.RATES, Action.CHANGE)
def change_terms(
    ports: Ports,
    by: Operator,
    name: str,
    change: TermsChange,
    *,
    on: str | None = None,
    version: str = "",
    tell: Tell = untold,
) -> Sequence[RateSheet]:
    """Publish a sheet under other terms; gives all that were published. Conflict where it is not
    meant for the published version."""
    check_sheet_shown(ports, by, name)
    before = rates.published_on(ports, name, on)
    on = before.version
    published = rates.change_terms(ports, name, change, on=on, version=version, tell=tell)
    log_terms(ports, by, "change", before, *published)
    return published


@needs(Area.RATES, Action.CHANGE)
def derive_sheet(
    ports: Ports,
    by: Operator,
    name: str,
    derivation: Derivation,
    change: TermsChange,
    *,
    version: str = "",
    tell: Tell = untold,
) -> Sequence[RateSheet]:
    """Publish a sheet that takes its rates from another; gives all that were published."""
    check_sheet_shown(ports, by, name)
    check_sheet_shown(ports, by, derivation.base)
    before = rates.perhaps(ports, name)
    published = rates.derive(ports, name, derivation, change, version=version, tell=tell)
    log_terms(ports, by, "derive", before, *published)
    return published


@needs(Area.RATES, Action.CHANGE)
def publish_version(
    ports: Ports, by: Operator, name: str, version: str, *, on: str | None = None
) -> Sequence[RateSheet]:
    """Publish a version of a sheet again; gives all that were published. Conflict where the
    published version is not the one that was looked at."""
    check_sheet_shown(ports, by, name)
    before = rates.published_on(ports, name, on)
    published = rates.publish(ports, ports.sheets.version(name, version), after=before.version)
    log_published(ports, by, "publish", before, published)
    return published


@needs(Area.RATES, Action.CHANGE, writes=False)
def preview_edit(
    ports: Ports, by: Operator, name: str, edit: AnyEdit, *, on: str | None = None
) -> EditReport:
    """What an edit would change. Conflict where it is not meant for the published version."""
    check_sheet_shown(ports, by, name)
    return rate_edits.preview_edit(ports, name, edit, on=on)


@needs(Area.RATES, Action.CHANGE)
def edit_rates(
    ports: Ports,
    by: Operator,
    name: str,
    edit: AnyEdit,
    *,
    on: str | None = None,
    version: str = "",
    tell: Tell = untold,
) -> EditReport:
    """Publish a sheet with an edit in it; refuses as the preview does."""
    check_sheet_shown(ports, by, name)
    report = rate_edits.publish_edit(ports, name, edit, on=on, version=version, tell=tell)
    log_edit(ports, by, report)
    return report


@needs(Area.RATES, Action.SEE)
def open_sheet(ports: Ports, by: Operator, name: str) -> RateSheet:
    """A sheet as it is published now. NotFound where there is none."""
    check_sheet_shown(ports, by, name)
    return _shown(ports.sheets.current(name, fresh=True), hidden_sheets(ports, by))


def _known(ports: Ports, by: Operator) -> Sequence[Known]:
    hidden = hidden_sheets(ports, by)
    sheets = [sheet for sheet in ports.sheets.all() if sheet.name not in hidden]
    derived: dict[str, list[str]] = {}
    for sheet in sheets:
        if sheet.terms.derivation is not None:
            derived.setdefault(sheet.terms.derivation.base, []).append(sheet.name)
    trunks: dict[str, list[str]] = {}
    for trunk in ports.trunks.all(fresh=True):
        trunks.setdefault(trunk.cost_sheet or "", []).append(trunk.name)
    return [
        Known(
            _shown(sheet, hidden),
            made_at(sheet.version),
            tuple(trunks.get(sheet.name, ())),
            tuple(derived.get(sheet.name, ())),
        )
        for sheet in sheets
    ]


def _shown(sheet: RateSheet, hidden: frozenset[str]) -> RateSheet:
    """A sheet without the one that it derives from, where that is hidden: by the multiplier,
    anybody could tell its costs."""
    derivation = sheet.terms.derivation
    if derivation is None or derivation.base not in hidden:
        return sheet
    return replace(sheet, terms=replace(sheet.terms, derivation=None))


def _published(ports: Ports, name: str) -> Sequence[AuditEntry]:
    about = f"rate sheet {name}"
    return ports.audit.page(about=about, limit=ENTRIES_READ, cursor=None).items


def _version(sheet: RateSheet, published: str, entries: Sequence[AuditEntry]) -> Version:
    mine = tuple(
        entry
        for entry in entries
        if any(one.what == "version" and one.became == sheet.version for one in entry.changes)
    )
    return Version(sheet, made_at(sheet.version), sheet.version == published, mine)
