"""Imports of accounts, as jobs: a file is checked, and then its good rows are opened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from switchboard.billing.account import Account
from switchboard.billing.account_file import AccountReading
from switchboard.desk import account_files
from switchboard.desk.account_files import AccountsReport, Tell, Watch
from switchboard.desk.jobs import start_job
from switchboard.desk.office.known import hidden_sheets, shown_sheets
from switchboard.desk.office.rights import log, needs
from switchboard.desk.office.uploads import check_upload
from switchboard.desk.work import Work
from switchboard.errors import Conflict, NotFound
from switchboard.numbering import check_country
from switchboard.ports import Ports
from switchboard.staff.audit import changes_between
from switchboard.staff.jobs import Job, JobState, Result
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator
from switchboard.tables.amounts import DecimalMark
from switchboard.tables.cells import Worksheet

CHECK, IMPORT = "account-check", "account-import"
# Opening balances are money.
CHANGE_MONEY = Right(Area.MONEY, Action.CHANGE)


@dataclass(frozen=True, slots=True)
class FileOfAccounts:
    """An uploaded file, and how it is read: which of its columns are which of our fields (no others
    are taken), the sheet of those whose row names none, and where their numbers are at home."""

    upload: str
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    country: str = "US"
    decimal: DecimalMark | None = None

    def __post_init__(self) -> None:
        check_country(self.country)

    def arguments(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {
            "upload": self.upload,
            "columns": dict(self.columns),
            "sheet": self.sheet,
            "country": self.country,
            "decimal": self.decimal and self.decimal.value,
        }


@needs(Area.ACCOUNTS, Action.CHANGE, writes=False)
def sheets_for_import(ports: Ports, by: Operator) -> Sequence[str]:
    """The names of the sheets that the accounts of a file can have."""
    by.check(CHANGE_MONEY)
    return shown_sheets(ports, by)


@needs(Area.ACCOUNTS, Action.CHANGE)
def start_account_check(ports: Ports, by: Operator, file: FileOfAccounts, *, token: str) -> Job:
    """The job that says what an import would open, and which rows it would not take. NotFound where
    the user has no such upload."""
    by.check(CHANGE_MONEY)
    check_upload(ports, by, file.upload)
    return start_job(ports, by, CHECK, file.arguments(), token=token)


@needs(Area.ACCOUNTS, Action.CHANGE, writes=False)
def find_account_check(ports: Ports, by: Operator, name: str) -> Job:
    """A check that this user made and that is done. NotFound where there is none."""
    by.check(CHANGE_MONEY)
    job = ports.jobs.find(name)
    if job is None or (job.kind, job.by, job.state) != (CHECK, by.login, JobState.DONE):
        raise NotFound("there is no such check of a file")
    return job


@needs(Area.ACCOUNTS, Action.CHANGE)
def start_account_import(ports: Ports, by: Operator, check: str) -> Job:
    """The job that opens the accounts of a file that was checked; a check is followed by one import
    at most. Conflict where it found none to open."""
    checked = find_account_check(ports, by, check)
    if not checked.report.counts["opens"]:
        raise Conflict("there is no account to open in this file")
    check_upload(ports, by, checked.arguments["upload"])
    return start_job(ports, by, IMPORT, checked.arguments, token=checked.id)


@needs(Area.ACCOUNTS, Action.CHANGE)
def run_account_check(ports: Ports, by: Operator, work: Work) -> Result:
    """What an import would do. Nothing changes."""
    report = _import(ports, by, work, dry_run=True)
    counts = {"opens": len(report.opened), "unchanged": len(report.unchanged)}
    return Result(counts, report.bad)


@needs(Area.ACCOUNTS, Action.CHANGE)
def run_account_import(ports: Ports, by: Operator, work: Work) -> Result:
    """The accounts of the good rows, opened; those that an earlier runner opened are unchanged, and
    so no account is opened twice."""
    report = _import(ports, by, work, dry_run=False)
    counts = {"opened": len(report.opened), "unchanged": len(report.unchanged)}
    return Result(counts, report.bad)


@needs(Area.ACCOUNTS, Action.CHANGE)
def import_accounts(
    ports: Ports,
    by: Operator,
    worksheets: Iterable[Worksheet],
    how: AccountReading,
    *,
    sheet: str | None = None,
    dry_run: bool = False,
    good_rows: bool = False,
    tell: Tell = lambda _done, _total, _doing: None,
) -> AccountsReport:
    """The accounts of a file, opened as the desk's `import_accounts` opens them; those of an
    operator who has own accounts only are theirs."""
    by.check(CHANGE_MONEY)

    def opened(account: Account) -> None:
        changes = changes_between(None, account.profile)
        log(ports, by, "open", f"account {account.profile.account}", changes)

    return account_files.import_accounts(
        ports,
        worksheets,
        how,
        sheet=sheet,
        owner=by.login if by.role.own_accounts_only else None,
        hidden=hidden_sheets(ports, by),
        dry_run=dry_run,
        good_rows=good_rows,
        watch=Watch(tell, opened),
    )


def _import(ports: Ports, by: Operator, work: Work, *, dry_run: bool) -> AccountsReport:
    told = work.arguments
    how = AccountReading(
        mapping=told["columns"],
        exact=True,
        decimal=told["decimal"] and DecimalMark(told["decimal"]),
        country=told["country"],
        hash_pin=work.tools.pin_key.hash,
    )
    work.tell(0, doing="reading the file")
    with work.uploaded() as worksheets:
        return import_accounts(
            ports,
            by,
            worksheets,
            how,
            sheet=told["sheet"],
            dry_run=dry_run,
            good_rows=True,
            tell=work.tell,
        )
