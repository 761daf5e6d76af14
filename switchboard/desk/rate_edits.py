"""Edits of a published sheet: previewed, and published as its next version."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from switchboard.desk.rates import Tell, new_version, publish, published_on, told, untold
from switchboard.ports import Ports
from switchboard.rating.deck.comparing import Change, Comparison, Move, differences, summed
from switchboard.rating.editing import Edited, Source, replaced
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet, Table

Moved = tuple[Move, Change]
# One edit, or a draft of several.
AnyEdit = Callable[[Source], Edited]


@dataclass(frozen=True, slots=True)
class EditReport:
    """What an edit changes, or would: the version that it is made on, what was there of the
    prefixes that it is about and what takes its place, and the sheets that were published."""

    before: RateSheet
    edited: Edited
    published: Sequence[RateSheet] = ()

    @property
    def moves(self) -> Iterable[Moved]:
        """What becomes of each of those prefixes."""
        old, new = self.edited
        defaults = self.before.terms.defaults
        return differences(
            _by_prefix(old.values()),
            _by_prefix(new.values()),
            old_defaults=defaults,
            new_defaults=defaults,
        )

    @property
    def comparison(self) -> Comparison:
        """How many of them move how."""
        return summed(self.moves)


def preview_edit(ports: Ports, name: str, edit: AnyEdit, *, on: str | None = None) -> EditReport:
    """What an edit would change; it reads no more of the sheet than that. Conflict where the
    version that it was meant for (`on`) is not the published one any more."""
    return report_on(published_on(ports, name, on), edit)


def report_on(before: RateSheet, edit: AnyEdit) -> EditReport:
    """What an edit would change of a version of a sheet."""
    edited = edit(before.rows)
    # Malformed where the rows of a prefix contradict each other, before anything more is read.
    Table(_by_prefix(edited[1].values()), before.terms)
    return EditReport(before, edited)


def publish_edit(
    ports: Ports,
    name: str,
    edit: AnyEdit,
    *,
    on: str | None = None,
    version: str = "",
    tell: Tell = untold,
) -> EditReport:
    """Publish the sheet with an edit in it, as a version of this name or a new one, and what
    derives from it; refuses as the preview. `tell` is told how many rows were read."""
    report = preview_edit(ports, name, edit, on=on)
    before = report.before
    rows = told(replaced(before.rows, report.edited), tell)
    sheet = new_version(ports, name, before.terms, rows, version)
    published = publish(ports, sheet, after=before.version)
    return EditReport(before, report.edited, published)


def _by_prefix(rows: Iterable[Sequence[RateRow]]) -> list[RateRow]:
    return sorted(chain.from_iterable(rows), key=lambda row: row.prefix)
