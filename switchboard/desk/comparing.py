"""Two sheets, or two versions of one, beside each other: what becomes of each prefix."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from switchboard.errors import Conflict, Malformed
from switchboard.ports import Page, Ports
from switchboard.rating.deck.comparing import Change, Move, differences
from switchboard.rating.row import RATE_DECIMALS, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.tables.cells import Cell, scaled

# Looked at for one part of a list, however few of them move.
MOST_LOOKED_AT = 1_000
COLUMNS = ("prefix", "destination", "change", "before", "after", "percent")

Moved = tuple[Move, Change]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared: a sheet as it is published, or one of its versions."""

    sheet: str
    version: str | None = None


def opened(ports: Ports, side: Side) -> RateSheet:
    """The sheet of a side. NotFound where there is none."""
    if side.version is None:
        return ports.sheets.current(side.sheet)
    return ports.sheets.version(side.sheet, side.version)


def all_moves(old: RateSheet, new: RateSheet) -> Iterator[Moved]:
    """What becomes of every prefix from one sheet to the other. Conflict where they are in two
    currencies."""
    check_comparable(old, new)
    return _moves(old, new, old.rows, new.rows)


def moves_page(
    old: RateSheet, new: RateSheet, moves: Sequence[Move], *, limit: int, cursor: str | None
) -> Page[Moved]:
    """A part of those that move as `moves` say, by prefix. It may be shorter than the limit, or
    empty, and not the last. Conflict as for `all_moves`."""
    check_comparable(old, new)
    start = _prefix(cursor)
    walk = _moves(old, new, old.rows.since(start), new.rows.since(start))
    found: list[Moved] = []
    for move, change in islice(walk, MOST_LOOKED_AT):
        if len(found) == limit:
            return Page(found, change.prefix)
        if move in moves:
            found.append((move, change))
    following = next(walk, None)
    return Page(found, None if following is None else following[1].prefix)


def moves_table(moves: Iterable[Moved]) -> Iterator[list[Cell]]:
    """Those that move, under COLUMNS."""
    for move, change in moves:
        if move is not Move.UNCHANGED:
            before, after = change.before_picos, change.after_picos
            yield [
                change.prefix,
                change.destination,
                move.value,
                "" if before is None else scaled(before, RATE_DECIMALS),
                "" if after is None else scaled(after, RATE_DECIMALS),
                _percent(before, after),
            ]


def _moves(
    old: RateSheet, new: RateSheet, old_rows: Iterable[RateRow], new_rows: Iterable[RateRow]
) -> Iterator[Moved]:
    return differences(
        old_rows,
        new_rows,
        old_defaults=old.terms.defaults,
        new_defaults=new.terms.defaults,
    )


def check_comparable(old: RateSheet, new: RateSheet) -> None:
    """Conflict where the prices of two sheets cannot be compared."""
    if old.terms.currency != new.terms.currency:
        raise Conflict(
            f"sheet {old.name} is in {old.terms.currency}, {new.name} in {new.terms.currency}:"
            " their prices cannot be compared"
        )


def _prefix(cursor: str | None) -> str:
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 15):
        raise Malformed("this cursor is not one of ours")
    return cursor or ""


def _percent(before: int | None, after: int | None) -> Cell:
    if not before or after is None or after == before:
        return ""
    return scaled(round((after - before) * 10_000 / before), 2)
