"""Drafts of rate sheets, as operators make them: edits that wait to be published as one version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.desk import rate_drafts
from switchboard.desk.office.known import check_sheet_shown
from switchboard.desk.office.rate_log import about, changes_of, log_published
from switchboard.desk.office.rights import log, needs
from switchboard.desk.rate_drafts import CarryReport, known_draft
from switchboard.desk.rate_edits import EditReport, publish_edit
from switchboard.desk.rates import Tell, made_at, untold
from switchboard.ports import Ports
from switchboard.rating.drafts import Draft
from switchboard.rating.editing import Edit, rows_of
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@dataclass(frozen=True, slots=True)
class Review:
    """A draft and what it changes; it is stale where another version was published since."""

    draft: Draft
    report: EditReport
    published: RateSheet

    @property
    def stale(self) -> bool:
        """Whether it stands on another version than the published one."""
        return self.draft.on != self.published.version

    @property
    def published_at(self) -> datetime | None:
        """When the published version was made."""
        return made_at(self.published.version)


@needs(Area.RATES, Action.SEE)
def find_draft(ports: Ports, by: Operator, name: str) -> Draft | None:
    """The draft of a sheet, if there is one."""
    check_sheet_shown(ports, by, name)
    return ports.sheets.draft(name)


@needs(Area.RATES, Action.SEE)
def drafted_rates(
    ports: Ports, by: Operator, sheet: RateSheet, prefix: str
) -> tuple[Draft | None, Sequence[RateRow] | None]:
    """The draft of a sheet, if there is one; and what it makes of a prefix, where it changes that
    and stands on this version."""
    draft = find_draft(ports, by, sheet.name)
    if draft is None or draft.on != sheet.version:
        return draft, None
    rows = rows_of(draft.over(sheet.rows), prefix)
    return draft, None if rows == rows_of(sheet.rows, prefix) else rows


@needs(Area.RATES, Action.CHANGE, writes=False)
def preview_change(
    ports: Ports, by: Operator, name: str, edit: Edit, *, on: str, mark: str
) -> EditReport:
    """What an edit would change of a sheet with its draft in it; refuses as `add_to_draft`."""
    check_sheet_shown(ports, by, name)
    return rate_drafts.preview_change(ports, name, edit, on=on, mark=mark)


@needs(Area.RATES, Action.CHANGE)
def add_to_draft(
    ports: Ports, by: Operator, name: str, edit: Edit, *, on: str, mark: str, token: str
) -> Draft:
    """The draft of a sheet with one more edit in it, or a new one. Refuses what would not fit;
    Conflict where sheet (`on`) or draft (`mark`, empty for none) are not those that were seen. The
    same token is the same edit."""
    check_sheet_shown(ports, by, name)
    draft, report = rate_drafts.add_change(
        ports, name, edit, on=on, mark=mark, by=by.login, token=token
    )
    if report.edited != ({}, {}):
        log(ports, by, "change", _about(name), list(changes_of(report)))
    return draft


@needs(Area.RATES, Action.CHANGE)
def take_out_of_draft(ports: Ports, by: Operator, name: str, change: str, *, mark: str) -> None:
    """Take one change out of a draft. Refuses where others do not fit without it."""
    check_sheet_shown(ports, by, name)
    rate_drafts.take_out(ports, name, change, mark=mark)
    log(ports, by, "take out", _about(name), [Change("change", change, "")])


@needs(Area.RATES, Action.CHANGE, writes=False)
def review_draft(ports: Ports, by: Operator, name: str) -> Review:
    """The draft of a sheet, with what it changes of the version that it stands on. NotFound where
    there is none."""
    check_sheet_shown(ports, by, name)
    draft = known_draft(ports, name)
    published = ports.sheets.current(name, fresh=True)
    return Review(draft, rate_drafts.review(ports, draft), published)


@needs(Area.RATES, Action.CHANGE)
def discard_draft(ports: Ports, by: Operator, name: str, *, mark: str) -> None:
    """Take a draft away. Conflict where it is not the one that was seen."""
    check_sheet_shown(ports, by, name)
    draft = known_draft(ports, name, mark)
    rate_drafts.discard(ports, draft)
    log(ports, by, "discard", _about(name), _facts(draft))


@needs(Area.RATES, Action.CHANGE, writes=False)
def foretell_carrying(ports: Ports, by: Operator, name: str) -> CarryReport:
    """What would become of a draft on the version that is published now."""
    check_sheet_shown(ports, by, name)
    return rate_drafts.foretell_carrying(ports, name)


@needs(Area.RATES, Action.CHANGE)
def carry_draft_over(ports: Ports, by: Operator, name: str, *, mark: str, on: str) -> CarryReport:
    """Have a draft stand on the published version, without the changes that do not fit there."""
    check_sheet_shown(ports, by, name)
    was = known_draft(ports, name, mark)
    report = rate_drafts.carry_over(ports, name, mark=mark, on=on)
    counts = (len(was.changes), len(report.carried.kept))
    carried = [Change("version", was.on, on), Change("changes", *map(str, counts))]
    log(ports, by, "carry over", _about(name), carried)
    return report


@needs(Area.RATES, Action.CHANGE)
def publish_draft(
    ports: Ports, by: Operator, name: str, *, mark: str, version: str = "", tell: Tell = untold
) -> EditReport:
    """Publish a sheet with the edits of its draft as one version, which ends the draft. Conflict
    where it is not the one that was seen, or stands on an earlier version."""
    check_sheet_shown(ports, by, name)
    draft = known_draft(ports, name, mark)
    published = ports.sheets.current(name, fresh=True)
    rate_drafts.check_meant(draft, published, mark)
    report = publish_edit(ports, name, draft, on=draft.on, version=version, tell=tell)
    rate_drafts.end_draft(ports, name, mark)
    changes = [*_facts(draft), *changes_of(report)]
    log_published(ports, by, "publish draft", report.before, report.published, changes)
    return report


def _about(name: str) -> str:
    return f"draft of {about(name)}"


def _facts(draft: Draft) -> list[Change]:
    return [Change("changes", "", str(len(draft.changes))), Change("begun by", "", draft.by)]
