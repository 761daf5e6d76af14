"""A first look at a file: which of its columns seem to be which fields, and its first rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from switchboard.errors import Malformed
from switchboard.tables.cells import Cell, Row, Worksheet, text_of
from switchboard.tables.header import MOST_LINES_ABOVE, find_table
from switchboard.tables.vocabulary import Vocabulary

ROWS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Look:
    """What the columns of a worksheet are called, which fields they seem to be, and its first rows;
    `doubt` says why nobody can be sure, where nobody can."""

    worksheet: str
    titles: tuple[str, ...]
    fields: Mapping[int, str]
    rows: tuple[tuple[str, ...], ...]
    doubt: str = ""


def look_at(worksheets: Iterable[Worksheet], words: Vocabulary, mapping: Mapping[str, str]) -> Look:
    """The first worksheet that has what is looked for, else the first of all: its widest line is
    taken for its header then. Malformed where the file is empty."""
    first: tuple[Worksheet, str] | None = None
    for worksheet in worksheets:
        head = list(islice(worksheet.rows, MOST_LINES_ABOVE + ROWS_SHOWN))
        known = Worksheet(worksheet.name, head)
        try:
            _, header, rows = find_table([known], words, mapping)
        except Malformed as refusal:
            if first is None and head:
                first = known, refusal.message
            continue
        fields = {at: field for field, at in header.columns.items()}
        return Look(worksheet.name, header.titles, fields, _shown(rows, len(header.titles)))
    if first is None:
        raise Malformed("the file is empty")
    return _unsure(*first, words)


def _unsure(worksheet: Worksheet, doubt: str, words: Vocabulary) -> Look:
    rows = list(worksheet.rows)
    header = max(rows, key=lambda row: sum(map(_is_title, row.cells)))
    titles = tuple(" ".join(text_of(cell).split()) for cell in header.cells)
    fields: dict[int, str] = {}
    for at, title in enumerate(titles):
        field = words.field_of(title) if title else None
        if field is not None and field not in fields.values():
            fields[at] = field
    below = rows[rows.index(header) + 1 :]
    return Look(worksheet.name, titles, fields, _shown(below, len(titles)), doubt)


def _is_title(cell: object) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))


def _shown(rows: Iterable[Row], width: int) -> tuple[tuple[str, ...], ...]:
    return tuple(_cells(row.cells, width) for row in islice(rows, ROWS_SHOWN))


def _cells(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    texts = [text_of(cell) for cell in cells[:width]]
    return (*texts, *("" for _ in range(width - len(texts))))
