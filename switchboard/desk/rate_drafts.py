"""Drafts of rate sheets: begun by a first edit, added to, carried over to another version."""

from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import uuid4

from switchboard.desk.rate_edits import EditReport, preview_edit, report_on
from switchboard.desk.rates import published_on
from switchboard.errors import Conflict, Malformed, NotFound
from switchboard.ports import Ports
from switchboard.rating.drafts import Carried, Draft, DraftChange, Overlay
from switchboard.rating.editing import MOST_REPRICED, Edit, rows_of
from switchboard.rating.sheet import RateSheet

# What a draft has room for: it is kept in one item, and laid over the sheet at each look at it.
MOST_CHANGES = 500


@dataclass(frozen=True, slots=True)
class CarryReport:
    """What becomes of a draft on the version that is published now: its changes that fit it and
    those that do not, what they make of it, and which of its prefixes were changed there, too."""

    draft: Draft
    carried: Carried
    report: EditReport
    both: tuple[str, ...]


def known_draft(ports: Ports, name: str, mark: str | None = None) -> Draft:
    """The draft of a sheet. NotFound where there is none; Conflict where it is not the one that
    somebody looked at (`mark`), if that is said."""
    draft = ports.sheets.draft(name)
    if draft is None:
        raise NotFound(f"there is no draft of sheet {name} any more")
    if mark not in (None, draft.mark):
        raise _changed(name)
    return draft


def add_change(
    ports: Ports, name: str, edit: Edit, *, on: str, mark: str, by: str, token: str
) -> tuple[Draft, EditReport]:
    """The draft with one more edit, or a new one; and what that edit changes. Refuses as
    `preview_edit` does; Conflict also where there is another draft by now than was seen (`mark`,
    empty for none). The same token is the same edit."""
    known, now = ports.sheets.draft(name), ports.clock.now()
    before = published_on(ports, name, on)
    draft = known or Draft(name, on, by, now, "")
    id_ = sha256(f"{by}#{token}".encode()).hexdigest()[:16]
    if draft.change(id_) is not None:
        return draft, EditReport(before, ({}, {}))
    check_meant(draft, before, mark)
    report, overlay = _alone(before, draft, edit)
    changed = replace(draft, changes=(*draft.changes, DraftChange(id_, edit, by, now)))
    overlay.lay(report.edited)
    if changed.size > MOST_CHANGES or overlay.prefixes > MOST_REPRICED:
        raise Malformed("the draft has no room for this: publish it first")
    return _keep(ports, name, known, changed), report


def preview_change(ports: Ports, name: str, edit: Edit, *, on: str, mark: str) -> EditReport:
    """What an edit would change of a sheet with its draft in it; refuses as `add_change`."""
    before = published_on(ports, name, on)
    draft = ports.sheets.draft(name)
    if draft is None or draft.on != before.version:
        return preview_edit(ports, name, edit, on=on)
    check_meant(draft, before, mark)
    return _alone(before, draft, edit)[0]


def check_meant(draft: Draft, published: RateSheet, mark: str) -> None:
    """Conflict where a draft is not the one that was seen, or stands on another version."""
    if draft.on != published.version:
        raise Conflict(
            f"the draft of sheet {draft.sheet} was made on an earlier version: carry it over, or"
            " discard it"
        )
    if draft.mark != mark:
        raise _changed(draft.sheet)


def take_out(ports: Ports, name: str, change: str, *, mark: str) -> Draft | None:
    """The draft without one of its changes; none, where that was the only one. Refuses where the
    others do not fit without it."""
    draft = known_draft(ports, name, mark)
    if draft.change(change) is None:
        raise NotFound("there is no such change in the draft")
    left = replace(draft, changes=tuple(one for one in draft.changes if one.id != change))
    if not left.changes:
        discard(ports, draft)
        return None
    review(ports, left)
    return _keep(ports, name, draft, left)


def review(ports: Ports, draft: Draft) -> EditReport:
    """What a draft changes of the version that it was made on."""
    return report_on(ports.sheets.version(draft.sheet, draft.on), draft)


def discard(ports: Ports, draft: Draft) -> None:
    """Take a draft away. Conflict where it was changed meanwhile."""
    if not ports.sheets.replace_draft(draft.sheet, draft, None):
        raise _changed(draft.sheet)


def end_draft(ports: Ports, name: str, mark: str) -> None:
    """Take away a draft that was published. What somebody entered into it meanwhile stays, as a
    draft on the version before."""
    draft = ports.sheets.draft(name)
    if draft is not None and draft.mark == mark:
        ports.sheets.replace_draft(name, draft, None)


def foretell_carrying(ports: Ports, name: str, mark: str | None = None) -> CarryReport:
    """What would become of a draft on the version that is published now."""
    draft = known_draft(ports, name, mark)
    before, now = ports.sheets.version(name, draft.on), published_on(ports, name, None)
    carried = draft.carried(now)
    old, new = carried.edited
    prefixes = sorted({*old, *new})
    both = (one for one in prefixes if rows_of(before.rows, one) != rows_of(now.rows, one))
    return CarryReport(draft, carried, EditReport(now, carried.edited), tuple(both))


def carry_over(ports: Ports, name: str, *, mark: str, on: str) -> CarryReport:
    """Have a draft stand on the published version, without the changes that do not fit it; where
    none does, there is no draft any more. Conflict where another one (`on`) was looked at."""
    published_on(ports, name, on)
    report = foretell_carrying(ports, name, mark)
    if not report.carried.kept:
        discard(ports, report.draft)
        return report
    carried = replace(report.draft, on=on, changes=report.carried.kept)
    return replace(report, draft=_keep(ports, name, report.draft, carried))


def _keep(ports: Ports, name: str, old: Draft | None, new: Draft) -> Draft:
    marked = replace(new, mark=uuid4().hex)
    if not ports.sheets.replace_draft(name, old, marked):
        raise _changed(name)
    return marked


def _alone(before: RateSheet, draft: Draft, edit: Edit) -> tuple[EditReport, Overlay]:
    """What an edit changes of a sheet with its draft in it, and that."""
    overlay = draft.over(before.rows)
    return report_on(before, lambda _rows: edit(overlay)), overlay


def _changed(name: str) -> Conflict:
    return Conflict(
        f"the draft of sheet {name} was changed by somebody else in between: look at what it says"
        " now, and send this again if it is still meant"
    )
