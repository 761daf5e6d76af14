"""Edits of rate sheets, as jobs keep them until they are made."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from switchboard.rating.deck.names import CANONICAL
from switchboard.rating.deck.reading import Reading, read_deck
from switchboard.rating.deck.writing import write_deck
from switchboard.rating.editing import Block, Close, Drop, Edit, Put, Reprice
from switchboard.rating.row import RateRow
from switchboard.tables.amounts import DecimalMark
from switchboard.tables.cells import Row, Worksheet, text_of


def edit_body(edit: Edit) -> dict[str, Any]:
    """An edit as JSON says it."""
    match edit:
        case Put(row, place, since):
            return {"kind": "put", "row": _cells(row), "place": place, "since": _instant(since)}
        case Drop(prefix, place):
            return {"kind": "drop", "prefix": prefix, "place": place}
        case Close(prefix, until):
            return {"kind": "close", "prefix": prefix, "until": _instant(until)}
        case Block(prefix, blocked):
            return {"kind": "block", "prefix": prefix, "blocked": blocked}
        case Reprice(beginnings, now, percent, addition, decimals, since):
            amounts = {"percent": percent, "addition": addition, "decimals": decimals}
            when = {"now": _instant(now), "since": _instant(since)}
            return {"kind": "reprice", "beginnings": list(beginnings), **amounts, **when}


def read_edit(kept: Mapping[str, Any]) -> Edit:
    """The edit that `edit_body` wrote."""
    match kept:
        case {"kind": "put", "row": row, "place": place, "since": since}:
            return Put(_row(row), place, _read_instant(since))
        case {"kind": "drop", "prefix": prefix, "place": place}:
            return Drop(prefix, place)
        case {"kind": "close", "prefix": prefix, "until": until}:
            return Close(prefix, _read_instant(until))
        case {"kind": "block", "prefix": prefix, "blocked": blocked}:
            return Block(prefix, blocked)
        case {"kind": "reprice", "now": now, "since": since, **said}:
            return Reprice(
                tuple(said["beginnings"]),
                datetime.fromisoformat(now),
                said["percent"],
                said["addition"],
                said["decimals"],
                _read_instant(since),
            )
    raise AssertionError(kept)


def _cells(row: RateRow) -> list[str]:
    [cells] = write_deck([row])
    return [text_of(cell) for cell in cells]


def _row(cells: Sequence[str]) -> RateRow:
    rows = [Row(1, CANONICAL), Row(2, tuple(cells))]
    [row] = read_deck([Worksheet("", rows)], Reading(decimal=DecimalMark.POINT)).rows
    return row


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
