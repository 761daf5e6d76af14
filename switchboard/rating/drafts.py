"""A draft of a rate sheet: edits that are collected, and published together as one version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from operator import attrgetter

from switchboard.errors import Refusal
from switchboard.rating.editing import Edit, Edited, Reprice, Source
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet, Table


@dataclass(frozen=True, slots=True)
class DraftChange:
    """One edit in a draft, who entered it, and when. A form that is posted twice is one by its
    id."""

    id: str
    edit: Edit
    by: str
    at: datetime

    @property
    def size(self) -> int:
        """How much room it takes in a draft: one for each prefix, or beginning, that it names."""
        return len(self.edit.beginnings) if isinstance(self.edit, Reprice) else 1


@dataclass(frozen=True, slots=True)
class Draft:
    """Edits of a sheet that wait to be published, in their order; who began it, and on which
    version. Its `mark` is another one after each change. It is an edit itself: all of them, one
    upon the other."""

    sheet: str
    on: str
    by: str
    begun_at: datetime
    mark: str
    changes: tuple[DraftChange, ...] = ()

    @property
    def size(self) -> int:
        """How much room its edits take."""
        return sum(change.size for change in self.changes)

    def change(self, id_: str) -> DraftChange | None:
        """The change of this id, if there is one."""
        return next((one for one in self.changes if one.id == id_), None)

    def __call__(self, source: Source) -> Edited:
        """What they are all together. Refuses as the first edit that does not fit."""
        return self.over(source).edited

    def over(self, source: Source) -> "Overlay":
        """The rows with its edits laid over them."""
        overlay = Overlay(source)
        for change in self.changes:
            overlay.lay(change.edit(overlay))
        return overlay

    def carried(self, sheet: RateSheet) -> "Carried":
        """What becomes of its edits on another version of its sheet."""
        overlay = Overlay(sheet.rows)
        kept, refused = [], []
        for change in self.changes:
            try:
                edited = change.edit(overlay)
                for rows in edited[1].values():
                    Table(rows, sheet.terms)
            except Refusal as refusal:
                refused.append((change, refusal.message))
            else:
                overlay.lay(edited)
                kept.append(change)
        return Carried(tuple(kept), tuple(refused), overlay.edited)


@dataclass(frozen=True, slots=True)
class Carried:
    """The changes of a draft that fit another version, those that do not, each with the reason, and
    what the fitting ones make of it."""

    kept: tuple[DraftChange, ...]
    refused: tuple[tuple[DraftChange, str], ...]
    edited: Edited


class Overlay:
    """A source of rows with edits laid over it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._old: dict[str, list[RateRow]] = {}
        self._new: dict[str, list[RateRow]] = {}
        self._touched: set[str] = set()

    @property
    def edited(self) -> Edited:
        """All of them as one: what was there below them, and what is there now."""
        return self._old, self._new

    @property
    def prefixes(self) -> int:
        """How many prefixes they are about."""
        return len(self._touched)

    def lay(self, edited: Edited) -> None:
        """Lay one more over it, which was made on this overlay."""
        old, new = edited
        for prefix in old.keys() | new.keys():
            if prefix not in self._touched and prefix in old:
                self._old[prefix] = list(old[prefix])
            self._new.pop(prefix, None)
            if prefix in new:
                self._new[prefix] = list(new[prefix])
        self._touched |= old.keys() | new.keys()

    def since(self, prefix: str) -> Iterable[RateRow]:
        """The rows of this prefix and of all behind it, by prefix."""
        below = (row for row in self._source.since(prefix) if row.prefix not in self._touched)
        ours = sorted(one for one in self._new if one >= prefix)
        laid = (row for one in ours for row in self._new[one])
        return merge(below, laid, key=attrgetter("prefix"))
