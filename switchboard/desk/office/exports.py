"""Exports, as jobs: calls, and accounts, in files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.billing.account_file import COLUMNS as ACCOUNT_COLUMNS
from switchboard.billing.account_file import write_account
from switchboard.calls.cdr_file import COLUMNS, COST_COLUMNS, PRICE_COLUMNS, TALKED
from switchboard.desk.accounts import all_accounts
from switchboard.desk.cdrs import find_cdr_rows
from switchboard.desk.jobs import start_job
from switchboard.desk.office.known import own_account
from switchboard.desk.office.rights import needs
from switchboard.desk.work import Work, check_file_kind
from switchboard.ports import Ports
from switchboard.staff.jobs import Job, Result
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator
from switchboard.tables.cells import Cell

SEE_MONEY = Right(Area.MONEY, Action.SEE)


@dataclass(frozen=True, slots=True)
class WantedCalls:
    """Which calls: of an account, or of all; requested since an instant, and before another; only
    those where both talked."""

    account: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    talked: bool = False

    def arguments(self) -> dict[str, Any]:
        """As a job keeps it."""
        since, until = (one and one.isoformat() for one in (self.since, self.until))
        return {"account": self.account, "since": since, "until": until, "talked": self.talked}

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "WantedCalls":
        """What `arguments` gave."""

        def instant(name: str) -> datetime | None:
            return datetime.fromisoformat(arguments[name]) if arguments[name] else None

        return cls(arguments["account"], instant("since"), instant("until"), arguments["talked"])


@needs(Area.CALLS, Action.EXPORT)
def start_cdr_export(
    ports: Ports, by: Operator, wanted: WantedCalls, file_kind: str, *, token: str
) -> Job:
    """The job that writes these calls into a file of this kind. NotFound where there is no such
    account for this operator."""
    if wanted.account is not None:
        own_account(ports, by, wanted.account)
    arguments = wanted.arguments() | {"file": check_file_kind(file_kind)}
    return start_job(ports, by, "cdr-export", arguments, token=token)


@needs(Area.CALLS, Action.EXPORT)
def run_cdr_export(ports: Ports, by: Operator, work: Work) -> Result:
    """The calls in a file, a row each, without the prices or costs that the operator is not
    shown."""
    wanted = WantedCalls.of(work.arguments)
    columns = _columns_for(by)
    places = [COLUMNS.index(name) for name in columns]
    written = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal written
        for row in _calls(ports, by, work, wanted):
            yield [row[place] for place in places]
            written += 1

    name = f"calls-{wanted.account or 'all'}.{work.arguments['file']}"
    file = work.keep(name, columns, rows())
    return Result({"calls": written}, files=(file,))


@needs(Area.ACCOUNTS, Action.EXPORT)
def start_account_export(ports: Ports, by: Operator, file_kind: str, *, token: str) -> Job:
    """The job that writes all accounts of this operator into a file of this kind."""
    return start_job(ports, by, "account-export", {"file": check_file_kind(file_kind)}, token=token)


@needs(Area.ACCOUNTS, Action.EXPORT)
def run_account_export(ports: Ports, by: Operator, work: Work) -> Result:
    """The accounts in a file that an import reads, a row each, without PINs and passwords."""
    now = ports.clock.now()
    written = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal written
        for account in all_accounts(ports):
            if by.has(account.profile):
                yield write_account(account, now)
                written += 1
                work.tell(written, doing="writing accounts")

    file = work.keep(f"accounts.{work.arguments['file']}", ACCOUNT_COLUMNS, rows())
    return Result({"accounts": written}, files=(file,))


def _columns_for(by: Operator) -> list[str]:
    hidden = COST_COLUMNS if by.role.hides_costs else frozenset()
    if not by.may(SEE_MONEY):
        hidden = COST_COLUMNS | PRICE_COLUMNS
    return [name for name in COLUMNS if name not in hidden]


def _calls(ports: Ports, by: Operator, work: Work, wanted: WantedCalls) -> Iterator[list[Cell]]:
    """The calls that are wanted, as rows of a file, account by account."""
    if wanted.account is not None:
        accounts = [own_account(ports, by, wanted.account).profile.account]
    else:
        accounts = [one.profile.account for one in all_accounts(ports) if by.has(one.profile)]
    found = 0
    for number, account in enumerate(accounts):
        for row in find_cdr_rows(ports, account, since=wanted.since, until=wanted.until):
            found += 1
            one = len(accounts) == 1
            work.tell(found if one else number, None if one else len(accounts), "writing calls")
            if row[TALKED] or not wanted.talked:
                yield row
        work.tell(number, len(accounts), "writing calls")
