"""Which column of a file is which field: found in its header, or mapped by hand."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from switchboard.errors import Malformed
from switchboard.tables.cells import Cell, Row, Worksheet, text_of
from switchboard.tables.vocabulary import Vocabulary

# A header that comes later than this is none.
MOST_LINES_ABOVE = 40


@dataclass(frozen=True, slots=True)
class Header:
    """Where each field stands. `titles` are all columns as the file calls them, `names` those that
    it has for our fields, `ignored` those that are no field of ours; `last_line` is the last line
    of the header. A row below has cells up to the last column that has a name at least, and
    something in `width` at most."""

    columns: Mapping[str, int]
    names: Mapping[str, str]
    ignored: tuple[str, ...]
    named: int
    width: int
    last_line: int
    titles: tuple[str, ...] = ()

    def only(self, fields: Collection[str]) -> "Header":
        """The header, of which no fields but these are taken."""
        unused = (self.names[field] for field in self.columns if field not in fields)
        return replace(
            self,
            columns={field: at for field, at in self.columns.items() if field in fields},
            names={field: name for field, name in self.names.items() if field in fields},
            ignored=(*self.ignored, *unused),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a row by field, and why they cannot be trusted, where they cannot."""

    line: int
    cells: Mapping[str, Cell]
    fault: str = ""


def parse_mapping(text: str) -> dict[str, str]:
    """`code=Prefix,rate=Cost / Min` as fields and the names of their columns."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    for left, equals, right in pairs:
        if not (equals and left.strip() and right.strip()):
            raise Malformed(f"“{left.strip()[:40]}”: write a mapping as rate=Cost,prefix=Code")
    return {left.strip(): right.strip() for left, _, right in pairs}


def combined(
    words: Vocabulary, kept: Mapping[str, str], by_hand: Mapping[str, str]
) -> dict[str, str]:
    """A kept mapping, but for the fields that are mapped by hand."""
    taken = {words.field_of(name) for pair in by_hand.items() for name in pair}
    return {field: name for field, name in kept.items() if field not in taken} | dict(by_hand)


def find_table(
    worksheets: Iterable[Worksheet],
    words: Vocabulary,
    mapping: Mapping[str, str],
    *,
    exact: bool = False,
) -> tuple[str, Header, Iterable[Row]]:
    """The first worksheet with a header that has the required fields and the whole mapping, which
    is all that is looked for where it is `exact`: its name, its header, and the rows below.
    Malformed where there is none, or where two columns may be one field."""
    for left, right in mapping.items():
        if words.field_of(left) is None and words.field_of(right) is None:
            known = ", ".join(words.fields)
            raise Malformed(f"“{left[:40]}” is no column of ours; there are: {known}")
    looked_at = []
    for worksheet in worksheets:
        found = _Search(words, mapping, exact=exact).header_of(worksheet)
        if found is not None:
            return worksheet.name, *found
        looked_at.append(worksheet.name)
    wanted = " and ".join(f"a column for the {field}" for field in words.required)
    if mapping:
        wanted += " and has " + ", ".join(f"“{left}={right}”" for left, right in mapping.items())
    sheets = f" (worksheets: {', '.join(looked_at)})" if any(looked_at) else ""
    raise Malformed(f"the file has no header with {wanted}{sheets}; map its columns by hand")


def other_tables(
    worksheets: Iterable[Worksheet], words: Vocabulary, mapping: Mapping[str, str]
) -> Iterator[str]:
    """The names of those worksheets that have a header as `find_table` looks for."""
    for worksheet in worksheets:
        try:
            found = _Search(words, mapping).header_of(worksheet)
        except Malformed:
            # Two of its columns may be one field, so it has what is looked for.
            yield worksheet.name
            continue
        if found is not None:
            yield worksheet.name


def records(header: Header, rows: Iterable[Row]) -> Iterator[Record]:
    """The rows that have something in a column of ours."""
    fields = list(header.columns.items())
    for row in rows:
        if row.fault:
            yield Record(row.line, {}, row.fault)
            continue
        count = len(row.cells)
        cells = {field: row.cells[at] if at < count else "" for field, at in fields}
        moved = any(cell != "" for cell in row.cells[header.width :])
        if not moved and not any(cell != "" for cell in cells.values()):
            continue
        fault = ""
        if moved or count < header.named:
            # A comma that is no delimiter has moved the cells, or the file is cut off.
            fault = f"{count} cells, where the header has {header.width}"
        yield Record(row.line, cells, fault)


class _Search:
    """Looks for one kind of header."""

    def __init__(
        self, words: Vocabulary, mapping: Mapping[str, str], *, exact: bool = False
    ) -> None:
        self._words = words
        self._mapping = mapping
        self._exact = exact

    def header_of(self, worksheet: Worksheet) -> tuple[Header, Iterable[Row]] | None:
        """The header and the rows below it; None where the first lines have none."""
        rows = iter(worksheet.rows)
        head = list(islice(rows, MOST_LINES_ABOVE))
        pairs = list(zip(head, [*head[1:], Row(0, ())], strict=False))
        for at, (row, below) in enumerate(pairs):
            header = self._header(_names(row), row.line)
            if header is not None and self._continues(header, below):
                both = self._header(self._merged(row, below), below.line)
                return both or header, chain(head[at + 2 :], rows)
            if header is not None:
                return header, chain(head[at + 1 :], rows)
        for at, (row, below) in enumerate(pairs):
            header = self._header(self._merged(row, below), below.line)
            if header is not None:
                return header, chain(head[at + 2 :], rows)
        return None

    def _merged(self, above: Row, below: Row) -> list[str]:
        """The names of a header of two lines: a cell that spans several columns has its text in
        the first of them, and what stands below it may be the better name."""
        upper, lower = _names(above), _names(below)
        width = max(len(upper), len(lower))
        upper += [""] * (width - len(upper))
        lower += [""] * (width - len(lower))
        spanning = ""
        names = []
        for top, bottom in zip(upper, lower, strict=True):
            spanning = top or (spanning if bottom else "")
            names.append(self._clearer(f"{spanning} {bottom}".strip(), bottom))
        return names

    def _clearer(self, both: str, bottom: str) -> str:
        """Connection over Cost is a connection cost, but Billing over Increment an increment."""
        known = self._words.field_named(both)
        is_vague = known is None or known[0] in self._words.vague
        return bottom if is_vague and self._words.field_named(bottom) else both

    def _continues(self, header: Header, below: Row) -> bool:
        """Whether the line below has names of columns too: text, and nothing where every row has
        something."""
        texts = _names(below)
        places = (header.columns[field] for field in self._words.required)
        if any(texts[at] for at in places if at < len(texts)):
            return False
        return any(self._words.field_named(text) for text in texts if text)

    def _header(self, names: Sequence[str], line: int) -> Header | None:
        columns = self._mapped(names)
        if columns is None:
            return None
        guesses = {} if self._exact else self._guesses(names, columns)
        if any(field not in columns and field not in guesses for field in self._words.required):
            return None
        columns |= {field: self._best(field, found, names) for field, found in guesses.items()}
        used = set(columns.values())
        return Header(
            columns=columns,
            names={field: names[at] for field, at in columns.items()},
            ignored=tuple(name for at, name in enumerate(names) if name and at not in used),
            named=max(at for at, name in enumerate(names, start=1) if name),
            width=len(names),
            last_line=line,
            titles=tuple(names),
        )

    def _mapped(self, names: Sequence[str]) -> dict[str, int] | None:
        """The columns that are mapped; None where a name of the mapping is not in this line."""
        places: dict[str, int] = {}
        for at, name in enumerate(names):
            places.setdefault(name.casefold(), at)
        columns = {}
        for left, right in self._mapping.items():
            # rate=Cost, and the other way round as well.
            for field, name in ((left, right), (right, left)):
                known = self._words.field_of(field)
                place = places.get(" ".join(name.split()).casefold())
                if known is not None and place is not None:
                    columns[known] = place
                    break
            else:
                return None
        return columns

    def _guesses(
        self, names: Sequence[str], mapped: Mapping[str, int]
    ) -> dict[str, list[tuple[int, int]]]:
        """For each field that is not mapped its possible columns: how good the name, and where."""
        taken = set(mapped.values())
        guesses: dict[str, list[tuple[int, int]]] = {}
        for at, name in enumerate(names):
            guess = self._words.field_named(name)
            if guess is not None and at not in taken and guess[0] not in mapped:
                guesses.setdefault(guess[0], []).append((guess[1], at))
        for field, other in self._words.instead.items():
            if field not in mapped and field not in guesses and other in guesses:
                guesses[field] = guesses.pop(other)
        return guesses

    def _best(self, field: str, found: Sequence[tuple[int, int]], names: Sequence[str]) -> int:
        best, *others = sorted(found)
        if others and field in self._words.dear and best[0] > 0:
            both = " and ".join(f"“{names[at]}”" for _, at in sorted(found)[:2])
            raise Malformed(f"{both} may both be the {field}: say which, as in {field}=NAME")
        if others and others[0][0] == best[0] == 0:
            raise Malformed(f"the column “{names[best[1]]}” stands there twice")
        return best[1]


def _names(row: Row) -> list[str]:
    return [" ".join(text_of(cell).split()) for cell in row.cells]
