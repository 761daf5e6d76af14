"""Rate sheets in files, and what differs between two, as jobs."""

import re
from collections.abc import Iterator
from dataclasses import asdict

from switchboard.desk import comparing
from switchboard.desk.comparing import COLUMNS as MOVE_COLUMNS
from switchboard.desk.comparing import Moved, Side, moves_table
from switchboard.desk.jobs import start_job
from switchboard.desk.office.known import check_sheet_shown
from switchboard.desk.office.rights import needs
from switchboard.desk.work import Work, check_file_kind
from switchboard.ports import Ports
from switchboard.rating.deck.comparing import Move
from switchboard.rating.deck.names import CANONICAL
from switchboard.rating.deck.writing import write_deck
from switchboard.rating.row import RateRow
from switchboard.staff.jobs import Job, Result
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

EXPORT, COMPARE = "rate-export", "rate-compare"
WRITING = "writing rates"


@needs(Area.RATES, Action.EXPORT)
def start_rate_export(ports: Ports, by: Operator, name: str, file_kind: str, *, token: str) -> Job:
    """The job that writes a sheet into a file of this kind. NotFound where there is none."""
    check_sheet_shown(ports, by, name)
    sheet = ports.sheets.current(name, fresh=True)
    arguments = {"sheet": sheet.name, "version": sheet.version}
    return start_job(
        ports, by, EXPORT, arguments | {"file": check_file_kind(file_kind)}, token=token
    )


@needs(Area.RATES, Action.EXPORT)
def run_rate_export(ports: Ports, by: Operator, work: Work) -> Result:
    """A version of a sheet in a file that an import reads as it is."""
    name, version = work.arguments["sheet"], work.arguments["version"]
    check_sheet_shown(ports, by, name)
    sheet = ports.sheets.version(name, version)
    written = 0

    def rows() -> Iterator[RateRow]:
        nonlocal written
        for written, row in enumerate(sheet.rows, start=1):
            work.tell(written, doing=WRITING)
            yield row

    file = work.keep(
        f"rates-{_plain(name)}.{work.arguments['file']}", CANONICAL, write_deck(rows())
    )
    return Result({"rates": written}, files=(file,))


@needs(Area.RATES, Action.EXPORT)
def start_rate_compare(
    ports: Ports, by: Operator, old: Side, new: Side, file_kind: str, *, token: str
) -> Job:
    """The job that writes what differs between two sheets into a file of this kind. NotFound where
    there is none of them; Conflict where they are in two currencies."""
    for side in (old, new):
        check_sheet_shown(ports, by, side.sheet)
    comparing.check_comparable(*(comparing.opened(ports, side) for side in (old, new)))
    arguments = {
        "sheet": f"{_said(old)} → {_said(new)}",
        "old": asdict(old),
        "new": asdict(new),
        "file": check_file_kind(file_kind),
    }
    return start_job(ports, by, COMPARE, arguments, token=token)


@needs(Area.RATES, Action.EXPORT)
def run_rate_compare(ports: Ports, by: Operator, work: Work) -> Result:
    """What differs between two sheets, counted, and in a file."""
    sides = [Side(**work.arguments[side]) for side in ("old", "new")]
    for side in sides:
        check_sheet_shown(ports, by, side.sheet)
    old, new = (comparing.opened(ports, side) for side in sides)
    counts = dict.fromkeys((move.value for move in Move), 0)

    def moves() -> Iterator[Moved]:
        for number, (move, change) in enumerate(comparing.all_moves(old, new), start=1):
            work.tell(number, doing="comparing")
            counts[move.value] += 1
            yield move, change

    file = work.keep(f"differences.{work.arguments['file']}", MOVE_COLUMNS, moves_table(moves()))
    return Result(counts, files=(file,))


def _said(side: Side) -> str:
    return side.sheet if side.version is None else f"{side.sheet} {side.version}"


def _plain(name: str) -> str:
    """A name as a part of a file's name."""
    return re.sub("[^A-Za-z0-9_-]+", "-", name).strip("-")[:60] or "sheet"
