"""Batches of PINs, as jobs: the file of the job hands the PINs out.

The file is the only place where PINs are in clear. It is encrypted where it lies, in a bucket that
nobody reaches without the system's own credentials; its key is not to be guessed; the console leads
only the user who made the batch to it, while they may export PINs, by an address that is good for a
minute, and each download stands in the audit log. It is gone after a day, or as soon as the user
deletes it. Neither the job nor its report has a PIN.
"""

from dataclasses import replace
from datetime import datetime
from secrets import randbelow

from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.desk import pins
from switchboard.desk.jobs import job_id, start_job
from switchboard.desk.office.known import check_sheet_shown
from switchboard.desk.office.pins import EXPORT_PINS, make_batch
from switchboard.desk.office.rights import needs
from switchboard.desk.pins import Mint, pin_table
from switchboard.desk.work import Stopped, Work, check_file_kind
from switchboard.errors import Conflict
from switchboard.ports import Ports
from switchboard.staff.jobs import Job, JobFile, Result
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

KIND = "pin-batch"


@needs(Area.PINS, Action.CHANGE)
def start_batch(ports: Ports, by: Operator, batch: Batch, file_kind: str, *, token: str) -> Job:
    """The job that makes a batch, with its PINs in a file of this kind: who may do this may take
    PINs away, too. Refuses as the desk's `check_new` does."""
    by.check(EXPORT_PINS)
    check_sheet_shown(ports, by, batch.sheet)
    # The same form, posted again, finds its own batch.
    pins.check_new(ports, replace(batch, run=job_id(by, KIND, token)))
    arguments = _arguments(batch, check_file_kind(file_kind))
    return start_job(ports, by, KIND, arguments, token=token)


@needs(Area.PINS, Action.CHANGE)
def run_batch(ports: Ports, by: Operator, work: Work) -> Result:
    """The batch, made and handed out. One whose making broke off is discarded, unless all of its
    PINs are in the file already."""
    by.check(EXPORT_PINS)
    batch = _batch_of(work.job)
    name = f"{batch.name}.{work.arguments['file']}"
    known = ports.pins.batch(batch.name)
    if known is not None and known.run == batch.run:
        return Result({"pins": batch.count}, files=(_resumed(ports, work, known, name),))
    files: list[JobFile] = []
    mint = Mint(work.tools.pin_key, randbelow)
    try:
        make_batch(
            ports,
            by,
            mint,
            batch,
            lambda issued: files.append(work.keep(name, *pin_table(batch, issued), secret=True)),
            lambda made: work.tell(made, batch.count, "making PINs"),
        )
    except Stopped:
        pins.discard_batch(ports, batch.name)
        raise
    return Result({"pins": batch.count}, files=tuple(files))


def _resumed(ports: Ports, work: Work, known: Batch, name: str) -> JobFile:
    """The file of a batch that an earlier runner of the job made. Conflict where it broke off."""
    kept = work.kept(name, secret=True)
    if kept is None:
        if known.state is BatchState.MAKING:
            pins.discard_batch(ports, known.name)
        raise Conflict(f"the making of batch {known.name} broke off: make another, by another name")
    if known.state is BatchState.MAKING:
        # The file is written when all PINs are made.
        ports.pins.move(known.name, BatchState.MAKING, BatchState.READY)
    return kept


def _arguments(batch: Batch, file_kind: str) -> dict[str, object]:
    until = batch.valid_until and batch.valid_until.isoformat()
    return {
        "name": batch.name,
        "kind": batch.kind.value,
        "count": batch.count,
        "length": batch.length,
        "currency": batch.currency,
        "value_micros": batch.value_micros,
        "sheet": batch.sheet,
        "plan": batch.plan,
        "valid_until": until,
        "valid_days": batch.valid_days,
        "file": file_kind,
    }


def _batch_of(job: Job) -> Batch:
    told = {name: value for name, value in job.arguments.items() if name != "file"}
    until = told["valid_until"] and datetime.fromisoformat(told["valid_until"])
    changed = {"kind": BatchKind(told["kind"]), "valid_until": until}
    return Batch(**told | changed, made_at=job.asked_at, run=job.id)
