"""Deeds upon rate sheets: done while a browser waits, or as jobs, where it would wait too long."""

from switchboard.desk import rates
from switchboard.desk.jobs import start_job
from switchboard.desk.office.known import check_sheet_shown
from switchboard.desk.office.rate_deeds import (
    Deed,
    DeriveSheet,
    Making,
    PublishAgain,
    PublishDraft,
    read_deed,
)
from switchboard.desk.office.rate_log import log_published
from switchboard.desk.office.rights import needs
from switchboard.desk.rate_drafts import end_draft
from switchboard.desk.rates import count_derived, version_name
from switchboard.desk.work import Work
from switchboard.ports import Ports
from switchboard.rating.sheet import RateSheet
from switchboard.staff.jobs import Job, Result
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

CHANGE = "rate-change"
# So many prefixes, with those of the sheets that derive from it, are written while a browser waits.
MOST_AT_ONCE = 20_000


@needs(Area.RATES, Action.CHANGE)
def do_deed(
    ports: Ports, by: Operator, name: str, deed: Deed, *, on: str | None, token: str
) -> Job | int:
    """How many sheets a deed has published; or the job that does it, where they are large. Conflict
    where it is not meant for the published version (`on`)."""
    check_sheet_shown(ports, by, name)
    if isinstance(deed, DeriveSheet):
        check_sheet_shown(ports, by, deed.derivation.base)
    if rates.perhaps(ports, name) is not None:
        rates.published_on(ports, name, on)
    prefixes = deed.prefixes(ports, name) * (1 + count_derived(ports, name))
    if prefixes <= MOST_AT_ONCE:
        return len(deed.do(ports, by, name, Making(on)).published)
    version = deed.version if isinstance(deed, PublishAgain) else version_name(ports)
    known = {"sheet": name, "on": on, "version": version}
    return start_job(ports, by, CHANGE, {**known, **deed.body()}, token=token)


@needs(Area.RATES, Action.CHANGE)
def run_rate_change(ports: Ports, by: Operator, work: Work) -> Result:
    """A sheet, published as its deed has it."""
    name, on, version = (work.arguments[part] for part in ("sheet", "on", "version"))
    check_sheet_shown(ports, by, name)
    now, deed = rates.perhaps(ports, name), read_deed(work.arguments)
    if now is not None and work.job.tries > 1 and now.version == version != on:
        return _finished(ports, by, now, on, deed)
    making = Making(on, version, lambda rows: work.tell(rows, doing="publishing"))
    return Result(deed.do(ports, by, name, making).counts)


def _finished(ports: Ports, by: Operator, sheet: RateSheet, on: str | None, deed: Deed) -> Result:
    """The end of what a runner began that died after it had published the sheet."""
    before = None if on is None else ports.sheets.version(sheet.name, on)
    published = rates.publish(ports, sheet, after=sheet.version)
    if isinstance(deed, PublishDraft):
        end_draft(ports, sheet.name, deed.mark)
    log_published(ports, by, "publish", before, published)
    return Result({"prefixes": sheet.rows.prefixes})
