"""How changes of rate sheets stand in the audit log."""

from collections.abc import Iterator, Sequence
from itertools import islice

from switchboard.desk.office.rights import log
from switchboard.desk.rate_edits import EditReport
from switchboard.ports import Ports
from switchboard.rating.columns import CHARGE_COLUMNS, format_units
from switchboard.rating.deck.names import CANONICAL
from switchboard.rating.deck.writing import write_deck
from switchboard.rating.row import FACTOR_DECIMALS, PLAIN, RATE_DECIMALS, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import Derivation, SheetTerms
from switchboard.staff.audit import Change, changes_between
from switchboard.staff.users import Operator
from switchboard.tables.cells import Cell, text_of

# Of an edit of more prefixes than these, the log has numbers.
MOST_PREFIXES = 20
_PARTS = ("defaults", "derivation")


def about(name: str) -> str:
    """What the log calls a sheet."""
    return f"rate sheet {name}"


def log_terms(
    ports: Ports, by: Operator, deed: str, before: RateSheet | None, *published: RateSheet
) -> None:
    """Log that a sheet was made, or is under other terms now."""
    new = published[0]
    changes = _terms(None if before is None else before.terms, new.terms)
    log_published(ports, by, deed, before, published, list(changes))


def log_edit(ports: Ports, by: Operator, report: EditReport) -> None:
    """Log what an edit made of its prefixes."""
    log_published(ports, by, "edit", report.before, report.published, list(changes_of(report)))


def log_published(
    ports: Ports,
    by: Operator,
    deed: str,
    before: RateSheet | None,
    published: Sequence[RateSheet],
    changes: Sequence[Change] = (),
) -> None:
    """Log that a version of a sheet was published, and those of the sheets that derive from it."""
    new, *derived = published
    was = "" if before is None else before.version
    log(ports, by, deed, about(new.name), [Change("version", was, new.version), *changes])
    for sheet in derived:
        remade = [Change("version", "", sheet.version), Change("base", "", new.name)]
        log(ports, by, "remake", about(sheet.name), remade)


def _terms(old: SheetTerms | None, new: SheetTerms) -> Iterator[Change]:
    yield from (one for one in changes_between(old, new) if one.what not in _PARTS)
    was = PLAIN if old is None else old.defaults
    for column, (field, decimals) in CHARGE_COLUMNS.items():
        values = [getattr(charges, field) for charges in (was, new.defaults)]
        if values[0] != values[1]:
            yield Change(column, *(_units(value, decimals) for value in values))
    bases = [None if one is None else one.derivation for one in (old, new)]
    if bases[0] != bases[1]:
        yield Change("derives from", *map(_base, bases))


def _units(value: int | None, decimals: int) -> str:
    return "" if value is None else format_units(value, decimals=decimals)


def _base(derivation: Derivation | None) -> str:
    if derivation is None:
        return ""
    multiplier = format_units(derivation.multiplier_millionths, decimals=FACTOR_DECIMALS)
    addition = format_units(derivation.addition_picos, decimals=RATE_DECIMALS)
    return f"{derivation.base}, times {multiplier}, plus {addition}"


def changes_of(report: EditReport) -> Iterator[Change]:
    """What an edit makes of its prefixes, in the words of the log."""
    old, new = report.edited
    prefixes = sorted({*old, *new})
    if len(prefixes) > MOST_PREFIXES:
        for move, count in report.comparison.counts.items():
            if count:
                yield Change(move.value, "", str(count))
        return
    for prefix in prefixes:
        was, becomes = (_said(rows.get(prefix, ())) for rows in (old, new))
        yield Change(f"prefix {prefix}", was, becomes)


def _said(rows: Sequence[RateRow]) -> str:
    """Rows in the words of the log: what their cells have, by column."""
    return "; ".join(islice(map(_cells, write_deck(rows)), MOST_PREFIXES))


def _cells(cells: Sequence[Cell]) -> str:
    named = zip(CANONICAL, cells, strict=True)
    return ", ".join(
        f"{column} {text_of(cell)}"
        for column, cell in named
        if column != "prefix" and text_of(cell)
    )
