"""Rate decks, imported by operators: looked at by a job, and published by another."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from switchboard.desk import decks
from switchboard.desk.comparing import COLUMNS as MOVE_COLUMNS
from switchboard.desk.comparing import moves_table
from switchboard.desk.decks import Care, Columns, ImportReport, Mode, Tell
from switchboard.desk.jobs import start_job
from switchboard.desk.office.known import check_sheet_shown
from switchboard.desk.office.rate_log import log_published
from switchboard.desk.office.rights import needs
from switchboard.desk.office.uploads import check_upload
from switchboard.desk.rates import terms_for
from switchboard.desk.work import Work
from switchboard.errors import NotFound
from switchboard.money import parse_units
from switchboard.ports import Ports
from switchboard.rating.deck.comparing import MOST_NAMED, Move, Outlier, differences
from switchboard.rating.row import PLAIN, RATE_DECIMALS
from switchboard.rating.terms import SheetTerms
from switchboard.staff.audit import Change
from switchboard.staff.jobs import Job, JobFile, JobState, Result
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator
from switchboard.tables.amounts import DecimalMark
from switchboard.tables.cells import Cell, Worksheet, scaled
from switchboard.tables.dates import DateOrder

PREVIEW, IMPORT = "rate-import-preview", "rate-import"


@dataclass(frozen=True, slots=True)
class DeckImport:
    """An upload as a deck of a sheet: which columns are which fields, and how it is taken. An empty
    text is not said; `currency` is that of a new sheet. `file` is what the log calls it."""

    sheet: str
    upload: str
    mapping: Mapping[str, str]
    mode: str = Mode.REPLACE.value
    currency: str = ""
    worksheet: str = ""
    delimiter: str = ""
    decimal: str = ""
    dates: str = ""
    skip_bad: bool = False
    outlier_factor: int = 10
    cap: str = ""
    save_as: str = ""
    file: str = ""
    # The version that the preview was made on; empty where there was no sheet.
    on: str | None = None

    def columns(self) -> Columns:
        """How its columns are told."""
        return Columns(
            mapping=self.mapping,
            decimal=DecimalMark(self.decimal) if self.decimal else None,
            dates=DateOrder(self.dates) if self.dates else None,
            save_as=self.save_as or None,
            exact=True,
        )

    def care(self) -> Care:
        """How careful it is."""
        cap = parse_units(self.cap, decimals=RATE_DECIMALS) if self.cap else None
        return Care(self.skip_bad, self.outlier_factor, cap)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would change, as its job found it."""

    job: Job
    wanted: DeckImport
    biggest: Sequence[Mapping[str, Any]] = ()
    outliers: Sequence[Mapping[str, Any]] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    worksheet: str = ""


@needs(Area.RATES, Action.CHANGE)
def import_sheet(
    ports: Ports,
    by: Operator,
    name: str,
    terms: SheetTerms,
    worksheets: Iterable[Worksheet],
    *,
    file: str,
    mode: Mode,
    columns: Columns,
    care: Care,
    dry_run: bool,
    on: str | None = None,
    tell: Tell = lambda _rows, _doing: None,
) -> ImportReport:
    """Publish a deck as a sheet's next version, or say what that would change; refuses as the
    desk's `import_deck` does."""
    check_sheet_shown(ports, by, name)
    report = decks.import_deck(
        ports,
        name,
        terms,
        worksheets,
        mode=mode,
        columns=columns,
        care=care,
        dry_run=dry_run,
        on=on,
        tell=tell,
    )
    if report.published:
        changes = [Change("file", "", file), Change("mode", "", mode.value)]
        counted = [Change(what, "", str(count)) for what, count in _counts(report).items() if count]
        log_published(ports, by, "import", report.before, report.published, [*changes, *counted])
    return report


@needs(Area.RATES, Action.CHANGE)
def start_import_preview(ports: Ports, by: Operator, wanted: DeckImport, *, token: str) -> Job:
    """The job that says what an upload would change. NotFound where there is no such upload of this
    user; refuses what cannot be the terms of the sheet."""
    _terms(ports, by, wanted)
    check_upload(ports, by, wanted.upload)
    return start_job(ports, by, PREVIEW, asdict(wanted), token=token)


@needs(Area.RATES, Action.CHANGE, writes=False)
def run_import_preview(ports: Ports, by: Operator, work: Work) -> Result:
    """What an upload would change, with every change in a file."""
    wanted = DeckImport(**work.arguments)
    report = _import(ports, by, work, wanted, dry_run=True)
    work.tell(len(report.deck.rows), doing="writing what changes")
    files = [_changes_file(work, report)]
    if report.outliers:
        header = ("prefix", "destination", "rate", "reason")
        files.append(work.keep("outliers.csv", header, map(_outlier_cells, report.outliers)))
    if report.deck.left_out:
        left = ([str(row.line), row.reason] for row in report.deck.left_out)
        files.append(work.keep("left-out.csv", ("line", "reason"), left))
    _keep_findings(ports, work, report)
    return Result(_counts(report), report.deck.bad, tuple(files))


@needs(Area.RATES, Action.CHANGE, writes=False)
def find_preview(ports: Ports, by: Operator, job: str) -> Preview:
    """What a user's own job found that an import would change. NotFound where there is none."""
    found = ports.jobs.find(job)
    if found is None or (found.kind, found.by, found.state) != (PREVIEW, by.login, JobState.DONE):
        raise NotFound("there is no such preview of an import")
    wanted = DeckImport(**found.arguments)
    check_sheet_shown(ports, by, wanted.sheet)
    with ports.files.open(_findings_key(found.id)) as file:
        findings = json.loads(file.read())
    wanted = DeckImport(**{**found.arguments, "on": findings.pop("on")})
    return Preview(found, wanted, **findings)


@needs(Area.RATES, Action.CHANGE)
def start_import(ports: Ports, by: Operator, preview: str, *, token: str) -> Job:
    """The job that publishes what a preview showed. NotFound where there is no such preview, or its
    file is gone."""
    wanted = find_preview(ports, by, preview).wanted
    check_upload(ports, by, wanted.upload)
    return start_job(ports, by, IMPORT, asdict(wanted), token=token)


@needs(Area.RATES, Action.CHANGE)
def run_import(ports: Ports, by: Operator, work: Work) -> Result:
    """A deck, published as a sheet's next version."""
    wanted = DeckImport(**work.arguments)
    if work.job.tries > 1:
        # The runner before may have published it, and died before it could say so.
        known = _import(ports, by, work, replace(wanted, on=None), dry_run=True)
        if _version(known) != wanted.on and not any(_moved(known)):
            return Result(_counts(known), known.deck.bad)
    report = _import(ports, by, work, wanted, dry_run=False)
    return Result(_counts(report), report.deck.bad)


def _import(
    ports: Ports, by: Operator, work: Work, wanted: DeckImport, *, dry_run: bool
) -> ImportReport:
    terms = _terms(ports, by, wanted)
    form = {"worksheet": wanted.worksheet or None, "delimiter": wanted.delimiter or None}
    with work.uploaded(**form) as worksheets:
        return import_sheet(
            ports,
            by,
            wanted.sheet,
            terms,
            worksheets,
            file=wanted.file,
            mode=Mode(wanted.mode),
            columns=wanted.columns(),
            care=wanted.care(),
            dry_run=dry_run,
            on=wanted.on,
            tell=lambda rows, doing: work.tell(rows, doing=doing),
        )


def _terms(ports: Ports, by: Operator, wanted: DeckImport) -> SheetTerms:
    check_sheet_shown(ports, by, wanted.sheet)
    return terms_for(ports, wanted.sheet, currency=wanted.currency or None)


def _counts(report: ImportReport) -> dict[str, int]:
    return {
        "rows": len(report.deck.rows),
        "prefixes": report.sheet.rows.prefixes,
        **{move.value: count for move, count in report.comparison.counts.items()},
        "later": report.later,
        "outliers": len(report.outliers),
        "left_out": len(report.deck.left_out),
    }


def _moved(report: ImportReport) -> Iterable[int]:
    return (n for move, n in report.comparison.counts.items() if move is not Move.UNCHANGED)


def _version(report: ImportReport) -> str:
    return "" if report.before is None else report.before.version


def _outlier_cells(one: Outlier) -> list[Cell]:
    return [one.prefix, one.destination, scaled(one.rate_picos, RATE_DECIMALS), one.reason]


def _changes_file(work: Work, report: ImportReport) -> JobFile:
    before = report.before
    moves = differences(
        () if before is None else before.rows,
        report.sheet.rows,
        old_defaults=PLAIN if before is None else before.terms.defaults,
        new_defaults=report.sheet.terms.defaults,
    )
    return work.keep("changes.csv", MOVE_COLUMNS, moves_table(moves))


def _keep_findings(ports: Ports, work: Work, report: ImportReport) -> None:
    """Keep what the page of the preview shows, beside the files of the job."""
    findings = {
        "on": _version(report),
        "biggest": [asdict(change) for change in report.comparison.biggest],
        "outliers": [asdict(one) for one in report.outliers[:MOST_NAMED]],
        "columns": dict(report.deck.names),
        "ignored": report.deck.ignored,
        "worksheet": report.deck.worksheet,
    }
    content = io.BytesIO(json.dumps(findings).encode())
    ports.files.put(_findings_key(work.job.id), content, "application/json")


def _findings_key(job: str) -> str:
    return f"results/{job}/findings.json"
