"""What operators have done to the whole system, as jobs: a sweep, and a check of the books."""

from switchboard.desk import sweep as desk
from switchboard.desk.accounts import all_accounts
from switchboard.desk.check_books import check_account
from switchboard.desk.jobs import start_job
from switchboard.desk.office.known import check_sees_all, own_account
from switchboard.desk.office.rights import log, needs
from switchboard.desk.sweep import Swept
from switchboard.desk.work import Work
from switchboard.ledger.audit import Breach
from switchboard.ports import Ports
from switchboard.staff.audit import Change
from switchboard.staff.jobs import Job, Result
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

BREACHES = ("account", "rule", "found")


@needs(Area.SYSTEM, Action.CHANGE)
def start_sweep(ports: Ports, by: Operator, *, token: str) -> Job:
    """The job that settles what lost workers left behind."""
    check_sees_all(by)
    return start_job(ports, by, "sweep", {}, token=token)


@needs(Area.SYSTEM, Action.CHANGE)
def sweep(ports: Ports, by: Operator) -> Swept:
    """What lost workers left behind, settled now."""
    check_sees_all(by)
    swept = desk.sweep(ports)
    if swept.settled or swept.requeued:
        settled = Change("settled", "", str(len(swept.settled)))
        requeued = Change("queued again", "", str(len(swept.requeued)))
        log(ports, by, "sweep", "system", [settled, requeued])
    return swept


@needs(Area.SYSTEM, Action.CHANGE)
def run_sweep(ports: Ports, by: Operator, _work: Work) -> Result:
    """How much was settled, and queued again."""
    swept = sweep(ports, by)
    return Result({"settled": len(swept.settled), "requeued": len(swept.requeued)})


@needs(Area.MONEY, Action.SEE)
def start_books_check(ports: Ports, by: Operator, account: str | None = None, *, token: str) -> Job:
    """The job that checks the ledger of an account, or of all that are there for this operator.
    NotFound where there is no such account for them."""
    if account is not None:
        own_account(ports, by, account)
    return start_job(ports, by, "books-check", {"account": account}, token=token)


@needs(Area.MONEY, Action.SEE)
def run_books_check(ports: Ports, by: Operator, work: Work) -> Result:
    """How many accounts were checked and how many breaches found; these are in a file."""
    name = work.arguments["account"]
    if name is not None:
        accounts = [own_account(ports, by, name)]
    else:
        accounts = [one for one in all_accounts(ports) if by.has(one.profile)]
    breaches: list[Breach] = []
    for number, account in enumerate(accounts):
        breaches += check_account(ports, account.profile.account)
        work.tell(number + 1, len(accounts), "checking books")
    rows = [(one.account, one.rule, one.found) for one in breaches]
    files = (work.keep("breaches.csv", BREACHES, rows),) if rows else ()
    return Result({"accounts": len(accounts), "breaches": len(breaches)}, files=files)
