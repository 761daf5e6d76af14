"""Two rate sheets, or two versions of one, beside each other, as operators see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.desk import comparing
from switchboard.desk.comparing import Moved, Side
from switchboard.desk.office.known import check_sheet_shown
from switchboard.desk.office.rights import needs
from switchboard.ports import Page, Ports
from switchboard.rating.deck.comparing import Comparison, Move, summed
from switchboard.rating.sheet import RateSheet
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

# Of sheets with more prefixes than these in all, a job counts what moves.
MOST_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared: what was, and what takes its place."""

    old: RateSheet
    new: RateSheet

    @property
    def at_once(self) -> bool:
        """Whether both can be read while a browser waits."""
        return self.old.rows.prefixes + self.new.rows.prefixes <= MOST_AT_ONCE


@needs(Area.RATES, Action.SEE)
def open_sides(ports: Ports, by: Operator, old: Side, new: Side) -> Sides:
    """Both sides; their rows are not read. NotFound where there is none of them."""
    for side in (old, new):
        check_sheet_shown(ports, by, side.sheet)
    return Sides(*(comparing.opened(ports, side) for side in (old, new)))


@needs(Area.RATES, Action.SEE)
def compare_part(
    ports: Ports,
    by: Operator,
    old: Side,
    new: Side,
    moves: Sequence[Move],
    *,
    limit: int,
    cursor: str | None = None,
) -> Page[Moved]:
    """A part of the prefixes that move so, by prefix. It may be shorter than the limit, or empty,
    and not the last. Conflict where the sheets are in two currencies."""
    sides = open_sides(ports, by, old, new)
    return comparing.moves_page(sides.old, sides.new, moves, limit=limit, cursor=cursor)


@needs(Area.RATES, Action.SEE)
def compare_whole(ports: Ports, by: Operator, old: Side, new: Side) -> Comparison:
    """How many prefixes move how, and which the most; it reads both sheets."""
    sides = open_sides(ports, by, old, new)
    return summed(comparing.all_moves(sides.old, sides.new))
