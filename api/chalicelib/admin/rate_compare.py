"""Two rate sheets, or two versions of one, beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.admin.exports import FILE_KINDS
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask
from chalicelib.admin.job_kinds import MOVES
from chalicelib.admin.jobs import go_to
from chalicelib.admin.sheet_paths import SHEETS
from chalicelib.translation import mark
from switchboard.desk.comparing import Moved, Side
from switchboard.desk.office import rate_comparing, rates
from switchboard.desk.office.rate_exports import start_rate_compare
from switchboard.errors import Malformed
from switchboard.ports import Page
from switchboard.rating.columns import format_units
from switchboard.rating.deck.comparing import Change, Comparison, Move
from switchboard.rating.row import RATE_DECIMALS

COMPARE = "/admin/compare-rates"
SIDES = ("old", "new")


@dataclass(frozen=True, slots=True)
class Compared:
    """A part of what moves, and how many do in all, where that is known at once."""

    page: Page[Moved]
    comparison: Comparison | None


def add_to(pages: Pages) -> None:
    """The comparison of two sheets."""
    pages.show(COMPARE, compare)
    pages.ask(f"{COMPARE}/download", download)


def compare(console: Console) -> Response:
    names = rates.sheet_names(console.ports, console.by)
    asked = console.query
    return console.show(
        "admin/rate_compare.html",
        title=mark("Compare"),
        crumbs=[SHEETS],
        sheets=[(name, name) for name in names],
        moves=list(MOVES.items()),
        price=price,
        compared=_compared(console) if asked.get("old") and asked.get("new") else None,
    )


def download(console: Console) -> Response:
    names = rates.sheet_names(console.ports, console.by)
    choices = [(name, name) for name in names]
    asked = sides_of(console.query)

    def act(entered: Entered) -> Response:
        # A version goes with its sheet.
        old, new = (
            side if side.sheet == entered[name] else Side(entered[name])
            for name, side in zip(SIDES, asked, strict=True)
        )
        kind, token = entered["file"], entered[NONCE]
        job = start_rate_compare(console.ports, console.by, old, new, kind, token=token)
        return go_to(console, job)

    labels = (mark("From"), mark("To"))
    sides = (
        Field(name, label, "select", side.sheet, choices=choices, required=True)
        for name, label, side in zip(SIDES, labels, asked, strict=True)
    )
    text = mark("Every prefix that moves, with its price before and after.")
    form = AskFor(
        mark("Download the differences"),
        mark("Write the file"),
        (*sides, file_kind()),
        text,
        back=COMPARE,
        crumbs=[SHEETS, (mark("Compare"), COMPARE)],
        use_case=start_rate_compare,
    )
    return ask(console, form, act)


def file_kind() -> Field:
    """Which kind of file is wanted."""
    return Field("file", mark("File"), "select", "xlsx", choices=FILE_KINDS, required=True)


def sides_of(query: Mapping[str, str]) -> tuple[Side, Side]:
    """What a query compares."""
    old, new = (Side(query.get(side, ""), query.get(f"{side}_version") or None) for side in SIDES)
    return old, new


def price(picos: int | None) -> str:
    """A price a minute, or nothing where there is none."""
    return "" if picos is None else format_units(picos, decimals=RATE_DECIMALS, least=2)


def biggest_of(comparison: Comparison) -> list[Moved]:
    """The biggest changes, each with how it moves."""
    return [(_way(change), change) for change in comparison.biggest]


def _compared(console: Console) -> Compared:
    ports, by = console.ports, console.by
    old, new = sides_of(console.query)
    sides = rate_comparing.open_sides(ports, by, old, new)
    moves = _moves(console.query.get("move", ""))
    page = rate_comparing.compare_part(
        ports, by, old, new, moves, limit=ROWS, cursor=console.cursor
    )
    whole = sides.at_once and console.cursor is None
    comparison = rate_comparing.compare_whole(ports, by, old, new) if whole else None
    return Compared(page, comparison)


def _way(change: Change) -> Move:
    return (
        Move.INCREASED if (change.after_picos or 0) > (change.before_picos or 0) else Move.DECREASED
    )


def _moves(text: str) -> list[Move]:
    if not text:
        return [move for move in Move if move is not Move.UNCHANGED]
    try:
        return [Move(text)]
    except ValueError:
        raise Malformed("there is no such change") from None
